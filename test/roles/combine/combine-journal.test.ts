import { test } from 'tap'
import { GemmeshError } from '../../../src/errors.ts'
import { CombineJournal } from '../../../src/roles/combine/combine-journal.ts'
import { MemoryJournal, MemoryJournalFile } from '../../../src/store/journal/memory-journal.ts'
import { description } from './masters.ts'

const placed = (unit: number) => ({
  ...{ unit, epoch: 1, attempt: 1, slave: 'gamma', digest: 'ab', bytes: 4, variant: 'wide', processor: 'cd' },
  check: { worst: 0.5, residual: 1e-9, rowsUnchecked: 0 },
})
const wrong = (unit: number) => ({ unit, epoch: 1, attempt: 2, slave: 'delta', message: 'wrong' })

test('what is found is what was written', async t => {
  const file = new MemoryJournalFile()
  const first = new CombineJournal(new MemoryJournal(file))
  await first.opened(description('j'))
  await first.opened(description('k'))
  await Promise.all([first.placed('j', placed(1)), first.wrong('k', wrong(0)), first.placed('j', placed(0))])
  await first.close()
  const second = new CombineJournal(new MemoryJournal(file))
  t.same(second.all(), [
    { description: description('j'), placed: [placed(1), placed(0)], wrong: [] },
    { description: description('k'), placed: [], wrong: [wrong(0)] },
  ])
  await second.ended('j')
  await second.compact()
  t.same(second.all(), [{ description: description('k'), placed: [], wrong: [wrong(0)] }])
  t.equal(file.records.length, 2)
  await second.close()
})

test('it does not grow with jobs that ended, and what is written meanwhile is not lost', async t => {
  const file = new MemoryJournalFile()
  const journal = new CombineJournal(new MemoryJournal(file))
  await journal.opened(description('stays'))
  for (let count = 0; count < 2100; count++) {
    await journal.opened(description(`j${count}`))
    const ended = journal.ended(`j${count}`)
    await Promise.all([ended, ...(count % 100 === 0 ? [journal.placed('stays', placed(count))] : [])])
  }
  t.ok(file.records.length < 200, `${file.records.length} records`)
  await journal.close()
  const [found] = new CombineJournal(new MemoryJournal(file)).all()
  t.equal(found?.placed.length, 21)
})

test('a record that was not taken does not come back when others are dropped', async t => {
  const file = new MemoryJournalFile()
  const gates: PromiseWithResolvers<void>[] = []
  const flush = () => {
    const gate = Promise.withResolvers<void>()
    gates.push(gate)
    return gate.promise
  }
  const journal = new CombineJournal(new MemoryJournal(file, { flush }))
  const next = async (settle: (gate: PromiseWithResolvers<void>) => void) => {
    while (gates.length === 0) await new Promise(setImmediate)
    for (const gate of gates.splice(0)) settle(gate)
  }
  const [opened] = await Promise.all([journal.opened(description('j')), next(gate => gate.resolve())])
  t.equal(opened, undefined)
  await Promise.all([journal.opened(description('k')), next(gate => gate.resolve())])
  await Promise.all([journal.ended('k'), next(gate => gate.resolve())])
  const refused = t.rejects(journal.placed('j', placed(0)), { code: 'GEMMESH_STORAGE_FULL' })
  const compacted = journal.compact()
  const later = journal.placed('j', placed(1))
  await next(gate => gate.reject(new GemmeshError('GEMMESH_STORAGE_FULL', 'full')))
  await refused
  await next(gate => gate.resolve())
  await compacted
  await next(gate => gate.resolve())
  await later
  t.equal(file.records.length, 2)
  t.same(journal.found('j')?.placed, [placed(1)])
})

test('records of another version are refused', async t => {
  for (const [kind, body] of [
    ['placed', '{"unit":1}'],
    ['placed', '{'],
    ['painted', ''],
  ] as const) {
    const file = new MemoryJournalFile()
    const journal = new MemoryJournal(file)
    const first = new CombineJournal(journal)
    await first.opened(description('j'))
    await journal.append({ kind, job: 'j', body: Buffer.from(body) })
    await journal.close()
    t.throws(() => new CombineJournal(new MemoryJournal(file)).all(), { code: 'GEMMESH_JOURNAL_DAMAGED' })
  }
})
