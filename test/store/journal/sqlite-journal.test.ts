import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { type Database, SqliteJournal } from '../../../src/store/journal/sqlite-journal.ts'
import { journalSuite, record, texts } from './journal-suite.ts'

t.test('as every journal', async t => {
  const path = join(t.testdir({}), 'deep', 'x.journal')
  await journalSuite(t, () => SqliteJournal.open(path))
  t.strictSame(
    readdirSync(join(path, '..')).sort(),
    ['x.journal', 'x.journal-mark'],
    'its log is gone in peace',
  )
})

t.test('another process is refused, and a process that was killed is not in the way', async t => {
  const path = join(t.testdir({}), 'x.journal')
  const url = new URL('../../../src/store/journal/sqlite-journal.ts', import.meta.url)
  const program = `
    const { SqliteJournal } = await import(${JSON.stringify(url.href)})
    const journal = await SqliteJournal.open(${JSON.stringify(path)})
    await journal.append({ kind: 'k', job: 'j', body: Buffer.from('a') }, { kind: 'k', job: 'j', body: Buffer.from('b') })
    process.stdout.write('open')
    setInterval(() => {}, 1e6)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise(resolve => other.stdout.once('data', resolve))
  await t.rejects(SqliteJournal.open(path), {
    code: 'GEMMESH_DATA_LOCKED',
    message: /x\.journal is open in another process: two masters never share/,
  })
  const ended = new Promise(resolve => other.once('exit', resolve))
  other.kill('SIGKILL')
  await ended
  const journal = await SqliteJournal.open(path)
  t.strictSame(texts(journal.read()), ['a', 'b'])
  await journal.close()
})

t.test('what cannot be a journal is said in words', async t => {
  const folder = t.testdir({
    'text.journal': 'not a database, but long enough to be looked at as one'.repeat(20),
  })
  mkdirSync(join(folder, 'folder.journal'))
  await t.rejects(SqliteJournal.open(join(folder, 'text.journal')), { code: 'GEMMESH_JOURNAL_DAMAGED' })
  await t.rejects(SqliteJournal.open(join(folder, 'folder.journal')), { code: 'GEMMESH_OUTPUT_UNWRITABLE' })
  const path = join(folder, 'x.journal')
  const journal = await SqliteJournal.open(path)
  await journal.append(record('a'))
  t.throws(() => journal.read(), { code: 'GEMMESH_INTERNAL' })
  await journal.close()
  rmSync(path)
  await t.rejects(SqliteJournal.open(path), {
    code: 'GEMMESH_JOURNAL_DAMAGED',
    message: /it is empty, but its mark says that it was not\. .* Put back a copy/,
  })
  const before = join(folder, 'begun.journal')
  writeFileSync(before, '') // a process that was killed when it had just begun
  await (await SqliteJournal.open(before)).close()
})

/** A database that throws what SQLite throws, at the statement that `fails` picks. */
function faulty(path: string, fails: (statement: string) => number | undefined): Database {
  const real = new DatabaseSync(path)
  return {
    prepare: text => real.prepare(text),
    close: () => real.close(),
    get isTransaction() {
      return real.isTransaction
    },
    exec(text) {
      const errcode = fails(text)
      if (errcode !== undefined) throw Object.assign(new Error('disk I/O error'), { errcode })
      real.exec(text)
    },
  }
}

t.test('a flush that failed is the end of the journal: nobody knows what the disk has', async t => {
  for (const errcode of [1034, 778, 11]) {
    const path = join(t.testdir({}), 'x.journal')
    let isBroken = false
    const journal = await SqliteJournal.open(path, {
      openDatabase: async path => faulty(path, text => (isBroken && text === 'commit' ? errcode : undefined)),
    })
    await journal.append(record('a'))
    isBroken = true
    await t.rejects(journal.append(record('b')), {
      code: 'GEMMESH_STORAGE_FAILED',
      message: /check the disk/,
    })
    isBroken = false
    await t.rejects(journal.append(record('c')), { code: 'GEMMESH_STORAGE_FAILED' }, 'and stays it')
    await journal.close()
    const again = await SqliteJournal.open(path)
    t.strictSame(texts(again.read()), ['a'])
    await again.close()
  }
})

/** Runs what needs a small disk of its own, or one that is read-only; only root may mount one, and only Linux. */
async function withMount(t: Test, options: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(t.testdir({}), 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    t.comment('not tested: no disk can be mounted here')
    return
  }
  try {
    await use(folder)
  } finally {
    execFileSync('umount', ['-l', folder])
  }
}

t.test('a full disk takes nothing, loses nothing, and works again when there is room', t =>
  withMount(t, 'size=256k', async folder => {
    const path = join(folder, 'x.journal')
    const journal = await SqliteJournal.open(path)
    await journal.append(record('a'))
    writeFileSync(join(folder, 'ballast'), '')
    const fill = () => {
      try {
        for (let size = 4096; ; size += 4096) writeFileSync(join(folder, 'ballast'), Buffer.alloc(size))
      } catch {
        // full
      }
    }
    fill()
    const full = { code: 'GEMMESH_STORAGE_FULL', message: /the disk is full\. Make room/ }
    await t.rejects(journal.append(record('b'.repeat(9000))), full)
    await t.rejects(journal.append(record('c'.repeat(9000))), full)
    rmSync(join(folder, 'ballast'))
    await journal.append(record('d'.repeat(9000)))
    fill()
    await t.rejects(journal.rewrite([record('e'.repeat(20_000))]), full)
    await t.rejects(SqliteJournal.open(join(folder, 'y.journal')), { code: 'GEMMESH_STORAGE_FULL' })
    await journal.close() // its log cannot be emptied into the database now, and stays
    rmSync(join(folder, 'ballast'))
    const again = await SqliteJournal.open(path)
    t.strictSame(texts(again.read()), ['a', 'd'.repeat(9000)])
    await again.append(record('f'))
    await again.close()
  }),
)

t.test('a folder that is read-only is said', t =>
  withMount(t, 'ro,size=64k', async folder => {
    await t.rejects(SqliteJournal.open(join(folder, 'x.journal')), { code: 'GEMMESH_OUTPUT_UNWRITABLE' })
  }),
)
