import { readdir, readFile, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ReceiptStore } from '../../src/store/receipts.ts'
import { graceMs } from '../../src/store/retention.ts'
import { FaultyDisk } from '../formats/faulty-disk.ts'

t.test('written whole, replaced, discarded', async t => {
  const folder = join(t.testdir(), 'receipts')
  const store = await ReceiptStore.open(folder)
  await t.rejects(store.path('a'), { code: 'GEMMESH_JOB_UNKNOWN' })
  await store.write('a', ['one ', '', 'zwölf'])
  t.equal(await readFile(await store.path('a'), 'utf8'), 'one zwölf')
  await store.write('a', ['two'])
  t.equal(await readFile(await store.path('a'), 'utf8'), 'two')
  t.strictSame(await readdir(folder), ['a.receipt.json'])
  await store.discard('a')
  await store.discard('a')
  await t.rejects(store.path('a'), { code: 'GEMMESH_JOB_UNKNOWN' })
})

t.test('a text that fails in the middle leaves what was there', async t => {
  const folder = t.testdir()
  const store = await ReceiptStore.open(folder)
  await store.write('a', ['whole'])
  const broken = function* () {
    yield 'half'
    throw new Error('the disk is full')
  }
  await t.rejects(store.write('a', broken()))
  t.equal(await readFile(await store.path('a'), 'utf8'), 'whole')
  t.strictSame(await readdir(folder), ['a.receipt.json'])
})

t.test('a full disk may have room later, one that fails ends the node', async t => {
  const disk = new FaultyDisk()
  const store = await ReceiptStore.open(t.testdir(), { disk })
  for (const [code, wanted] of [
    ['ENOSPC', 'GEMMESH_STORAGE_FULL'],
    ['EIO', 'GEMMESH_STORAGE_FAILED'],
  ] as const) {
    disk.flush = code
    await t.rejects(store.write('a', ['one']), { code: wanted })
    disk.write = code
    await t.rejects(store.write('a', ['one']), { code: wanted })
    disk.write = undefined
  }
  await store.write('a', ['one'])
  t.equal(await readFile(await store.path('a'), 'utf8'), 'one')
})

t.test('a job’s id leaves no folder', async t => {
  const store = await ReceiptStore.open(t.testdir())
  for (const job of ['../a', 'a/b', '', '.'])
    await t.rejects(store.path(job), { code: 'GEMMESH_JOB_UNKNOWN' }, job)
})

t.test('old ones go', async t => {
  const folder = t.testdir()
  const now = Date.now() + 2 * graceMs
  const store = await ReceiptStore.open(folder, {
    keeping: { ageMs: 10 * graceMs, quotaBytes: 10 },
    now: () => now,
  })
  for (const job of ['a', 'b', 'c']) await store.write(job, ['12345'])
  await utimes(join(folder, 'b.receipt.json'), 0, 0)
  await store.collect()
  t.strictSame(await readdir(folder), ['a.receipt.json', 'c.receipt.json'])
})
