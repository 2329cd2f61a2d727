import t from 'tap'
import { unitsOf } from '../../../src/core/plan/units.ts'
import { planJob } from '../../../src/core/plan.ts'
import { bytesPerRow, ReferenceQueue } from '../../../src/roles/assign/reference-queue.ts'

const plan = planJob({
  job: 'j',
  shape: [256, 128, 64],
  dtype: 'float32',
  slaves: [
    { name: 'gamma', performance: 1 },
    { name: 'delta', performance: 1 },
  ],
  unitEdge: 64,
})
const all = [...unitsOf(plan)]
const [first, second] = plan.shares.map(share => share.firstUnit)
const plenty = { visits: Number.POSITIVE_INFINITY, aheadBytes: Number.POSITIVE_INFINITY }
const numbers = (units: readonly { unit: number }[]) => units.map(({ unit }) => unit)

t.test('every unit once, those first that slaves begin with', async t => {
  t.equal(all.length, 8)
  const queue = new ReferenceQueue(plan)
  const units = queue.take(plenty)
  t.strictSame(numbers(units).sort(), numbers(all).sort())
  t.strictSame(numbers(units).slice(0, 2), [first, second])
  t.strictSame(
    units.map(({ unit, tile, depth }) => ({ unit, tile, depth })).sort((x, y) => x.unit - y.unit),
    all.map(({ unit, tile, depth }) => ({ unit, tile, depth })),
  )
  t.strictSame(queue.take(plenty), [])
})

t.test('one at least, however much there is to look at', async t => {
  const queue = new ReferenceQueue(plan)
  t.equal(queue.take({ ...plenty, visits: 1 }).length, 1)
  const { tile, depth } = all[0] ?? { tile: { rows: 0, columns: 0 }, depth: { end: 0 } }
  const visits = 3 * (tile.rows + tile.columns) * depth.end
  t.equal(queue.take({ ...plenty, visits }).length, 3)
})

t.test('what slaves have at hand goes first, and is bound by nothing', async t => {
  const queue = new ReferenceQueue(plan)
  const last = all.at(-1)?.unit ?? 0
  queue.handedOut(last)
  t.ok(queue.isUrgent)
  t.strictSame(numbers(queue.take({ visits: 1, aheadBytes: 0 })), [last])
  t.notOk(queue.isUrgent)
  t.strictSame(queue.take({ ...plenty, aheadBytes: 0 }), [], 'nothing is made ahead where there is no room')
  queue.handedOut(last)
  t.notOk(queue.isUrgent, 'it is made')
})

t.test('a unit that is handed out again after it was placed has lost its tile', async t => {
  const queue = new ReferenceQueue(plan)
  for (const unit of numbers(queue.take(plenty))) queue.placed(unit)
  queue.again()
  t.strictSame(queue.take(plenty), [])
  queue.handedOut(first ?? 0)
  queue.handedOut(plan.units)
  t.strictSame(numbers(queue.take(plenty)), [first])
})

t.test('room comes back as units are placed', async t => {
  const queue = new ReferenceQueue(plan)
  const room = 2 * 64 * bytesPerRow
  const window = { ...plenty, aheadBytes: room }
  const units = numbers(queue.take(window))
  t.equal(units.length, 2)
  t.equal(queue.bytes, room)
  t.strictSame(queue.take(window), [])
  for (const unit of units) queue.placed(unit)
  t.equal(queue.bytes, 0)
  const next = numbers(queue.take(window))
  t.equal(next.length, 2)
  t.notOk(next.some(unit => units.includes(unit)))
  queue.placed(7 + 2 ** 20) // no unit of the plan
})

t.test('placed units are not made, also when all is made again', async t => {
  const queue = new ReferenceQueue(plan)
  queue.handedOut(3)
  queue.placed(3)
  t.equal(queue.take(plenty).length, 7)
  queue.placed(5)
  queue.again()
  t.equal(queue.bytes, 0)
  t.strictSame(
    numbers(queue.take(plenty)).sort(),
    numbers(all).filter(unit => unit !== 3 && unit !== 5),
  )
})

t.test('what failed comes first', async t => {
  const queue = new ReferenceQueue(plan)
  const units = queue.take({ ...plenty, visits: 1 })
  queue.failed(units)
  t.equal(queue.bytes, 0)
  t.strictSame(queue.take({ visits: 1, aheadBytes: 0 }), units)
})
