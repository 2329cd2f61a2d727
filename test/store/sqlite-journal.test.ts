import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SqliteJournal } from '../../src/store/sqlite-journal.ts'
import { journalSuite } from './journal-suite.ts'

t.test('as every journal', async t => {
  const path = join(t.testdir({}), 'deep', 'x.journal')
  await journalSuite(t, () => SqliteJournal.open(path))
  t.strictSame(
    readdirSync(join(path, '..')).sort(),
    ['x.journal', 'x.journal-mark'],
    'its log is gone in peace',
  )
})
