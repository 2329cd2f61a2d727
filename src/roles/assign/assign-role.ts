/**
 * The assigning master: takes jobs from users, and is the shell around the pure scheduler: it feeds it events, carries
 * out its instructions, and answers slaves that ask for blocks and processors.
 */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ClusterView, JobRequest, JobView, StoredMatrix } from '../../api/schemas.ts'
import type { UsersService } from '../../api/users-api.ts'
import { origin } from '../../config.ts'
import { bytesPerElement } from '../../core/matrix.ts'
import { operandGrid } from '../../core/operand-grid.ts'
import { type Event, type Instruction, Scheduler, type UnitRef } from '../../core/scheduler.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { Payload } from '../../protocol/bulk.ts'
import { protocolVersion } from '../../protocol/limits.ts'
import type {
  BulkHeader,
  Heartbeat,
  HeartbeatReply,
  JobSealed,
  Register,
  Registered,
  TileRefused,
  UnitDone,
  UnitFailed,
  UnitPlaced,
} from '../../protocol/messages.ts'
import { nextEpoch } from '../../store/epoch.ts'
import { MatrixStore } from '../../store/matrices.ts'
import { version } from '../../version.ts'
import type { Shell } from '../shell.ts'
import {
  describeJob,
  type JobDescription,
  type Origins,
  openJobMessage,
  workUnitMessage,
} from './job-description.ts'
import { jobView } from './job-view.ts'
import { Outbox } from './outbox.ts'
import { ProcessorCatalogue } from './processor-catalogue.ts'

/** Idempotency keys that are remembered; a repeat comes within seconds, this is hours of submissions. */
const keysKept = 10_000

export interface AssignFolders {
  readonly data: string
  readonly matrices: string
  /** Of processors; those of the installation where it is absent. */
  readonly processors?: URL | undefined
}

export class AssignRole implements UsersService {
  readonly #shell: Shell
  readonly #scheduler: Scheduler
  readonly #epoch: number
  readonly #matrices: MatrixStore
  readonly #processors: ProcessorCatalogue
  readonly #origins: Origins
  readonly #descriptions = new Map<string, JobDescription>()
  readonly #jobOfKey = new Map<string, string>()
  readonly #outbox: Outbox
  readonly #ending = new AbortController()
  #wake: NodeJS.Timeout | undefined

  private constructor(shell: Shell, epoch: number, matrices: MatrixStore, processors: ProcessorCatalogue) {
    const { cluster } = shell
    this.#shell = shell
    this.#epoch = epoch
    this.#matrices = matrices
    this.#processors = processors
    this.#origins = { assign: origin(cluster.assign), combine: origin(cluster.combine) }
    this.#scheduler = new Scheduler({ ...cluster.options, slaves: cluster.slaves, epoch })
    this.#outbox = new Outbox(shell.logger)
  }

  static async open(shell: Shell, folders: AssignFolders): Promise<AssignRole> {
    const processors = new ProcessorCatalogue(folders.processors)
    await processors.read()
    return new AssignRole(
      shell,
      await nextEpoch(folders.data),
      await MatrixStore.open(folders.matrices),
      processors,
    )
  }

  async close(): Promise<void> {
    this.#ending.abort()
    clearTimeout(this.#wake)
    await this.#outbox.idle()
    await this.#matrices.close()
  }

  // ---- users ----

  putMatrix(npy: Readable): Promise<StoredMatrix> {
    // Not destroyed when refused: the connection still has to carry the answer.
    const bytes = npy.iterator({ destroyOnReturn: false })
    return this.#matrices.put(bytes, this.#shell.cluster.options.uploadLimitBytes).finally(() => npy.resume())
  }

  async matrix(id: string): Promise<StoredMatrix> {
    const { header } = this.#matrices.get(id)
    return { id, dtype: header.dtype, shape: [...header.shape], bytes: header.dataOffset + header.dataBytes }
  }

  /** A key that came before answers the job that it began. */
  async submit(request: JobRequest, key?: string): Promise<JobView> {
    const processors = await this.#processors.read()
    const known = key === undefined ? undefined : this.#jobOfKey.get(key)
    if (known !== undefined) return this.job(known)
    const description = describeJob(request, id => this.#matrices.get(id), processors, new Date())
    const job = randomUUID()
    const { m, n, k, dtype } = description.product
    this.#descriptions.set(job, description)
    try {
      this.#dispatch({ type: 'job-submitted', job, shape: [m, n, k], dtype })
    } catch (error) {
      this.#descriptions.delete(job)
      throw error
    }
    if (key !== undefined) remember(this.#jobOfKey, key, job)
    this.#shell.logger.info({ job, m, n, k, dtype }, 'job submitted')
    return this.job(job)
  }

  jobs(): readonly JobView[] {
    const now = this.#now()
    return this.#scheduler.jobViews().flatMap(snapshot => {
      const description = this.#descriptions.get(snapshot.job)
      return description === undefined ? [] : [jobView(snapshot, description, now)]
    })
  }

  job(id: string): JobView {
    const snapshot = this.#scheduler.jobView(id)
    const description = this.#descriptions.get(id)
    if (snapshot !== undefined && description !== undefined)
      return jobView(snapshot, description, this.#now())
    throw new GemmeshError(
      'GEMMESH_JOB_UNKNOWN',
      `no job has the id ${JSON.stringify(id.slice(0, 80))}: GET /v1/jobs lists those that are known`,
    )
  }

  cancel(id: string): JobView {
    this.job(id)
    this.#dispatch({ type: 'job-cancelled', job: id })
    return this.job(id)
  }

  resultLocation(id: string): string {
    const { state, fault } = this.job(id)
    if (state === 'done') return `${this.#origins.combine}/v1/jobs/${id}/result`
    if (state === 'failed')
      throw new GemmeshError(
        'GEMMESH_JOB_FAILED',
        `job ${id} failed and has no result: ${fault?.message ?? 'no reason is known'}`,
      )
    if (state === 'cancelled')
      throw new GemmeshError('GEMMESH_JOB_CANCELLED', `job ${id} was cancelled and has no result`)
    throw new GemmeshError('GEMMESH_JOB_UNFINISHED', `job ${id} is ${state}: ask again when it is done`)
  }

  cluster(): ClusterView {
    const { cluster } = this.#shell
    return {
      version,
      epoch: this.#epoch,
      assign: { name: cluster.assign.name, origin: this.#origins.assign },
      combine: { name: cluster.combine.name, origin: this.#origins.combine },
      processors: this.#processors.current.map(({ variant, sha256, bytes }) => ({
        variant,
        sha256,
        bytes: bytes.byteLength,
      })),
      slaves: this.#scheduler.slaveViews().map(({ incarnation: _, ...slave }) => ({
        ...slave,
        origin: this.#slaveOrigin(slave.name),
      })),
    }
  }

  // ---- slaves ----

  /** Only a slave of the configuration, calling from its configured address, becomes a member. */
  register(message: Register, callerIp: string): Registered {
    const { protocolVersion: spoken, name, port, incarnation, threads, memoryBytes } = message
    if (spoken !== protocolVersion) {
      throw new GemmeshError(
        'GEMMESH_PROTOCOL_MISMATCH',
        `${name} speaks version ${spoken} of the protocol, master-assign version ${protocolVersion}: install the same gemmesh on both`,
      )
    }
    const slave = this.#shell.cluster.slaves.find(candidate => candidate.name === name)
    if (slave?.ip !== callerIp || slave.port !== port) {
      const known = slave === undefined ? 'has no slave of that name' : `has it at ${slave.ip}:${slave.port}`
      throw new GemmeshError(
        'GEMMESH_NODE_REFUSED',
        `${name} at ${callerIp}:${port} wants to register, but the configuration of master-assign ${known}: give all nodes the same file`,
      )
    }
    this.#dispatch({ type: 'slave-registered', slave: name, incarnation, threads, memoryBytes })
    this.#shell.logger.info({ slave: name, threads }, 'slave registered')
    return { protocolVersion, epoch: this.#epoch, heartbeatMs: this.#shell.cluster.options.heartbeatMs }
  }

  heartbeat({ name, incarnation, running }: Heartbeat): HeartbeatReply {
    this.#dispatch({ type: 'slave-heartbeat', slave: name, incarnation, running })
    return { epoch: this.#epoch, registerAgain: !this.#scheduler.isPresent(name, incarnation) }
  }

  unitDone({ id, slave, processorSha256: processor, ...figures }: UnitDone): void {
    this.#dispatch({ type: 'unit-done', slave, ref: id, figures: { ...figures, processor } })
  }

  unitFailed({ id, slave, fault }: UnitFailed): void {
    this.#shell.logger.warn({ unit: id, slave, ...fault }, 'unit failed')
    this.#dispatch({ type: 'unit-failed', slave, ref: id, code: fault.code, message: fault.message })
  }

  async block(
    matrix: string,
    blockRow: number,
    blockColumn: number,
  ): Promise<{ header: BulkHeader; payload: Payload }> {
    const reader = this.#matrices.reader(matrix)
    const { rows, columns, dtype } = reader.header
    const grid = operandGrid([rows, columns], this.#shell.cluster.options.blockEdge)
    if (!(blockRow < grid.rowCount && blockColumn < grid.columnCount)) {
      throw new GemmeshError(
        'GEMMESH_MESSAGE_INVALID',
        `there is no block (${blockRow}, ${blockColumn}) of ${matrix}: it has ${grid.rowCount}x${grid.columnCount} blocks. Do all nodes have the same configuration?`,
      )
    }
    const rectangle = grid.rectangle({ blockRow, blockColumn })
    const bytes = Buffer.allocUnsafe(rectangle.rows * rectangle.columns * bytesPerElement[dtype])
    await reader.read(rectangle, bytes)
    return { header: { dtype, rows: rectangle.rows, columns: rectangle.columns }, payload: [bytes] }
  }

  processor(sha256: string): Uint8Array {
    return this.#processors.bytes(sha256)
  }

  // ---- master-combine ----

  unitPlaced({ id, slave }: UnitPlaced): void {
    this.#dispatch({ type: 'unit-placed', slave, ref: id })
  }

  tileRefused({ id, slave, fault }: TileRefused): void {
    this.#shell.logger.warn({ unit: id, slave, ...fault }, 'tile refused')
    this.#dispatch({ type: 'tile-refused', slave, ref: id, code: fault.code, message: fault.message })
  }

  jobSealed({ job, bytes, sha256 }: JobSealed): void {
    this.#dispatch({ type: 'job-sealed', job, bytes, sha256 })
  }

  // ---- the shell around the scheduler ----

  #dispatch(event: Event): void {
    for (const instruction of this.#scheduler.handle(event, this.#now())) this.#carryOut(instruction)
  }

  /** Milliseconds on a clock that never runs backwards. */
  #now(): number {
    return performance.now()
  }

  #carryOut(instruction: Instruction): void {
    const { logger } = this.#shell
    switch (instruction.type) {
      case 'wake-at':
        clearTimeout(this.#wake)
        if (this.#ending.signal.aborted) break
        this.#wake = setTimeout(
          () => this.#dispatch({ type: 'tick' }),
          Math.max(0, instruction.at - this.#now()),
        )
        break
      case 'open-job':
        this.#openJob(instruction)
        break
      case 'assign-unit':
        this.#assignUnit(instruction)
        break
      case 'cancel-units': {
        const { slave, job, units } = instruction
        this.#outbox.send(slave, () =>
          this.#call(this.#slaveOrigin(slave), 'cancel', { job, units: [...units] }),
        )
        break
      }
      case 'abort-job':
        this.#outbox.send('master-combine', () =>
          this.#call(this.#origins.combine, 'abortJob', { job: instruction.job }),
        )
        break
      case 'finish-job':
        logger.info({ job: instruction.job }, 'job done')
        this.#forgetEnded()
        break
      case 'fail-job':
        logger.error(
          { job: instruction.job, code: instruction.code, reason: instruction.message },
          'job failed',
        )
        this.#forgetEnded()
        break
    }
  }

  #openJob({ job, plan }: Extract<Instruction, { type: 'open-job' }>): void {
    const description = this.#description(job)
    this.#outbox.send('master-combine', async () => {
      try {
        const message = openJobMessage(job, description, plan, this.#origins)
        const { placed } = await this.#call(this.#origins.combine, 'openJob', message)
        this.#dispatch({ type: 'job-opened', job, placed })
      } catch (error) {
        const { code, message } = asGemmeshError(error)
        this.#dispatch({ type: 'job-open-failed', job, code, message })
      }
    })
  }

  #assignUnit({ slave, ref, tile, leaseMs }: Extract<Instruction, { type: 'assign-unit' }>): void {
    const { blockEdge } = this.#shell.cluster.options
    const unit = workUnitMessage(this.#description(ref.job), ref, tile, leaseMs, blockEdge, this.#origins)
    this.#outbox.send(slave, async () => {
      try {
        await this.#call(this.#slaveOrigin(slave), 'unit', unit)
      } catch (error) {
        this.#notAccepted(slave, ref, asGemmeshError(error))
      }
    })
  }

  #notAccepted(slave: string, ref: UnitRef, { code, message }: GemmeshError): void {
    if (this.#ending.signal.aborted) return
    if (code === 'GEMMESH_BUSY') this.#dispatch({ type: 'unit-refused', slave, ref, reason: message })
    else if (code === 'GEMMESH_NODE_UNREACHABLE') {
      this.#shell.logger.warn({ slave, reason: message }, 'slave lost')
      this.#dispatch({ type: 'slave-lost', slave, reason: message })
    } else this.#dispatch({ type: 'unit-failed', slave, ref, code, message })
  }

  #call: Shell['link']['call'] = (to, route, message) =>
    this.#shell.link.call(to, route, message, { signal: this.#ending.signal })

  #description(job: string): JobDescription {
    const description = this.#descriptions.get(job)
    if (description !== undefined) return description
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `the scheduler named the job ${job}, which was not submitted here`,
    )
  }

  #slaveOrigin(name: string): string {
    const slave = this.#shell.cluster.slaves.find(candidate => candidate.name === name)
    if (slave !== undefined) return origin(slave)
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `the scheduler named the slave ${name}, which is not in the configuration`,
    )
  }

  /** Descriptions of jobs that the scheduler itself remembers no more. */
  #forgetEnded(): void {
    for (const job of this.#descriptions.keys()) {
      if (this.#scheduler.jobView(job) === undefined) this.#descriptions.delete(job)
    }
  }
}

function remember(map: Map<string, string>, key: string, value: string): void {
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= keysKept) break
    map.delete(oldest)
  }
}
