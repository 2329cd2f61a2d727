/**
 * What master-assign must not forget of its jobs: that they were accepted and under which keys, their plans, and how they ended.
 * The journal is written anew without the records that count no more when those have become many.
 */
import type { JobView } from '../../../api/schemas.ts'
import { asGemmeshError, type GemmeshError } from '../../../errors.ts'
import type { Journal, JournalRecord } from '../../../store/journal/journal.ts'
import type { Shell } from '../../shell.ts'
import { heardRecord, JobIndex, keyRecord } from './job-index.ts'
import {
  decodePlanned,
  decodeSubmitted,
  type Planned,
  plannedRecord,
  type Submitted,
  submittedRecord,
} from './job-records.ts'

/** A job that had not ended when its master-assign did. */
export interface FoundJob extends Submitted {
  readonly job: string
  readonly planned?: Planned
}

/** Records that count no more may be so many, and as many as those that do. */
const staleKept = 1000
/** Between tries to write how jobs ended, while there is no room for it. */
const [firstPauseMs, longestPauseMs] = [1000, 30_000]

export class JobJournal {
  /** Rejects when the disk has failed: the node has to end. */
  readonly alive: Promise<void>
  readonly #journal: Journal
  readonly #shell: Pick<Shell, 'logger' | 'world'>
  readonly #index = new JobIndex()
  /** By job: what is about to become durable. */
  readonly #submitting = new Map<string, Promise<void>>()
  readonly #planning = new Map<string, Promise<void>>()
  readonly #ending = new Map<string, Promise<void>>()
  /** What of jobs that ended is not durable yet: that they did, or only their last figures. */
  readonly #unsaved = new Map<string, 'end' | 'figures'>()
  readonly #failed = Promise.withResolvers<void>()
  /** In the journal, those that count no more among them. */
  #records = 0
  #underWay = 0
  #callOffRetry = (): void => {}
  #isClosed = false

  private constructor(journal: Journal, shell: Pick<Shell, 'logger' | 'world'>) {
    this.#journal = journal
    this.#shell = shell
    this.alive = this.#failed.promise
    this.alive.catch(() => {}) // who can end the node asks for it
  }

  /** What `journal` holds, without what counts no more. GEMMESH_JOURNAL_DAMAGED where another version wrote it. */
  static async open(journal: Journal, shell: Pick<Shell, 'logger' | 'world'>): Promise<JobJournal> {
    const jobs = new JobJournal(journal, shell)
    const records = journal.read()
    for (const record of records) jobs.#index.take(record, shell.logger)
    jobs.#index.forget()
    jobs.#records = records.length
    if (jobs.#index.records().length < records.length) await jobs.#compact()
    return jobs
  }

  /** Of jobs that ended, oldest first. */
  get endedViews(): readonly JobView[] {
    return Array.from(this.#index.ended.values(), ({ view }) => view)
  }

  endedView(job: string): JobView | undefined {
    return this.#index.ended.get(job)?.view
  }

  jobOfKey(key: string): string | undefined {
    return this.#index.jobOfKey.get(key)
  }

  /** Jobs that did not end, in order of submission. GEMMESH_JOURNAL_DAMAGED. */
  found(): FoundJob[] {
    return Array.from(this.#index.open, ([job, { submitted, planned }]) => ({
      ...{ job, ...decodeSubmitted(submitted) },
      ...(planned && { planned: decodePlanned(planned) }),
    }))
  }

  /** Of jobs that ended, but of which master-combine may not know it. */
  abortsToSay(): string[] {
    return [...this.#index.ended].filter(([, { aborts }]) => aborts).map(([job]) => job)
  }

  /** The job is accepted when this resolves; GEMMESH_STORAGE_FULL: it is not, and its key is free. */
  submitted(job: string, key: string | undefined, facts: Submitted): Promise<void> {
    const record = submittedRecord(job, facts)
    const { open, jobOfKey } = this.#index
    open.set(job, { submitted: record })
    if (key !== undefined) jobOfKey.set(key, job)
    const append = this.#append(record, ...(key === undefined ? [] : [keyRecord(key, job)]))
    return during(
      this.#submitting,
      job,
      append.catch(error => {
        open.delete(job)
        if (key !== undefined) jobOfKey.delete(key)
        throw error
      }),
    )
  }

  /** A job that was submitted just now may not be accepted yet; as of `submitted`. */
  async accepted(job: string): Promise<void> {
    await this.#submitting.get(job)
  }

  /** Its plan is this one for good when this resolves. A job has one plan: said again, it changes nothing. */
  planned(job: string, facts: Planned): Promise<void> {
    const records = this.#index.open.get(job)
    if (records === undefined || records.planned !== undefined) return Promise.resolve()
    const underWay = this.#planning.get(job)
    if (underWay !== undefined) return underWay
    const record = plannedRecord(job, facts)
    const append = this.#append(record).then(() => {
      records.planned = record
    })
    return during(this.#planning, job, append)
  }

  /**
   * How the job ended, durable when it resolves. GEMMESH_STORAGE_FULL: it is tried again until there is room. Said again with
   * another view, that one counts.
   */
  ended(view: JobView, aborts: boolean): Promise<void> {
    const isEnd = this.#index.open.has(view.id) || this.isEnding(view.id)
    if (this.#index.end(view, aborts) === undefined) return Promise.resolve()
    this.#index.forget()
    this.#unsaved.set(view.id, isEnd ? 'end' : 'figures')
    return during(this.#ending, view.id, this.#save([view.id], firstPauseMs))
  }

  /** It has ended, but a loss of power might undo that still. */
  isEnding(job: string): boolean {
    return this.#unsaved.get(job) === 'end'
  }

  /** Resolves when the end of a job that ended is durable; as of `ended`. */
  async endSaved(job: string): Promise<void> {
    if (this.#ending.has(job)) await this.#ending.get(job)
    else if (this.#unsaved.has(job)) await this.#save([job], firstPauseMs)
  }

  /** master-combine has dropped what it had of the job. */
  abortHeard(job: string): void {
    // Where it finds no room, it is said again after the next start.
    if (this.#index.hearAbort(job)) this.#append(heardRecord(job)).catch(() => {})
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#callOffRetry()
    await this.#journal.close()
  }

  /** Where there is no room, it is tried again after a while, with all others that found none. */
  async #save(jobs: readonly string[], pauseMs: number): Promise<void> {
    const recordOf = (job: string) => this.#index.ended.get(job)?.record
    const records = new Map(jobs.map(job => [job, recordOf(job)]))
    try {
      await this.#append(...[...records.values()].filter(record => record !== undefined))
      for (const [job, record] of records) {
        if (recordOf(job) === record) this.#unsaved.delete(job)
        else if (record !== undefined) this.#unsaved.set(job, 'figures')
      }
    } catch (error) {
      this.#callOffRetry()
      if (!this.#isClosed)
        this.#callOffRetry = this.#shell.world.after(pauseMs, () => {
          this.#save([...this.#unsaved.keys()], Math.min(2 * pauseMs, longestPauseMs)).catch(() => {})
        })
      throw error
    }
  }

  async #append(...records: readonly JournalRecord[]): Promise<void> {
    if (records.length === 0) return
    this.#underWay++
    try {
      await this.#journal.append(...records)
      this.#records += records.length
    } catch (thrown) {
      const error = this.#fault(thrown)
      const kinds = records.map(({ kind }) => kind)
      this.#shell.logger.error({ kinds, reason: error.message }, 'the journal did not take a record')
      throw error
    } finally {
      this.#underWay--
    }
    const isLong = this.#records > 2 * this.#index.size + staleKept
    if (this.#underWay === 0 && isLong) await this.#compact()
  }

  /** Without what counts no more. Where there is no room for it, all stays as it is. */
  async #compact(): Promise<void> {
    const records = this.#index.records()
    const before = this.#records
    this.#records = records.length
    await this.#journal.rewrite(records).catch(thrown => {
      const { message } = this.#fault(thrown)
      this.#shell.logger.warn({ records: before, reason: message }, 'the journal stays as long as it is')
    })
  }

  #fault(thrown: unknown): GemmeshError {
    const error = asGemmeshError(thrown)
    if (error.code === 'GEMMESH_STORAGE_FAILED') this.#failed.reject(error)
    return error
  }
}

/** `task`, which stands in `tasks` until it settles. */
function during(tasks: Map<string, Promise<void>>, job: string, task: Promise<void>): Promise<void> {
  tasks.set(job, task)
  const settled = () => {
    if (tasks.get(job) === task) tasks.delete(job)
  }
  task.then(settled, settled)
  return task
}
