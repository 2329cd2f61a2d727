import t from 'tap'
import { ReferencesInOrder } from '../../../src/cli/local/references-in-order.ts'
import type { UnitReference } from '../../../src/core/verify/reference.ts'

const none = new Uint8Array()

async function* made(units: readonly number[], end?: Error): AsyncGenerator<UnitReference, void, void> {
  for (const unit of units) yield { unit, values: none, bounds: none }
  if (end !== undefined) throw end
}

t.test('each as it is asked for, also those that are made before others', async t => {
  const references = new ReferencesInOrder(made([3, 1, 4, 5]))
  for (const unit of [1, 3, 5, 4]) t.equal((await references.of(unit)).unit, unit)
  await references.end()
})

t.test('one that is never made is no silence', async t => {
  await t.rejects(new ReferencesInOrder(made([1, 2])).of(3), { code: 'GEMMESH_INTERNAL' })
  await t.rejects(new ReferencesInOrder(made([1], new Error('unreadable'))).of(2), { message: 'unreadable' })
})

t.test('the end waits for what is being made, whatever becomes of it', async t => {
  const references = new ReferencesInOrder(made([], new Error('unreadable')))
  await references.end()
  await t.rejects(references.of(1), { message: 'unreadable' })
})
