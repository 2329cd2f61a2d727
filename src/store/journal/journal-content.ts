import type { DatabaseSync } from 'node:sqlite'
import { GemmeshError } from '../../errors.ts'
import { isSameLink, type Link, linkAfter } from './chain.ts'
import type { JournalRecord } from './journal.ts'
import { journalDamaged, sqliteCode } from './sqlite-fault.ts'

export interface Content {
  readonly records: readonly JournalRecord[]
  readonly last: Link
}

/**
 * All records, if they are all there, and as they were: GEMMESH_JOURNAL_DAMAGED says what is not. `mark` is how far they were
 * durable when somebody was told.
 */
export function readContent(
  path: string,
  database: Pick<DatabaseSync, 'prepare'>,
  mark: Link | 'damaged' | undefined,
): Content {
  const damaged = (what: string, cause?: unknown) => journalDamaged(path, what, cause)
  if (mark === undefined) throw damaged(`the file ${path}-mark that belongs to it is gone`)
  if (mark === 'damaged') throw damaged(`the file ${path}-mark that belongs to it cannot be read`)
  try {
    const { quick_check: verdict } = database.prepare('pragma quick_check(1)').get() ?? {}
    if (verdict !== 'ok') throw damaged(String(verdict))
    const start = database.prepare('select sequence, hash, reach from start').get() ?? {}
    const beginning = linkOf(start)
    const { reach } = start
    if (beginning === undefined || typeof reach !== 'number') throw damaged('its beginning is not one')
    const rewritten = beginning.sequence + reach
    let link = beginning
    let isMarked = isSameLink(link, mark)
    const records: JournalRecord[] = []
    for (const row of database.prepare('select * from record order by sequence').iterate()) {
      const record = recordOf(row)
      const place = linkOf(row)
      if (record === undefined || place === undefined || !isSameLink(linkAfter(link, record), place))
        throw damaged(`the record after number ${link.sequence} is not the one that was written`)
      records.push(record)
      link = place
      isMarked ||= isSameLink(link, mark)
    }
    if (!isMarked || link.sequence < rewritten)
      throw damaged(
        `it ends with record ${link.sequence}, but ${Math.max(mark.sequence, rewritten)} were durable, as ${path}-mark says`,
      )
    return { records, last: link }
  } catch (error) {
    // Of a file that is not what it was, SQLite may say anything, and so may Node of what SQLite found in it.
    if (error instanceof GemmeshError || sqliteCode(error) === ioError) throw error
    throw damaged(error instanceof Error ? error.message : String(error), error)
  }
}

const ioError = 10

function linkOf({ sequence, hash }: Record<string, unknown>): Link | undefined {
  return typeof sequence === 'number' && hash instanceof Uint8Array ? { sequence, hash } : undefined
}

function recordOf({ kind, job, body }: Record<string, unknown>): JournalRecord | undefined {
  return typeof kind === 'string' && typeof job === 'string' && body instanceof Uint8Array
    ? { kind, job, body }
    : undefined
}
