/** The assigning master: hears slaves and master-combine, serves blocks and processors; users come to `users`. */
import { join } from 'node:path'
import type { MatricesService } from '../../api/matrices-api.ts'
import type { UsersService } from '../../api/users-api.ts'
import { origin } from '../../config.ts'
import { BlockDirectory } from '../../core/block-directory.ts'
import { jobTransitions } from '../../core/job.ts'
import type { Event } from '../../core/scheduler.ts'
import { GemmeshError } from '../../errors.ts'
import { protocolVersion } from '../../protocol/limits.ts'
import type {
  BlockLocations,
  Heartbeat,
  HeartbeatReply,
  JobRecovered,
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
import { steadyNow } from '../steady-clock.ts'
import { checkAdmission } from './jobs/admission.ts'
import { JobJournal } from './jobs/job-journal.ts'
import { recoverJobs } from './jobs/job-recovery.ts'
import { JobViews } from './jobs/job-views.ts'
import { LateFigures } from './jobs/late-figures.ts'
import { AssignMatricesService } from './matrices-service.ts'
import { OperandTallies } from './operand-tallies.ts'
import { Operands } from './operands.ts'
import { PerformanceKeeper } from './performance-keeper.ts'
import { namedProcessors, ProcessorCatalogue, type Processors } from './processor-catalogue.ts'
import { readBlock } from './read-block.ts'
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
  readonly #journal: JobJournal
  readonly #views: JobViews
  #endHousekeeping = (): void => {}
  readonly #lateFigures: LateFigures

  private constructor(
    shell: Shell,
    epoch: number,
    { matrices, processors }: AssignStores,
    keeper: PerformanceKeeper,
    journal: JobJournal,
  ) {
    this.#shell = shell
    this.#epoch = epoch
    this.#matrices = matrices
    this.#processors = processors
    this.#journal = journal
    const { operandFolders, operandUrls } = shell.cluster.options
    this.#operands = new Operands(matrices, operandFolders, operandUrls)
    this.#scheduling = new SchedulerShell(shell, epoch, keeper, {
      ...{ journal, operands: this.#operands },
      onEnded: job => this.#views.keepEnd(job),
    })
    const { world } = shell
    this.#views = new JobViews({ scheduling: this.#scheduling, journal, tallies: this.#tallies, world })
    this.#lateFigures = new LateFigures(shell.world, job => this.#views.keepEnd(job))
    const { scheduler } = this.#scheduling
    this.#directory = new BlockDirectory(({ name, incarnation }) => scheduler.standing(name, incarnation))
    this.matrices = new AssignMatricesService(shell, matrices)
    this.users = new AssignUsersService({
      ...{ shell, epoch, matrices, processors, scheduling: this.#scheduling },
      ...{ operands: this.#operands, journal, views: this.#views },
    })
  }

  /**
   * With its jobs, its matrices and what it measured of its slaves on the disk, one epoch after its last start. The codes of
   * SqliteJournal.open.
   */
  static async open(shell: Shell, folders: AssignFolders, stores?: AssignStores): Promise<AssignRole> {
    // First of all: whoever has it open is the only master on this folder.
    const opened = await shell.openJournal(join(folders.data, 'assign.journal'))
    try {
      return await AssignRole.#open(shell, folders, await JobJournal.open(opened, shell), stores)
    } catch (error) {
      await opened.close()
      throw error
    }
  }

  static async #open(
    shell: Shell,
    folders: AssignFolders,
    journal: JobJournal,
    stores: AssignStores | undefined,
  ): Promise<AssignRole> {
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
        now: steadyNow(shell.world),
        onCollected: collected => shell.logger.info(collected, 'matrices that were not used were removed'),
      }))
    const role: AssignRole = new AssignRole(shell, epoch, { matrices, processors }, keeper, journal)
    await recoverJobs({ shell, journal, scheduling: role.#scheduling, operands: role.#operands, processors })
    // Not before: what recovered jobs need is in use.
    role.#endHousekeeping = keepHouse(shell, () => matrices.collect())
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

  /** Rejects when the journal's disk has failed: nothing can be promised any more. */
  get alive(): Promise<void> {
    return this.#journal.alive
  }

  async close(): Promise<void> {
    this.#endHousekeeping()
    await this.#lateFigures.save()
    await this.#scheduling.close()
    await this.#journal.close()
    await this.#operands.close()
    await this.#matrices.close()
  }

  // ---- from slaves ----

  /** As `checkAdmission` lets it. */
  register(message: Register, callerIp: string): Registered {
    checkAdmission(this.#shell.cluster, message, callerIp)
    const { name, incarnation, threads, memoryBytes, own } = message
    const facts = { slave: name, incarnation, threads, memoryBytes, own }
    this.#scheduling.dispatch({ type: 'slave-registered', ...facts })
    this.#shell.logger.info({ slave: name, threads, own }, 'slave registered')
    return {
      protocolVersion,
      epoch: this.#epoch,
      heartbeatMs: this.#shell.cluster.options.heartbeatMs,
      processors: namedProcessors(this.#processors.current),
    }
  }

  heartbeat({ name, incarnation, running }: Heartbeat): HeartbeatReply {
    const [refs, progress] = [running.map(({ id }) => id), running.map(one => one.progress)]
    this.#scheduling.dispatch({ type: 'slave-heartbeat', slave: name, incarnation, running: refs, progress })
    return { epoch: this.#epoch, registerAgain: !this.#scheduling.scheduler.isKnown(name, incarnation) }
  }

  isPresent({ name, incarnation }: Member): boolean {
    return this.#scheduling.scheduler.standing(name, incarnation) !== 'gone'
  }

  /** Its process has ended. */
  slaveGone({ name: slave, incarnation }: Member, reason: string): void {
    this.#scheduling.dispatch({ type: 'slave-lost', slave, incarnation, reason })
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
    const noted = this.#note({ type: 'unit-done', slave, ref: id, figures: { ...figures, processor } })
    if (!this.#scheduling.isOpen(id.job)) this.#lateFigures.cameFor(id.job)
    return noted
  }

  unitFailed({ id, slave, fault: { code, message } }: UnitFailed): Noted {
    const said = { unit: id, slave, code, reason: message }
    if (code === 'GEMMESH_TILE_OVERTAKEN') this.#shell.logger.info(said, 'unit overtaken')
    else this.#shell.logger.warn(said, 'unit failed')
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

  block(matrix: string, blockRow: number, blockColumn: number): ReturnType<typeof readBlock> {
    const { blockEdge } = this.#shell.cluster.options
    return readBlock(this.#operands, blockEdge, { matrix, blockRow, blockColumn })
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

  /** GEMMESH_JOB_UNKNOWN where the job has ended for good, or was never heard of here: nobody will ask for what is placed of it. */
  async jobRecovered({ job, placed }: JobRecovered): Promise<Noted> {
    if (this.#scheduling.isOpen(job)) return this.#note({ type: 'units-placed', job, units: placed })
    await this.#journal.endSaved(job)
    throw new GemmeshError(
      'GEMMESH_JOB_UNKNOWN',
      `job ${job} is none that ${this.#shell.name} waits for: what is placed of it can be dropped`,
    )
  }

  async sealFailed({ job, fault: { code, message } }: SealFailed): Promise<Noted> {
    const noted = this.#note({ type: 'seal-failed', job, code, message })
    await this.#journal.endSaved(job)
    return noted
  }

  /** What is answered is durable: master-combine says it no more. */
  async jobSealed({ job, bytes, totals }: JobSealed): Promise<Noted> {
    this.#views.noteChecks(job, totals)
    const noted = this.#note({ type: 'job-sealed', job, bytes })
    await this.#journal.endSaved(job)
    return noted
  }

  #note(event: Event): Noted {
    this.#scheduling.dispatch(event)
    return {}
  }
}
