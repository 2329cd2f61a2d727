import { GemmeshError } from '../../errors.ts'
import { storageFailed, writeFault } from '../../formats/file-errors.ts'

/** Primary result codes of SQLite (https://sqlite.org/rescode.html); an extended one has its primary one in the low byte. */
const primary = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, noDatabase: 26 }

/** The result code of an error that SQLite threw, without what extends it. */
export function sqliteCode(error: unknown): number | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'errcode') : undefined
  return typeof code === 'number' ? code & 0xff : undefined
}

/** What SQLite says of the journal at `path`, in words. */
export function sqliteFault(error: unknown, path: string): GemmeshError {
  switch (sqliteCode(error)) {
    case primary.busy:
      return new GemmeshError(
        'GEMMESH_DATA_LOCKED',
        `${path} is open in another process: two masters never share a data folder. End the other one, or give this one a folder of its own (--data).`,
        { cause: error },
      )
    case primary.full:
      return new GemmeshError('GEMMESH_STORAGE_FULL', `${path}: the disk is full. Make room on it.`, {
        cause: error,
      })
    case primary.readOnly:
    case primary.cannotOpen:
      return new GemmeshError(
        'GEMMESH_OUTPUT_UNWRITABLE',
        `${path} cannot be written (${reasonOf(error)}). Check the folder and its permissions, or name another one (--data).`,
        { cause: error },
      )
    case primary.ioError:
      return storageFailed(error, path)
    case primary.corrupt:
    case primary.noDatabase:
      return journalDamaged(path, reasonOf(error), error)
    default:
      return writeFault(error, path)
  }
}

export const journalDamaged = (path: string, what: string, cause?: unknown): GemmeshError =>
  new GemmeshError(
    'GEMMESH_JOURNAL_DAMAGED',
    `${path} is damaged: ${what}. The node does not start on it, because jobs would be lost or computed wrongly. Put back a copy of ${path}* from before, or move these files away to begin without the jobs in them.`,
    { cause },
  )

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
