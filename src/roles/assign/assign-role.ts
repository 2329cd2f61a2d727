/** The assigning master: hears slaves and master-combine, serves blocks and processors; users come to `users`. */
import type { MatricesService } from '../../api/matrices-api.ts'
import type { UsersService } from '../../api/users-api.ts'
import { origin } from '../../config.ts'
import { BlockDirectory } from '../../core/block-directory.ts'
import { jobTransitions } from '../../core/job.ts'
import { bytesPerElement } from '../../core/matrix.ts'
import { operandGrid } from '../../core/operand-grid.ts'
import type { Event } from '../../core/scheduler.ts'
import { GemmeshError } from '../../errors.ts'
import { readStrips } from '../../formats/strips.ts'
import type { Payload } from '../../protocol/bulk.ts'
import { protocolVersion } from '../../protocol/limits.ts'
import type {
  BlockLocations,
  BulkHeader,
  Heartbeat,
  HeartbeatReply,
  JobSealed,
  LocateBlocks,
  Member,
  Noted,
  Register,
  Registered,
  SealFailed,
  TileRefused,
  UnitDone,
  UnitFailed,
  UnitPlaced,
} from '../../protocol/messages.ts'
import { nextEpoch } from '../../store/epoch.ts'
import { type Matrices, MatrixStore } from '../../store/matrices.ts'
import { keepHouse } from '../housekeeping.ts'
import type { Shell } from '../shell.ts'
import { AssignMatricesService } from './matrices-service.ts'
import { OperandTallies } from './operand-tallies.ts'
import { Operands } from './operands.ts'
import { PerformanceKeeper } from './performance-keeper.ts'
import { namedProcessors, ProcessorCatalogue, type Processors } from './processor-catalogue.ts'
import { SchedulerShell } from './scheduler-shell.ts'
import { AssignUsersService } from './users-service.ts'

/** What a simulation has of its own in their place. */
export interface AssignStores {
  readonly matrices: Matrices
  readonly processors: Processors
}

export interface AssignFolders {
  readonly data: string
  readonly matrices: string
  /** Of processors; those of the installation where it is absent. */
  readonly processors?: URL | undefined
}

export class AssignRole {
  readonly users: UsersService
  readonly matrices: MatricesService
  readonly #shell: Shell
  readonly #epoch: number
  readonly #matrices: Matrices
  readonly #processors: Processors
  readonly #scheduling: SchedulerShell
  readonly #operands: Operands
  readonly #directory: BlockDirectory
  readonly #tallies = new OperandTallies()
  readonly #endHousekeeping: () => void

  private constructor(
    shell: Shell,
    epoch: number,
    { matrices, processors }: AssignStores,
    keeper: PerformanceKeeper,
  ) {
    this.#shell = shell
    this.#epoch = epoch
    this.#matrices = matrices
    this.#processors = processors
    this.#scheduling = new SchedulerShell(shell, epoch, keeper)
    const { operandFolders, operandUrls } = shell.cluster.options
    this.#operands = new Operands(matrices, operandFolders, operandUrls)
    const { scheduler } = this.#scheduling
    this.#directory = new BlockDirectory(({ name, incarnation }) => scheduler.isPresent(name, incarnation))
    this.matrices = new AssignMatricesService(shell, matrices)
    this.#endHousekeeping = keepHouse(shell, () => matrices.collect())
    this.users = new AssignUsersService({
      ...{ shell, epoch, matrices, processors, scheduling: this.#scheduling },
      ...{ operands: this.#operands, tallies: this.#tallies },
    })
  }

  /** With its matrices and what it measured of its slaves on the disk, one epoch after its last start. */
  static async open(shell: Shell, folders: AssignFolders, stores?: AssignStores): Promise<AssignRole> {
    const processors = stores?.processors ?? new ProcessorCatalogue(folders.processors)
    await processors.read()
    const epoch = await nextEpoch(folders.data, shell.disk)
    const keeper = await PerformanceKeeper.open(folders.data, shell)
    const { matrixAgeHours, matrixQuotaBytes } = shell.cluster.options
    const matrices =
      stores?.matrices ??
      (await MatrixStore.open(folders.matrices, {
        keeping: { ageMs: matrixAgeHours * 3_600_000, quotaBytes: matrixQuotaBytes },
        inUse: () => role.#matricesInUse(),
        now: () => shell.world.wallNow(),
        onCollected: collected => shell.logger.info(collected, 'matrices that were not used were removed'),
      }))
    const role: AssignRole = new AssignRole(shell, epoch, { matrices, processors }, keeper)
    return role
  }

  /** Of jobs that have not ended. */
  #matricesInUse(): ReadonlySet<string> {
    const { scheduler } = this.#scheduling
    const under = scheduler.jobViews().filter(({ state }) => jobTransitions[state].length > 0)
    return new Set(
      under.flatMap(({ job }) => {
        const { a, b, c } = this.#scheduling.description(job)?.request ?? {}
        return [a, b, c].filter(operand => typeof operand === 'string')
      }),
    )
  }

  async close(): Promise<void> {
    this.#endHousekeeping()
    await this.#scheduling.close()
    await this.#operands.close()
    await this.#matrices.close()
  }

  // ---- from slaves ----

  /** Only a slave of the configuration, calling from its configured address, becomes a member. */
  register(message: Register, callerIp: string): Registered {
    const { protocolVersion: spoken, name, port, incarnation, threads, memoryBytes, own } = message
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
    this.#scheduling.dispatch({
      type: 'slave-registered',
      slave: name,
      incarnation,
      threads,
      memoryBytes,
      own,
    })
    this.#shell.logger.info({ slave: name, threads, own }, 'slave registered')
    return {
      protocolVersion,
      epoch: this.#epoch,
      heartbeatMs: this.#shell.cluster.options.heartbeatMs,
      processors: namedProcessors(this.#processors.current),
    }
  }

  heartbeat({ name, incarnation, running }: Heartbeat): HeartbeatReply {
    this.#scheduling.dispatch({
      type: 'slave-heartbeat',
      slave: name,
      incarnation,
      running: running.map(({ id }) => id),
      progress: running.map(({ progress }) => progress),
    })
    return { epoch: this.#epoch, registerAgain: !this.#scheduling.scheduler.isPresent(name, incarnation) }
  }

  drain({ name: slave, incarnation }: Member): Noted {
    this.#shell.logger.info({ slave }, 'slave draining')
    return this.#note({ type: 'slave-draining', slave, incarnation })
  }

  leave({ name: slave, incarnation }: Member): Noted {
    this.#shell.logger.info({ slave }, 'slave left')
    return this.#note({ type: 'slave-left', slave, incarnation })
  }

  unitDone({ id, slave, processorSha256: processor, operands, ...figures }: UnitDone): Noted {
    this.#tallies.add(id.job, operands)
    return this.#note({ type: 'unit-done', slave, ref: id, figures: { ...figures, processor } })
  }

  unitFailed({ id, slave, fault: { code, message } }: UnitFailed): Noted {
    this.#shell.logger.warn({ unit: id, slave, code, reason: message }, 'unit failed')
    return this.#note({ type: 'unit-failed', slave, ref: id, code, message })
  }

  /** Names another slave that has the block, where one does; who said that one failed is left with the source. */
  locateBlocks({ name, incarnation, blocks, failed }: LocateBlocks): BlockLocations {
    if (failed !== undefined) {
      const slave = this.#shell.cluster.slaves.find(candidate => origin(candidate) === failed)
      if (slave !== undefined) for (const block of blocks) this.#directory.failed(slave.name, block)
      return { locations: [] }
    }
    const locations = blocks.map(block => {
      const { holder, ticket } = this.#directory.grant({ name, incarnation }, block)
      return { ticket, ...(holder !== undefined && { origin: this.#scheduling.slaveOrigin(holder) }) }
    })
    return { locations }
  }

  async block(
    matrix: string,
    blockRow: number,
    blockColumn: number,
  ): Promise<{ header: BulkHeader; payload: Payload }> {
    const { rows, columns, dtype } = this.#operands.header(matrix)
    const grid = operandGrid([rows, columns], this.#shell.cluster.options.blockEdge)
    if (blockRow >= grid.rowCount || blockColumn >= grid.columnCount) {
      throw new GemmeshError(
        'GEMMESH_MESSAGE_INVALID',
        `there is no block (${blockRow}, ${blockColumn}) of ${matrix}: it has ${grid.rowCount}x${grid.columnCount} blocks. Do all nodes have the same configuration?`,
      )
    }
    const rectangle = grid.rectangle({ blockRow, blockColumn })
    const payload = await readStrips(rectangle, bytesPerElement[dtype], (strip, target) =>
      this.#operands.read(matrix, strip, target),
    )
    return { header: { dtype, rows: rectangle.rows, columns: rectangle.columns }, payload }
  }

  processor(sha256: string): Uint8Array {
    return this.#processors.bytes(sha256)
  }

  // ---- from master-combine ----

  unitPlaced({ id, slave }: UnitPlaced): Noted {
    this.#shell.logger.debug({ unit: id, slave }, 'placed, as master-combine says')
    return this.#note({ type: 'unit-placed', slave, ref: id })
  }

  tileRefused({ id, slave, fault: { code, message } }: TileRefused): Noted {
    this.#shell.logger.warn({ unit: id, slave, code, reason: message }, 'tile refused')
    return this.#note({ type: 'tile-refused', slave, ref: id, code, message })
  }

  sealFailed({ job, fault: { code, message } }: SealFailed): Noted {
    return this.#note({ type: 'seal-failed', job, code, message })
  }

  jobSealed({ job, bytes }: JobSealed): Noted {
    return this.#note({ type: 'job-sealed', job, bytes })
  }

  #note(event: Event): Noted {
    this.#scheduling.dispatch(event)
    return {}
  }
}
