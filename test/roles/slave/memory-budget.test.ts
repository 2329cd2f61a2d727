import { test } from 'tap'
import { arenaBytesFor, MemoryBudget } from '../../../src/roles/slave/memory-budget.ts'

/** Lets everything that can go on do so. */
const settle = () => new Promise(resolve => setImmediate(resolve))
const never = new AbortController().signal

test('units are admitted in order, when all they need is free', async t => {
  const budget = new MemoryBudget(100)
  const admitted: string[] = []
  const ask = (name: string, bytes: number, signal = never) =>
    budget.reserve(bytes, signal).then(() => admitted.push(name))
  ask('first', 60)
  ask('large', 70)
  ask('small', 10)
  await settle()
  t.same(admitted, ['first'], 'the small one does not overtake the large one for ever')
  budget.free(60)
  await settle()
  t.same(admitted, ['first', 'large', 'small'])
})

test('one that gives up makes way', async t => {
  const budget = new MemoryBudget(100)
  await budget.reserve(60, never)
  const abort = new AbortController()
  const large = budget.reserve(70, abort.signal)
  const small = budget.reserve(40, never)
  abort.abort(new Error('cancelled'))
  await t.rejects(large, { message: 'cancelled' })
  await t.resolves(small)
  await t.rejects(budget.reserve(1, AbortSignal.abort(new Error('ended'))), { message: 'ended' })
})

test('what never fits is refused at once', async t => {
  await t.rejects(new MemoryBudget(100).reserve(101, never), {
    code: 'GEMMESH_MEMORY_EXCEEDED',
    message: /needs 101 bytes .* has 100/,
  })
})

test('pools and connections take their part of a large memory, and stand beside a small one', t => {
  const MiB = 2 ** 20
  t.equal(arenaBytesFor(1024 * MiB, 18 * MiB), 1008 * MiB)
  t.equal(arenaBytesFor(64 * MiB, 18 * MiB), 82 * MiB)
  t.equal(arenaBytesFor(64 * 1024 * MiB, 18 * MiB), 4096 * MiB, 'no more than wasm32 can address')
  t.end()
})
