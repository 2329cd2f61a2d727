/** The journal of master-combine: what it has of jobs that have not ended. What counts no more is dropped now and then. */
import { dropOldest } from '../../core/drop-oldest.ts'
import type { PlacedTile, WrongTile } from '../../core/receipt.ts'
import type { OpenJob } from '../../protocol/messages.ts'
import type { Journal, JournalRecord } from '../../store/journal/journal.ts'
import {
  droppedRecord,
  endedRecord,
  type FoundJob,
  foundJob,
  openedRecord,
  openRecords,
  placedRecord,
  wrongRecord,
} from './combine-records.ts'

/** So many records that count no more may be in the journal, and as many as those that do. */
const staleKept = 4096
/** Dropped jobs that are remembered: more than can end while a message is on its way. */
const droppedKept = 4096

export class CombineJournal {
  readonly #journal: Journal
  /** Durable ones, of jobs that have not ended. */
  readonly #records: Map<string, JournalRecord[]>
  /** Their ends are final, but the messages that opened them may come again, late. */
  readonly #dropped = new Set<string>()
  /** Of these and others. */
  #written: number
  #underWay = 0
  #whenIdle = (): void => {}
  /** While it lasts nothing is appended. */
  #compacting: Promise<void> | undefined

  constructor(journal: Journal) {
    const records = journal.read()
    this.#journal = journal
    this.#records = openRecords(records)
    for (const { kind, job } of records) if (kind === 'dropped') this.drop(job)
    this.#written = records.length
  }

  /** Jobs that had not ended, in the order they were opened. GEMMESH_JOURNAL_DAMAGED. */
  all(): FoundJob[] {
    return Array.from(this.#records.values(), foundJob)
  }

  /** One of them. */
  found(job: string): FoundJob | undefined {
    const records = this.#records.get(job)
    return records && foundJob(records)
  }

  opened(description: OpenJob): Promise<void> {
    const record = openedRecord(description)
    return this.#append(record, () => this.#records.set(record.job, [record]))
  }

  placed(job: string, tile: PlacedTile): Promise<void> {
    return this.#add(placedRecord(job, tile))
  }

  wrong(job: string, tile: WrongTile): Promise<void> {
    return this.#add(wrongRecord(job, tile))
  }

  /** From now on; after a restart, too, when it has ended. */
  drop(job: string): void {
    this.#dropped.delete(job)
    this.#dropped.add(job)
    dropOldest(this.#dropped, droppedKept)
  }

  isDropped(job: string): boolean {
    return this.#dropped.has(job)
  }

  async ended(job: string): Promise<void> {
    const record = this.isDropped(job) ? droppedRecord(job) : endedRecord(job)
    if (record.kind === 'ended' && !this.#records.has(job)) return
    await this.#append(record, () => this.#records.delete(job))
    if (this.#written > staleKept + 2 * this.#count()) await this.compact()
  }

  /** Drops what counts no more. */
  async compact(): Promise<void> {
    if (this.#compacting !== undefined) return
    const compacting = Promise.withResolvers<void>()
    this.#compacting = compacting.promise
    try {
      // Who was told that a record was not taken must not find it in the journal later: first all under way have an answer.
      if (this.#underWay > 0) await new Promise<void>(resolve => (this.#whenIdle = resolve))
      const records = [...Array.from(this.#dropped, droppedRecord), ...[...this.#records.values()].flat()]
      if (records.length === this.#written) return
      await this.#journal.rewrite(records)
      this.#written = records.length
    } finally {
      this.#compacting = undefined
      compacting.resolve()
    }
  }

  async close(): Promise<void> {
    await this.#journal.close()
  }

  #add(record: JournalRecord): Promise<void> {
    return this.#append(record, () => this.#records.get(record.job)?.push(record))
  }

  async #append(record: JournalRecord, then: () => void): Promise<void> {
    while (this.#compacting !== undefined) await this.#compacting
    this.#underWay++
    try {
      await this.#journal.append(record)
      this.#written++
      then()
    } finally {
      if (--this.#underWay === 0) this.#whenIdle()
    }
  }

  #count(): number {
    let count = this.#dropped.size
    for (const records of this.#records.values()) count += records.length
    return count
  }
}
