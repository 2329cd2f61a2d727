/** What master-combine must not forget of a job, as records of its journal. */
import Type from 'typebox'
import type { PlacedTile, WrongTile } from '../../core/receipt.ts'
import { OpenJob } from '../../protocol/messages.ts'
import type { JournalRecord } from '../../store/journal/journal.ts'
import { foreignRecord, jsonRecord, readJsonRecord } from '../../store/journal/json-record.ts'

const journal = 'combine.journal'

/** A job that had not ended, with its records. */
export interface FoundJob {
  readonly description: OpenJob
  readonly placed: readonly PlacedTile[]
  readonly wrong: readonly WrongTile[]
}

const Count = Type.Integer({ minimum: 0 })
const attempt = { unit: Count, epoch: Count, attempt: Count, slave: Type.String() }
const Placed = Type.Object({
  ...attempt,
  digest: Type.String(),
  bytes: Count,
  variant: Type.String(),
  processor: Type.String(),
  check: Type.Optional(Type.Object({ worst: Type.Number(), residual: Type.Number(), rowsUnchecked: Count })),
})
const Wrong = Type.Object({ ...attempt, message: Type.String() })

export const openedRecord = (description: OpenJob): JournalRecord => ({
  kind: 'opened',
  job: description.job,
  body: OpenJob.encode(description),
})

/** The bytes of the tile are on the disk. */
export const placedRecord = (job: string, tile: PlacedTile): JournalRecord => jsonRecord('placed', job, tile)

export const wrongRecord = (job: string, tile: WrongTile): JournalRecord => jsonRecord('wrong', job, tile)

/** The job was aborted; or it is sealed, and master-assign knows. */
export const endedRecord = (job: string): JournalRecord => ({ kind: 'ended', job, body: new Uint8Array() })

/** The job was aborted, and will never be opened. */
export const droppedRecord = (job: string): JournalRecord => ({
  kind: 'dropped',
  job,
  body: new Uint8Array(),
})

/** The records of each job that has not ended. */
export function openRecords(records: readonly JournalRecord[]): Map<string, JournalRecord[]> {
  const found = new Map<string, JournalRecord[]>()
  for (const record of records) {
    const { kind, job } = record
    if (kind === 'opened') found.set(job, [record])
    else if (kind === 'ended' || kind === 'dropped') found.delete(job)
    else found.get(job)?.push(record)
  }
  return found
}

/** GEMMESH_JOURNAL_DAMAGED where this is not what a master-combine of this version writes. */
export function foundJob(records: readonly JournalRecord[]): FoundJob {
  const placed: PlacedTile[] = []
  const wrong: WrongTile[] = []
  let description: OpenJob | undefined
  for (const record of records) {
    const { kind, job, body } = record
    if (kind === 'opened') description = OpenJob.decode(body)
    else if (kind === 'placed') placed.push(readJsonRecord(journal, record, Placed))
    else if (kind === 'wrong') wrong.push(readJsonRecord(journal, record, Wrong))
    else throw foreignRecord(journal, `a record of the kind ${JSON.stringify(kind)} of job ${job}`)
  }
  if (description === undefined) throw foreignRecord(journal, 'records of a job that was never opened')
  return { description, placed, wrong }
}
