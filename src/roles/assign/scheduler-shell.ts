/** The shell around the pure scheduler: it has the clock, carries out instructions, and turns what comes of them into events. */
import type { PredictionView } from '../../api/schemas.ts'
import { origin } from '../../config.ts'
import { jobTransitions } from '../../core/job.ts'
import { Performance } from '../../core/performance.ts'
import { type Event, type Instruction, Scheduler } from '../../core/scheduler.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { Learned } from '../../store/performance-file.ts'
import type { Shell } from '../shell.ts'
import { askCombine, sayLost } from './ask-combine.ts'
import { Aborts } from './jobs/aborts.ts'
import { type JobDescription, type Origins, openJobMessage, workUnitMessage } from './jobs/job-description.ts'
import type { JobJournal } from './jobs/job-journal.ts'
import { predictionView } from './jobs/plan-view.ts'
import type { Operands } from './operands.ts'
import { Outbox } from './outbox.ts'
import type { PerformanceKeeper } from './performance-keeper.ts'
import { Planner } from './planner.ts'
import { reportSlave } from './report-slave.ts'
import { SlaveCalls } from './slave-calls.ts'
import { Verification } from './verification.ts'

/** What is known of a job from before a restart. */
export type Recovered = Pick<Extract<Event, { type: 'job-recovered' }>, 'plan' | 'startedAt' | 'fault'>

type InstructionOf<Type extends Instruction['type']> = Extract<Instruction, { type: Type }>

export interface SchedulerShellParts {
  readonly journal: JobJournal
  readonly operands: Pick<Operands, 'read'>
  /** Makes a job's end durable. */
  readonly onEnded: (job: string) => Promise<void>
}

export class SchedulerShell {
  readonly origins: Origins
  readonly planner: Planner
  readonly #shell: Shell
  readonly #journal: JobJournal
  readonly #onEnded: (job: string) => Promise<void>
  readonly #performance: Performance
  readonly #keeper: PerformanceKeeper
  readonly #scheduler: Scheduler
  readonly #descriptions = new Map<string, JobDescription>()
  readonly #outbox: Outbox
  readonly #slaves: SlaveCalls
  readonly #aborts: Aborts
  readonly #verification: Verification
  readonly #ending = new AbortController()
  #callOffWake = (): void => {}

  constructor(
    shell: Shell,
    epoch: number,
    keeper: PerformanceKeeper,
    { journal, operands, onEnded }: SchedulerShellParts,
  ) {
    const { cluster, logger } = shell
    this.#shell = shell
    this.#journal = journal
    this.#onEnded = onEnded
    this.origins = { assign: origin(cluster.assign), combine: origin(cluster.combine) }
    const { slaves, options } = cluster
    const { slaves: known, costs } = keeper.known
    this.#keeper = keeper
    this.#performance = new Performance({ slaves, measured: options.measuredPerformance, known })
    this.planner = new Planner(cluster, this.#performance, () => this.#scheduler.slaveViews(), costs)
    this.#scheduler = new Scheduler({
      ...options,
      slaves,
      epoch,
      performance: this.#performance,
      plan: request => {
        const { product, request: job } = this.#describe(request.job)
        const { semiring = 'plus-times', reproducible = false } = job
        return this.planner.plan(request, { product, semiring, reproducible })
      },
    })
    this.#outbox = new Outbox(logger)
    this.#slaves = new SlaveCalls({
      ...{ shell, outbox: this.#outbox, scheduler: this.#scheduler, signal: this.#ending.signal },
      dispatch: event => this.dispatch(event),
    })
    this.#aborts = new Aborts({
      ...{ world: shell.world, outbox: this.#outbox, journal, signal: this.#ending.signal },
      say: job => this.#call(this.origins.combine, 'abortJob', { job }),
    })
    this.#verification = new Verification({
      ...{ shell, operands, combine: this.origins.combine },
      describe: job => this.#describe(job),
      onFailed: (job, { code, message }) => this.dispatch({ type: 'references-failed', job, code, message }),
    })
  }

  /** Its views; events go to `dispatch`. */
  get scheduler(): Pick<Scheduler, 'jobView' | 'jobViews' | 'slaveViews' | 'isKnown' | 'standing'> {
    return this.#scheduler
  }

  /** What is known of the slaves' speed; the scheduler alone adds to it. */
  get performance(): Pick<Performance, 'of' | 'gflops' | 'links' | 'own' | 'measured'> {
    return this.#performance
  }

  /** Milliseconds on the scheduler's clock, which never runs backwards. */
  now(): number {
    return this.#shell.world.now()
  }

  dispatch(event: Event): void {
    const instructions = this.#scheduler.handle(event, this.now())
    this.#verification.heard(event)
    this.#carryOut(instructions)
  }

  /**
   * It is accepted when this resolves. GEMMESH_BUSY where too many jobs wait, GEMMESH_STORAGE_FULL where there is no room to
   * remember it. It may be planned meanwhile, but in the journal nothing of it comes before this.
   */
  async submit(job: string, description: JobDescription, key?: string): Promise<void> {
    const instructions = this.#admit(job, description, { type: 'job-submitted' })
    const durable = this.#journal.submitted(job, key, description)
    this.#carryOut(instructions)
    await durable.catch(error => {
      // After any other failure it may be in the journal, and the node ends.
      if (asGemmeshError(error).code === 'GEMMESH_STORAGE_FULL') this.dispatch({ type: 'job-cancelled', job })
      throw error
    })
  }

  /** A job from before a restart. */
  recover(job: string, description: JobDescription, known: Recovered): void {
    this.#carryOut(this.#admit(job, description, { type: 'job-recovered', ...known }))
  }

  /** Resolves when it has ended for good: it is cancelled, or stays as it was. GEMMESH_STORAGE_FULL. */
  async cancel(job: string): Promise<void> {
    if (!this.isOpen(job)) return this.#journal.endSaved(job)
    this.dispatch({ type: 'job-cancelled', job })
    await this.#onEnded(job)
  }

  /** Of a job that ended before a restart. */
  abort(job: string): void {
    this.#aborts.abort(job)
  }

  description(job: string): JobDescription | undefined {
    return this.#descriptions.get(job)
  }

  /** What was said of a job when it was planned. */
  predictionOf(job: string): PredictionView | undefined {
    const known = this.planner.predictionOf(job)
    return known === undefined ? this.#descriptions.get(job)?.prediction : predictionView(known)
  }

  slaveOrigin = (name: string): string => this.#slaves.origin(name)

  async close(): Promise<void> {
    this.#ending.abort()
    this.#callOffWake()
    await this.#verification.close()
    await this.#outbox.idle()
    await this.#keeper.save(this.#learned())
  }

  #admit(
    job: string,
    description: JobDescription,
    how: { type: 'job-submitted' } | ({ type: 'job-recovered' } & Recovered),
  ): readonly Instruction[] {
    const { m, n, k, dtype } = description.product
    const { semiring = 'plus-times', priority = 0 } = description.request
    this.#descriptions.set(job, description)
    try {
      return this.#scheduler.handle({ job, shape: [m, n, k], dtype, semiring, priority, ...how }, this.now())
    } catch (error) {
      this.#descriptions.delete(job)
      throw error
    }
  }

  #carryOut(instructions: readonly Instruction[]): void {
    for (const instruction of instructions) {
      this.#carryOutOne(instruction)
      this.#verification.follow(instruction)
    }
  }

  #carryOutOne(instruction: Instruction): void {
    const { logger } = this.#shell
    switch (instruction.type) {
      case 'wake-at':
        this.#wakeAt(instruction.at)
        break
      case 'open-job':
        this.#openJob(instruction)
        break
      case 'assign-unit':
        this.#assignUnit(instruction)
        break
      case 'cancel-units':
        this.#slaves.cancel(instruction)
        break
      case 'abort-job':
        this.#aborts.abort(instruction.job)
        this.planner.ended(instruction.job, undefined)
        break
      case 'report-slave':
        reportSlave(logger, instruction)
        break
      case 'finish-job':
        logger.info({ job: instruction.job }, 'job done')
        this.#saveEnd(instruction.job)
        this.#learn(instruction.job)
        this.#forgetEnded()
        break
      case 'fail-job': {
        const { job, code, message: reason } = instruction
        logger.error({ job, code, reason }, 'job failed')
        this.#saveEnd(job)
        this.planner.ended(job, undefined)
        this.#forgetEnded()
        break
      }
    }
  }

  /** It is known, and has not ended. */
  isOpen(job: string): boolean {
    const state = this.#scheduler.jobView(job)?.state
    return state !== undefined && jobTransitions[state].length > 0
  }

  /** The journal itself tries again, and says what fails. */
  #saveEnd(job: string): void {
    this.#onEnded(job).catch(() => {})
  }

  #wakeAt(at: number): void {
    this.#callOffWake()
    if (this.#ending.signal.aborted) return
    const { world } = this.#shell
    this.#callOffWake = world.after(Math.max(0, at - world.now()), () => this.dispatch({ type: 'tick' }))
  }

  #openJob({ job, plan, ask }: InstructionOf<'open-job'>): void {
    const message = openJobMessage(job, this.#describe(job), plan, this.origins)
    // The same plan after a restart: what is placed by then is placed by it.
    const [prediction, plannedMs] = [this.predictionOf(job), this.#shell.world.wallNow()]
    const durable = this.#journal.planned(job, { plan, prediction, plannedMs })
    durable.catch(() => {}) // awaited when it is its turn
    this.#outbox.send('master-combine', async () => {
      const call = () => this.#call(this.origins.combine, 'openJob', message)
      const event = await askCombine({ job, ask, durable, call, signal: this.#ending.signal })
      if (event === undefined) return
      const before = this.#scheduler.jobView(job)
      this.dispatch(event)
      sayLost(this.#shell.logger, before, this.#scheduler.jobView(job))
    })
  }

  #assignUnit({ slave, ...assigned }: InstructionOf<'assign-unit'>): void {
    const { blockEdge } = this.#shell.cluster.options
    const description = this.#describe(assigned.ref.job)
    this.#slaves.assign(slave, workUnitMessage(description, assigned, blockEdge, this.origins))
  }

  #call: Shell['link']['call'] = (to, route, message) =>
    this.#shell.link.call(to, route, message, { signal: this.#ending.signal })

  #describe(job: string): JobDescription {
    const description = this.#descriptions.get(job)
    if (description !== undefined) return description
    throw new GemmeshError('GEMMESH_INTERNAL', `job ${job} was not submitted here`)
  }

  /** Finished jobs say what the next ones will take. */
  #learn(job: string): void {
    const { startedAt, endedAt } = this.#scheduler.jobView(job) ?? {}
    const isTimed = startedAt !== undefined && endedAt !== undefined
    this.planner.ended(job, isTimed ? endedAt - startedAt : undefined)
  }

  #learned(): Learned {
    return { slaves: this.#performance.records(), costs: this.planner.costs() }
  }

  /** Descriptions of jobs that the scheduler itself remembers no more. */
  #forgetEnded(): void {
    this.#keeper.saveSoon(() => this.#learned())
    for (const job of this.#descriptions.keys()) {
      if (this.#scheduler.jobView(job) !== undefined) continue
      this.#descriptions.delete(job)
      this.planner.forget(job)
    }
  }
}
