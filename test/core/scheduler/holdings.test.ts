import t from 'tap'
import { planJob } from '../../../src/core/plan.ts'
import { Holdings } from '../../../src/core/scheduler/holdings.ts'

const slaves = ['gamma', 'delta', 'epsilon', 'zeta'].map(name => ({ name, performance: 1 }))
const k = 10
/** Each has a quarter of C. */
const plan = planJob({ job: 'j', shape: [256, 256, k], dtype: 'float32', slaves, unitEdge: 64 })
const whole = { start: 0, end: k }
const tile = (row: number, column: number, rows = 64, columns = 64) => ({
  tile: { row, column, rows, columns },
  depth: whole,
})

t.test(
  'a slave has the blocks of its share: in the same rows it lacks columns, and the other way round',
  async t => {
    const holdings = new Holdings(plan)
    const [own] = plan.shares[0]?.rectangles ?? []
    t.strictSame(own, { row: 0, column: 0, rows: 128, columns: 128 })
    t.equal(holdings.missing('gamma', tile(64, 64)), 0)
    t.equal(holdings.missing('gamma', tile(64, 192)), 64 * k)
    t.equal(holdings.missing('gamma', tile(192, 0)), 64 * k)
    t.equal(holdings.missing('gamma', tile(192, 192)), 128 * k)
    t.equal(holdings.missing('gamma', tile(96, 112, 64, 64)), (32 + 48) * k, 'half in, half out')
    t.equal(holdings.missing('nobody', tile(0, 0)), 128 * k)
  },
)

t.test('what it took over it has, too, wherever that overlaps or leaves gaps', async t => {
  const holdings = new Holdings(plan)
  holdings.take('gamma', tile(192, 192))
  t.equal(holdings.missing('gamma', tile(192, 0)), 0, 'rows of what it took, columns of its share')
  t.equal(holdings.missing('gamma', tile(0, 128, 64, 128)), 64 * k, 'the columns between')
  holdings.take('gamma', tile(0, 120, 64, 80))
  t.equal(holdings.missing('gamma', tile(0, 100, 64, 150)), 0)
  t.equal(holdings.missing('delta', tile(192, 192)) > 0, true, 'it is no other slave’s')
})

t.test('blocks of one part of k are none of another', async t => {
  const holdings = new Holdings(plan)
  t.equal(holdings.missing('gamma', { ...tile(0, 0), depth: { start: 2, end: 4 } }), 0)
  holdings.take('nobody', { ...tile(0, 0), depth: { start: 0, end: 5 } })
  t.equal(holdings.missing('nobody', { ...tile(0, 0), depth: { start: 5, end: 10 } }), 128 * 5)
  t.equal(holdings.missing('nobody', { ...tile(0, 0), depth: { start: 0, end: 5 } }), 0)
})

t.test('of many units that it took over, the latest are remembered', async t => {
  const holdings = new Holdings(plan)
  for (let row = 0; row < 20 * 64; row += 64) holdings.take('nobody', tile(row, 0))
  t.equal(holdings.missing('nobody', tile(0, 0)), 64 * k)
  t.equal(holdings.missing('nobody', tile(19 * 64, 0)), 0)
})
