/**
 * The journal as an SQLite database in WAL mode: a commit is one flush of its log, a torn end is cut off by its checksums.
 *
 * Whatever else is wrong is refused. Records are links of a chain, so that none is missing in the middle or changed; and a
 * mark in a file beside says how far the chain was durable when somebody was told, so that none is missing at the end.
 */

import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { GemmeshError } from '../../errors.ts'
import { storageFailed } from '../../formats/file-errors.ts'
import { makeFolder } from '../folder.ts'
import { chainStart, type Link, linkAfter } from './chain.ts'
import { GroupCommit } from './group-commit.ts'
import type { Journal, JournalRecord } from './journal.ts'
import { type Content, readContent } from './journal-content.ts'
import { JournalMark } from './journal-mark.ts'
import { journalDamaged, sqliteFault } from './sqlite-fault.ts'

export type Database = Pick<DatabaseSync, 'exec' | 'prepare' | 'close' | 'isTransaction'>

export interface SqliteJournalOptions {
  /** For tests, of disks that fail. */
  readonly openDatabase?: (path: string) => Promise<Database>
}

interface Step {
  readonly records: readonly JournalRecord[]
  readonly replaces: boolean
}

/** What lies in the database: the chain begins behind `start`, and has at least `reach` of it since the last rewrite. */
const schema = `
  create table start (sequence integer not null, hash blob not null, reach integer not null);
  create table record (sequence integer primary key, kind text not null, job text not null, body blob not null, hash blob not null);
`

/**
 * `exclusive`: a second master is refused, and no memory is shared that a full disk could take away. `full`: a commit has
 * returned when it is on the disk; `fullfsync` is what that takes on macOS.
 */
const pragmas = `
  pragma locking_mode = exclusive;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma fullfsync = on;
  pragma checkpoint_fullfsync = on;
  begin immediate;
  commit;
`

export class SqliteJournal implements Journal {
  readonly #path: string
  readonly #database: Database
  readonly #mark: JournalMark
  readonly #insert: StatementSync
  readonly #group: GroupCommit<Step>
  #last: Link
  /** Handed out once. */
  #found: readonly JournalRecord[] | undefined
  /** Why nothing is taken any more. */
  #fault: GemmeshError | undefined

  private constructor(path: string, database: Database, mark: JournalMark, { records, last }: Content) {
    this.#path = path
    this.#database = database
    this.#mark = mark
    this.#found = records
    this.#last = last
    this.#insert = database.prepare(
      'insert into record (sequence, kind, job, body, hash) values (?, ?, ?, ?, ?)',
    )
    this.#group = new GroupCommit(
      async steps => this.#commit(steps),
      async () => {
        await turn()
      },
    )
  }

  /**
   * The journal at `path`, made where there is none. GEMMESH_JOURNAL_DAMAGED, GEMMESH_DATA_LOCKED where another process has it,
   * GEMMESH_OUTPUT_UNWRITABLE, GEMMESH_STORAGE_FULL, GEMMESH_STORAGE_FAILED.
   */
  static async open(path: string, options: SqliteJournalOptions = {}): Promise<SqliteJournal> {
    const { openDatabase = openFile } = options
    let database: Database | undefined
    try {
      await makeFolder(dirname(path))
      database = await openDatabase(path)
      database.exec(pragmas)
      const markPath = `${path}-mark`
      const known = JournalMark.read(markPath)
      if (isNew(database)) {
        if (known !== undefined && (known === 'damaged' || known.sequence > 0))
          throw journalDamaged(path, 'it is empty, but its mark says that it was not')
        const mark = await JournalMark.create(markPath, chainStart)
        create(database)
        return new SqliteJournal(path, database, mark, { records: [], last: chainStart })
      }
      const content = readContent(path, database, known)
      return new SqliteJournal(path, database, JournalMark.open(markPath), content)
    } catch (error) {
      database?.close()
      throw sqliteFault(error, path)
    }
  }

  read(): readonly JournalRecord[] {
    if (this.#found !== undefined) return this.#found
    throw new GemmeshError('GEMMESH_INTERNAL', `${this.#path} is read before it is written to`)
  }

  append(...records: readonly JournalRecord[]): Promise<void> {
    return this.#add({ records, replaces: false })
  }

  rewrite(records: readonly JournalRecord[]): Promise<void> {
    return this.#add({ records, replaces: true })
  }

  async close(): Promise<void> {
    await this.#group.idle()
    if (this.#fault?.code === 'GEMMESH_INTERNAL') return
    this.#fault = new GemmeshError('GEMMESH_INTERNAL', `${this.#path} is closed`)
    this.#mark.close()
    this.#database.close()
  }

  #add(step: Step): Promise<void> {
    this.#found = undefined
    return this.#group.add(step)
  }

  #commit(steps: readonly Step[]): void {
    if (this.#fault !== undefined) throw this.#fault
    const last = this.#transact(steps)
    try {
      this.#mark.write(last)
    } catch (error) {
      // The records are there, but who is told so might find them gone: whatever the reason, nobody is told.
      this.#fault = storageFailed(error, this.#path)
      throw this.#fault
    }
    this.#last = last
  }

  /** One transaction; the place behind it. */
  #transact(steps: readonly Step[]): Link {
    let link = this.#last
    try {
      this.#database.exec('begin immediate')
      for (const { records, replaces } of steps) {
        if (replaces) replaceStart(this.#database, link, records.length)
        for (const record of records) {
          link = linkAfter(link, record)
          this.#insert.run(link.sequence, record.kind, record.job, record.body, link.hash)
        }
      }
      this.#database.exec('commit')
      return link
    } catch (error) {
      throw this.#undo(error)
    }
  }

  /** A full disk leaves all as it was. After any other failure the system may have thrown away what it could not write. */
  #undo(error: unknown): GemmeshError {
    const fault = sqliteFault(error, this.#path)
    try {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      if (fault.code === 'GEMMESH_STORAGE_FULL') return fault
      this.#fault = fault.code === 'GEMMESH_STORAGE_FAILED' ? fault : storageFailed(error, this.#path)
    } catch (second) {
      this.#fault = storageFailed(second, this.#path)
    }
    return this.#fault
  }
}

async function openFile(path: string): Promise<Database> {
  const { DatabaseSync } = await import('node:sqlite')
  return new DatabaseSync(path)
}

function isNew(database: Database): boolean {
  const { tables } = database.prepare('select count(*) as tables from sqlite_schema').get() ?? {}
  return tables === 0
}

function create(database: Database): void {
  database.exec('begin immediate')
  database.exec(schema)
  database.prepare('insert into start values (0, ?, 0)').run(chainStart.hash)
  database.exec('commit')
}

function replaceStart(database: Database, { sequence, hash }: Link, records: number): void {
  database.exec('delete from record')
  database.prepare('update start set sequence = ?, hash = ?, reach = ?').run(sequence, hash, records)
}
