import t from 'tap'
import { GemmeshError } from '../../../src/errors.ts'
import { MemoryJournal, MemoryJournalFile } from '../../../src/store/journal/memory-journal.ts'
import { journalSuite, record, texts } from './journal-suite.ts'

t.test('as every journal', async t => {
  const file = new MemoryJournalFile()
  await journalSuite(t, async () => new MemoryJournal(file))
})

t.test('a crash loses what was not flushed, or the word that it was', async t => {
  for (const reached of [false, true]) {
    const file = new MemoryJournalFile()
    const flushes: PromiseWithResolvers<void>[] = []
    const flush = () => {
      const flushing = Promise.withResolvers<void>()
      flushes.push(flushing)
      return flushing.promise
    }
    const journal = new MemoryJournal(file, { flush })
    const first = journal.append(record('a'))
    await Promise.resolve()
    flushes[0]?.resolve()
    await first
    let said = false
    journal.append(record('b'), record('c')).finally(() => {
      said = true
    })
    await Promise.resolve()
    journal.append(record('d')).catch(t.error)
    journal.crash({ reached })
    flushes[1]?.resolve()
    const restarted = new MemoryJournal(file)
    t.strictSame(texts(restarted.read()), reached ? ['a', 'b', 'c'] : ['a'])
    await restarted.append(record('e'))
    t.notOk(said, 'who died is told nothing')
  }
})

t.test('a full disk takes nothing, and works again when there is room', async t => {
  let isFull = true
  const flush = async () => {
    if (isFull) throw new GemmeshError('GEMMESH_STORAGE_FULL', 'full')
  }
  const file = new MemoryJournalFile()
  const journal = new MemoryJournal(file, { flush })
  await t.rejects(journal.append(record('a')), { code: 'GEMMESH_STORAGE_FULL' })
  isFull = false
  await journal.append(record('b'))
  t.strictSame(texts(file.records), ['b'])
})
