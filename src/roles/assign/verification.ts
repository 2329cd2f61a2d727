/**
 * The references of all jobs' tiles: made from the operands, one window of units after the other, and sent to master-combine,
 * as far as can be before slaves send the tiles. What is made and not placed yet is bounded, but for units that slaves have at
 * hand: these are never waited with.
 */
import { gridDepth } from '../../core/operand-grid.ts'
import type { Plan } from '../../core/plan.ts'
import type { Event, Instruction } from '../../core/scheduler.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { asGemmeshError, type GemmeshError } from '../../errors.ts'
import { KeptChecker } from '../../verification/references/kept-checker.ts'
import type { ReadOperand, ReferenceJob, ReferenceUnit } from '../../verification/references/reference-job.ts'
import { makeReferences } from '../../verification/references/references.ts'
import { retry } from '../retry.ts'
import type { Shell } from '../shell.ts'
import type { JobDescription } from './jobs/job-description.ts'
import type { Operands } from './operands.ts'
import { ReferenceQueue } from './reference-queue.ts'

/** Of operands in one window: some tenths of a second of one core. */
const windowVisits = 2 ** 30
/** Of references at master-combine, of all jobs together, before anybody has their units. */
const aheadBytes = 64 * 2 ** 20
/** Of one message; a larger reference goes alone. */
const batchBytes = 2 ** 20
/** Operands that cannot be read may be there again in a moment. */
const [mostFailures, firstPauseMs] = [5, 500]

interface Verified {
  readonly job: string
  readonly facts: ReferenceJob
  readonly read: ReadOperand
  readonly queue: ReferenceQueue
  readonly ending: AbortController
  /** Made, not sent. */
  ready: UnitReference[]
  isSending: boolean
  /** master-combine has the job. */
  isOpen: boolean
  /** It said that it does not have it, and was not asked since. */
  isUnknown: boolean
  failures: number
  /** Until then nothing is made, after a failure. */
  isPausing: boolean
}

export interface VerificationParts {
  readonly shell: Shell
  /** Of master-combine. */
  readonly combine: string
  readonly operands: Pick<Operands, 'read'>
  readonly describe: (job: string) => JobDescription
  /** There will be no references: the job cannot end. */
  readonly onFailed: (job: string, fault: GemmeshError) => void
}

export class Verification {
  readonly #parts: VerificationParts
  /** In the order of their last turn. */
  readonly #jobs = new Map<string, Verified>()
  /** Of one window at a time. */
  readonly #checker = new KeptChecker()
  #isWorking = false
  #working: Promise<void> | undefined

  constructor(parts: VerificationParts) {
    this.#parts = parts
  }

  /** What the scheduler was told. */
  heard(event: Event): void {
    if (event.type === 'job-opened') this.#opened(event.job, event.placed)
    else if (event.type === 'units-placed') this.#opened(event.job, event.units)
    else if (event.type === 'unit-placed') {
      this.#jobs.get(event.ref.job)?.queue.placed(event.ref.unit)
      this.#work()
    }
  }

  /** What the scheduler wants to be done. */
  follow(instruction: Instruction): void {
    switch (instruction.type) {
      case 'open-job':
        this.#begin(instruction.job, instruction.plan)
        break
      case 'assign-unit':
        this.#jobs.get(instruction.ref.job)?.queue.handedOut(instruction.ref.unit)
        this.#work()
        break
      case 'abort-job':
      case 'finish-job':
      case 'fail-job':
        this.#end(instruction.job)
        break
    }
  }

  async close(): Promise<void> {
    for (const job of [...this.#jobs.keys()]) this.#end(job)
    await this.#working
  }

  /** It is planned, and about to be opened; again, after a restart of either master. Without a seed it is not verified. */
  #begin(job: string, plan: Plan): void {
    const { verificationSeed, product, request, operands } = this.#parts.describe(job)
    if (verificationSeed === undefined || this.#jobs.has(job)) return
    const { semiring = 'plus-times', alpha = 1, beta = 0, reproducible = false } = request
    const { blockEdge } = this.#parts.shell.cluster.options
    const seed = new Uint8Array(Buffer.from(verificationSeed, 'hex'))
    this.#jobs.set(job, {
      job,
      facts: { product, semiring, alpha, beta, reproducible, stepDepth: gridDepth(product, blockEdge), seed },
      read: async (operand, stored, target) => {
        const source = operand === 'c' ? operands.added : operands[operand]
        if (source !== undefined) await this.#parts.operands.read(source.id, stored, target)
      },
      queue: new ReferenceQueue(plan),
      ending: new AbortController(),
      ready: [],
      isSending: false,
      isOpen: false,
      isUnknown: false,
      failures: 0,
      isPausing: false,
    })
    this.#work()
  }

  /** master-combine has the job, and these units of it; of the references that were sent before it may have none. */
  #opened(job: string, placed: readonly number[]): void {
    const verified = this.#jobs.get(job)
    if (verified === undefined) return
    for (const unit of placed) verified.queue.placed(unit)
    if (verified.isOpen) this.#again(verified)
    verified.isOpen = true
    verified.isUnknown = false
    this.#send(verified)
    this.#work()
  }

  #end(job: string): void {
    this.#jobs.get(job)?.ending.abort()
    this.#jobs.delete(job)
  }

  /** One window after the other, as long as there is something to make. */
  #work(): void {
    if (this.#isWorking) return
    this.#isWorking = true
    const work = async () => {
      for (let window = this.#nextWindow(); window !== undefined; window = this.#nextWindow())
        await this.#make(window.verified, window.units)
    }
    this.#working = work()
  }

  /** Of a job whose units are out, if there is one; else of the job that had no turn for longest. */
  #nextWindow(): { verified: Verified; units: readonly ReferenceUnit[] } | undefined {
    let bytes = 0
    for (const { queue } of this.#jobs.values()) bytes += queue.bytes
    const waiting = [...this.#jobs.values()].filter(({ isPausing }) => !isPausing)
    for (const verified of waiting.sort((x, y) => Number(y.queue.isUrgent) - Number(x.queue.isUrgent))) {
      const { queue, job } = verified
      const units = queue.take({ visits: windowVisits, aheadBytes: aheadBytes - bytes + queue.bytes })
      if (units.length === 0) continue
      this.#jobs.delete(job)
      this.#jobs.set(job, verified)
      return { verified, units }
    }
    this.#isWorking = false
    return undefined
  }

  async #make(verified: Verified, units: readonly ReferenceUnit[]): Promise<void> {
    const { facts, read, ending, queue, job } = verified
    const { world, logger } = this.#parts.shell
    const missing = new Map(units.map(unit => [unit.unit, unit]))
    const startedAt = world.now()
    try {
      const references = makeReferences(facts, units, read, ending.signal, this.#checker)
      for await (const reference of references) {
        missing.delete(reference.unit)
        verified.ready.push(reference)
        this.#send(verified)
      }
      verified.failures = 0
      logger.debug({ job, units: units.length, ms: world.now() - startedAt }, 'references made')
    } catch (error) {
      if (ending.signal.aborted) return
      queue.failed(missing.values())
      this.#failed(verified, asGemmeshError(error))
    }
  }

  #failed(verified: Verified, fault: GemmeshError): void {
    const { job, ending } = verified
    const { world, logger } = this.#parts.shell
    logger.warn({ job, code: fault.code, reason: fault.message }, 'references were not made')
    if (fault.code === 'GEMMESH_OPERAND_CHANGED' || ++verified.failures >= mostFailures) {
      this.#giveUp(job, fault)
      return
    }
    verified.isPausing = true
    const callOff = world.after(firstPauseMs * 2 ** (verified.failures - 1), () => {
      verified.isPausing = false
      this.#work()
    })
    ending.signal.addEventListener('abort', callOff)
  }

  /** All that is ready, in messages of a bounded size, one after the other: for as long as it takes. */
  async #send(verified: Verified): Promise<void> {
    if (verified.isSending || verified.isUnknown || !verified.isOpen) return
    verified.isSending = true
    const { job, ending } = verified
    const { link, world, logger } = this.#parts.shell
    const { signal } = ending
    try {
      while (verified.ready.length > 0) {
        const units = batchOf(verified.ready)
        const call = () => link.call(this.#parts.combine, 'references', { job, units }, { signal })
        await retry(call, { tries: Number.POSITIVE_INFINITY, firstMs: 100, maxMs: 5000, signal, world })
      }
    } catch (error) {
      if (signal.aborted) return
      const fault = asGemmeshError(error)
      logger.warn({ job, code: fault.code, reason: fault.message }, 'references were not taken')
      // A job that has ended there; or it lost it, and is asked: all is sent once more when it has answered.
      if (fault.code === 'GEMMESH_JOB_UNKNOWN') verified.isUnknown = true
      else this.#giveUp(job, fault)
    } finally {
      verified.isSending = false
    }
  }

  #again(verified: Verified): void {
    verified.ready = []
    verified.queue.again()
  }

  #giveUp(job: string, fault: GemmeshError): void {
    this.#end(job)
    this.#parts.onFailed(job, fault)
  }
}

/** Takes some of `ready` from its beginning: one at least. */
function batchOf(ready: UnitReference[]): UnitReference[] {
  let bytes = 0
  const count = ready.findIndex(({ values, bounds }, index) => {
    bytes += values.length + bounds.length
    return bytes > batchBytes && index > 0
  })
  return ready.splice(0, count < 0 ? ready.length : count)
}
