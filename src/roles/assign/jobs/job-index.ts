/** Which records of master-assign's journal still count: of jobs that did not end, of the last ones that did, and of their keys. */
import type { FastifyBaseLogger } from 'fastify'
import type { JobView } from '../../../api/schemas.ts'
import { dropOldest } from '../../../core/drop-oldest.ts'
import { defaultLimits } from '../../../core/scheduler.ts'
import { asGemmeshError } from '../../../errors.ts'
import type { JournalRecord } from '../../../store/journal/journal.ts'
import { decodeEnded, endedRecord, foreign } from './job-records.ts'

/** Of one job that has not ended. */
export interface OpenRecords {
  readonly submitted: JournalRecord
  planned?: JournalRecord
}

interface EndedJob {
  readonly record: JournalRecord
  readonly view: JobView
  /** master-combine has to hear that it is aborted, and has not. */
  readonly aborts: boolean
}

/** Idempotency keys that are remembered; a repeat comes within seconds, this is hours of submissions. */
const keysKept = 10_000

export class JobIndex {
  readonly open = new Map<string, OpenRecords>()
  readonly jobOfKey = new Map<string, string>()
  /** Oldest first; as many as the scheduler keeps itself. */
  readonly #ended = new Map<string, EndedJob>()

  get ended(): ReadonlyMap<string, EndedJob> {
    return this.#ended
  }

  /** A record as it was read. GEMMESH_JOURNAL_DAMAGED where this version does not know its kind. */
  take(record: JournalRecord, logger: FastifyBaseLogger): void {
    const { kind, job } = record
    switch (kind) {
      case 'submitted':
        this.open.set(job, { submitted: record })
        break
      case 'key':
        this.jobOfKey.set(Buffer.from(record.body).toString('utf8'), job)
        break
      case 'planned': {
        const records = this.open.get(job)
        if (records !== undefined) records.planned ??= record
        break
      }
      case 'ended':
        this.open.delete(job)
        this.#takeEnded(record, logger)
        break
      case 'abort-heard':
        this.hearAbort(job)
        break
      default:
        throw foreign(`a record of the kind ${JSON.stringify(kind.slice(0, 40))}`)
    }
  }

  /** The record of a job's end, or of its last figures; undefined where no such job is known. */
  end(view: JobView, aborts: boolean): JournalRecord | undefined {
    const { id: job } = view
    const known = this.#ended.get(job)
    if (known === undefined && !this.open.has(job)) return undefined
    const facts = { view, aborts: known?.aborts ?? aborts }
    const record = endedRecord(job, facts)
    this.#ended.set(job, { ...facts, record })
    this.open.delete(job)
    return record
  }

  /** Whether it was not known already. */
  hearAbort(job: string): boolean {
    const known = this.#ended.get(job)
    if (known?.aborts !== true) return false
    const facts = { view: known.view, aborts: false }
    this.#ended.set(job, { ...facts, record: endedRecord(job, facts) })
    return true
  }

  /** The oldest go, where there are more than are kept; keys of jobs that did not end stay. */
  forget(): void {
    dropOldest(this.#ended, defaultLimits.jobsKept)
    for (const [key, job] of this.jobOfKey) {
      if (this.jobOfKey.size <= keysKept) break
      if (!this.open.has(job)) this.jobOfKey.delete(key)
    }
  }

  /** How many records count, at most. */
  get size(): number {
    return this.jobOfKey.size + this.#ended.size + 2 * this.open.size
  }

  /** What counts, in an order in which it can be taken again. */
  records(): JournalRecord[] {
    return [
      ...Array.from(this.jobOfKey, ([key, job]) => keyRecord(key, job)),
      ...Array.from(this.#ended.values(), ({ record }) => record),
      ...[...this.open.values()].flatMap(({ submitted, planned }) =>
        planned === undefined ? [submitted] : [submitted, planned],
      ),
    ]
  }

  /** Views of another version are worth no more than none: the job has ended. */
  #takeEnded(record: JournalRecord, logger: FastifyBaseLogger): void {
    try {
      this.#ended.set(record.job, { ...decodeEnded(record), record })
    } catch (error) {
      const { message } = asGemmeshError(error)
      logger.warn({ job: record.job, reason: message }, 'a job that ended is not listed any more')
    }
  }
}

export const keyRecord = (key: string, job: string): JournalRecord => ({
  kind: 'key',
  job,
  body: Buffer.from(key),
})
export const heardRecord = (job: string): JournalRecord => ({
  kind: 'abort-heard',
  job,
  body: new Uint8Array(),
})
