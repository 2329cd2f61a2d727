/** Records whose bodies are JSON: written, and read as what their schema says. */
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { GemmeshError } from '../../errors.ts'
import type { JournalRecord } from './journal.ts'

export const jsonRecord = (kind: string, job: string, value: unknown): JournalRecord => ({
  kind,
  job,
  body: Buffer.from(JSON.stringify(value)),
})

/** GEMMESH_JOURNAL_DAMAGED where it is something else; `journal` is the file's name. */
export function readJsonRecord<Schema extends TSchema>(
  journal: string,
  { kind, job, body }: JournalRecord,
  schema: Schema,
): Static<Schema> {
  const value = parse(Buffer.from(body).toString('utf8'))
  if (Value.Check(schema, value)) return value
  const [first] = Value.Errors(schema, value)
  throw foreignRecord(
    journal,
    `${kind} of job ${job}: ${first?.instancePath || 'all of it'} ${first?.message}`,
  )
}

/** A record is whole, but says what this version does not understand. */
export const foreignRecord = (journal: string, what: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_JOURNAL_DAMAGED',
    `${journal} holds what this version of gemmesh does not write: ${what}. Start the version that wrote it, or move ${journal}* away to begin without the jobs in it.`,
  )

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
