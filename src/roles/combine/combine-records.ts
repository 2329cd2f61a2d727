/** What master-combine must not forget of a job, as records of its journal. */
import Type, { type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { PlacedTile, WrongTile } from '../../core/receipt.ts'
import { GemmeshError } from '../../errors.ts'
import { OpenJob } from '../../protocol/messages.ts'
import type { JournalRecord } from '../../store/journal/journal.ts'

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
export const placedRecord = (job: string, tile: PlacedTile): JournalRecord => json('placed', job, tile)

export const wrongRecord = (job: string, tile: WrongTile): JournalRecord => json('wrong', job, tile)

/** The job was aborted; or it is sealed, and master-assign knows. */
export const endedRecord = (job: string): JournalRecord => ({ kind: 'ended', job, body: new Uint8Array() })

/** The records of each job that has not ended. */
export function openRecords(records: readonly JournalRecord[]): Map<string, JournalRecord[]> {
  const found = new Map<string, JournalRecord[]>()
  for (const record of records) {
    const { kind, job } = record
    if (kind === 'opened') found.set(job, [record])
    else if (kind === 'ended') found.delete(job)
    else found.get(job)?.push(record)
  }
  return found
}

/** GEMMESH_JOURNAL_DAMAGED where this is not what a master-combine of this version writes. */
export function foundJob(records: readonly JournalRecord[]): FoundJob {
  const placed: PlacedTile[] = []
  const wrong: WrongTile[] = []
  let description: OpenJob | undefined
  for (const { kind, job, body } of records) {
    if (kind === 'opened') description = OpenJob.decode(body)
    else if (kind === 'placed') placed.push(parse(Placed, job, body))
    else if (kind === 'wrong') wrong.push(parse(Wrong, job, body))
    else throw unknown(job, `a record of the kind ${JSON.stringify(kind)}`)
  }
  if (description === undefined) throw unknown('', 'records of a job that was never opened')
  return { description, placed, wrong }
}

function json(kind: string, job: string, value: unknown): JournalRecord {
  return { kind, job, body: Buffer.from(JSON.stringify(value)) }
}

function parse<Schema extends TSchema>(schema: Schema, job: string, body: Uint8Array): Type.Static<Schema> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString())
    if (Value.Check(schema, value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw unknown(job, 'a record of a tile that this version cannot read')
}

const unknown = (job: string, what: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_JOURNAL_DAMAGED',
    `combine.journal has ${what}${job === '' ? '' : `, of job ${job}`}: another version of gemmesh wrote it. Start that version, or move the journal away to begin without the jobs in it.`,
  )
