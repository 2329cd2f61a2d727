/** Jobs as users see them: those that the scheduler knows, and those that ended before a restart. */

import type { JobView } from '../../../api/schemas.ts'
import { dropOldest } from '../../../core/drop-oldest.ts'
import { jobTransitions } from '../../../core/job.ts'
import type { ReceiptTotals } from '../../../core/receipt.ts'
import { GemmeshError } from '../../../errors.ts'
import type { World } from '../../world.ts'
import type { OperandTallies } from '../operand-tallies.ts'
import type { SchedulerShell } from '../scheduler-shell.ts'
import { JobEnds } from './job-ends.ts'
import type { JobJournal } from './job-journal.ts'
import { jobView } from './job-view.ts'

export interface JobViewsParts {
  readonly scheduling: SchedulerShell
  readonly journal: JobJournal
  readonly tallies: OperandTallies
  readonly world: World
}

/** Of jobs that ended; the scheduler remembers fewer. */
const checksKept = 1024

export class JobViews {
  readonly #parts: JobViewsParts
  readonly #ends: JobEnds
  readonly #checks = new Map<string, ReceiptTotals>()

  constructor(parts: JobViewsParts) {
    this.#parts = parts
    this.#ends = new JobEnds(parts.world)
  }

  /** Those that ended first, then the others in order of submission. */
  all(): JobView[] {
    const { scheduling, journal } = this.#parts
    const known = scheduling.scheduler.jobViews().flatMap(({ job }) => this.#known(job) ?? [])
    const ids = new Set(known.map(({ id }) => id))
    const views = [...journal.endedViews.filter(({ id }) => !ids.has(id)), ...known]
    return views.map(view => this.#shown(view))
  }

  /** GEMMESH_JOB_UNKNOWN. */
  get(id: string): JobView {
    const view = this.#known(id) ?? this.#parts.journal.endedView(id)
    if (view !== undefined) return this.#shown(view)
    throw new GemmeshError(
      'GEMMESH_JOB_UNKNOWN',
      `no job has the id ${JSON.stringify(id.slice(0, 80))}: \`gemmesh jobs\` and GET /v1/jobs list those that are known`,
    )
  }

  /** As soon as it has ended, but at most `waitMs` from now. GEMMESH_JOB_UNKNOWN. */
  async within(id: string, waitMs: number): Promise<JobView> {
    const view = this.get(id)
    if (waitMs === 0 || jobTransitions[view.state].length === 0) return view
    await this.#ends.wait(id, waitMs)
    return this.get(id)
  }

  /** What master-combine says of all tiles of a job that is done. */
  noteChecks(job: string, totals: ReceiptTotals | undefined): void {
    if (totals === undefined) return
    this.#checks.set(job, totals)
    dropOldest(this.#checks, checksKept)
  }

  /** Makes durable how a job ended, with the figures as they are now; as JobJournal.ended. */
  async keepEnd(job: string): Promise<void> {
    const view = this.#known(job)
    if (view === undefined || jobTransitions[view.state].length > 0) return
    const kept = this.#parts.journal.ended(view, view.state !== 'done' && view.plan !== undefined)
    // That it is done is said at once, all else when it is durable.
    this.#ends.tell(job)
    await kept.finally(() => this.#ends.tell(job))
  }

  /**
   * That a job failed or was cancelled is not said before it is durable: a loss of power would take it back. What is done will
   * be done again.
   */
  #shown(view: JobView): JobView {
    const { fault: _, ...rest } = view
    if (view.state === 'done' || !this.#parts.journal.isEnding(view.id)) return view
    return { ...rest, state: 'waiting', reason: `master-assign's journal to take that it is ${view.state}` }
  }

  #known(id: string): JobView | undefined {
    const { scheduling, tallies } = this.#parts
    const snapshot = scheduling.scheduler.jobView(id)
    const description = scheduling.description(id)
    if (snapshot === undefined || description === undefined) return undefined
    const view = jobView(snapshot, description, scheduling.predictionOf(id), tallies, scheduling.now())
    const checks = this.#checks.get(id)
    return checks === undefined || view.state !== 'done' ? view : { ...view, checks }
  }
}
