/** The shell around the pure scheduler: it has the clock, carries out instructions, and turns what comes of them into events. */
import { origin } from '../../config.ts'
import { Performance } from '../../core/performance.ts'
import { type Event, type Instruction, Scheduler, type UnitRef } from '../../core/scheduler.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { Learned } from '../../store/performance-file.ts'
import type { Shell } from '../shell.ts'
import { type JobDescription, type Origins, openJobMessage, workUnitMessage } from './job-description.ts'
import { Outbox } from './outbox.ts'
import type { PerformanceKeeper } from './performance-keeper.ts'
import { Planner } from './planner.ts'

type InstructionOf<Type extends Instruction['type']> = Extract<Instruction, { type: Type }>

export class SchedulerShell {
  readonly origins: Origins
  readonly planner: Planner
  readonly #shell: Shell
  readonly #performance: Performance
  readonly #keeper: PerformanceKeeper
  readonly #scheduler: Scheduler
  readonly #descriptions = new Map<string, JobDescription>()
  readonly #outbox: Outbox
  readonly #ending = new AbortController()
  #callOffWake = (): void => {}

  constructor(shell: Shell, epoch: number, keeper: PerformanceKeeper) {
    const { cluster, logger } = shell
    this.#shell = shell
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
  }

  /** Its views; events go to `dispatch`. */
  get scheduler(): Pick<Scheduler, 'jobView' | 'jobViews' | 'slaveViews' | 'isPresent'> {
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
    for (const instruction of this.#scheduler.handle(event, this.now())) this.#carryOut(instruction)
  }

  /** GEMMESH_BUSY where too many jobs wait. */
  submit(job: string, description: JobDescription): void {
    const { m, n, k, dtype } = description.product
    const { semiring = 'plus-times', priority = 0 } = description.request
    this.#descriptions.set(job, description)
    try {
      this.dispatch({ type: 'job-submitted', job, shape: [m, n, k], dtype, semiring, priority })
    } catch (error) {
      this.#descriptions.delete(job)
      throw error
    }
  }

  description(job: string): JobDescription | undefined {
    return this.#descriptions.get(job)
  }

  slaveOrigin(name: string): string {
    const slave = this.#shell.cluster.slaves.find(candidate => candidate.name === name)
    if (slave !== undefined) return origin(slave)
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `the scheduler named the slave ${name}, which is not in the configuration`,
    )
  }

  async close(): Promise<void> {
    this.#ending.abort()
    this.#callOffWake()
    await this.#outbox.idle()
    await this.#keeper.save(this.#learned())
  }

  #carryOut(instruction: Instruction): void {
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
        this.#cancelUnits(instruction)
        break
      case 'abort-job':
        this.#outbox.send('master-combine', () =>
          this.#call(this.origins.combine, 'abortJob', { job: instruction.job }),
        )
        this.planner.ended(instruction.job, undefined)
        break
      case 'finish-job':
        logger.info({ job: instruction.job }, 'job done')
        this.#learn(instruction.job)
        this.#forgetEnded()
        break
      case 'fail-job':
        logger.error(
          { job: instruction.job, code: instruction.code, reason: instruction.message },
          'job failed',
        )
        this.planner.ended(instruction.job, undefined)
        this.#forgetEnded()
        break
    }
  }

  #wakeAt(at: number): void {
    this.#callOffWake()
    if (this.#ending.signal.aborted) return
    const { world } = this.#shell
    this.#callOffWake = world.after(Math.max(0, at - world.now()), () => this.dispatch({ type: 'tick' }))
  }

  #openJob({ job, plan, ask }: InstructionOf<'open-job'>): void {
    const message = openJobMessage(job, this.#describe(job), plan, this.origins)
    this.#outbox.send('master-combine', async () => {
      try {
        const { placed } = await this.#call(this.origins.combine, 'openJob', message)
        this.dispatch({ type: 'job-opened', job, ask, placed })
      } catch (error) {
        if (this.#ending.signal.aborted) return
        const { code, message } = asGemmeshError(error)
        this.dispatch({ type: 'job-open-failed', job, ask, code, message })
      }
    })
  }

  #assignUnit({ slave, ...assigned }: InstructionOf<'assign-unit'>): void {
    const { blockEdge } = this.#shell.cluster.options
    const { ref } = assigned
    const unit = workUnitMessage(this.#describe(ref.job), assigned, blockEdge, this.origins)
    this.#shell.logger.debug({ unit: ref, slave }, 'unit handed out')
    this.#outbox.send(slave, async () => {
      // While it waited behind messages that the slave did not answer, others may have computed it.
      if (!this.#scheduler.isOut(slave, ref)) return
      try {
        await this.#call(this.slaveOrigin(slave), 'unit', unit)
      } catch (error) {
        if (!this.#ending.signal.aborted) this.#notAccepted(slave, ref, asGemmeshError(error))
      }
    })
  }

  #notAccepted(slave: string, ref: UnitRef, { code, message }: GemmeshError): void {
    switch (code) {
      case 'GEMMESH_BUSY':
        this.dispatch({ type: 'unit-refused', slave, ref, reason: message })
        break
      case 'GEMMESH_NODE_UNREACHABLE':
        this.#shell.logger.warn({ slave, reason: message }, 'slave lost')
        this.dispatch({ type: 'slave-lost', slave, reason: message })
        break
      default:
        this.dispatch({ type: 'unit-failed', slave, ref, code, message })
    }
  }

  #cancelUnits({ slave, job, units }: InstructionOf<'cancel-units'>): void {
    this.#outbox.send(slave, () => this.#call(this.slaveOrigin(slave), 'cancel', { job, units: [...units] }))
  }

  #call: Shell['link']['call'] = (to, route, message) =>
    this.#shell.link.call(to, route, message, { signal: this.#ending.signal })

  #describe(job: string): JobDescription {
    const description = this.#descriptions.get(job)
    if (description !== undefined) return description
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `the scheduler named the job ${job}, which was not submitted here`,
    )
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
