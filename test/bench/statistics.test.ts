import t from 'tap'
import { geometricMean, summary } from '../../bench/statistics.ts'

t.test('median, least and most', async t => {
  t.strictSame(summary([3]), { median: 3, min: 3, max: 3 })
  t.strictSame(summary([5, 1, 10]), { median: 5, min: 1, max: 10 }, 'as numbers, not as texts')
  t.strictSame(summary([4, 1, 2, 100]), { median: 3, min: 1, max: 100 }, 'between the two in the middle')
})

t.test('in the geometric mean twice and half as fast cancel out', async t => {
  t.equal(geometricMean([2, 0.5]), 1)
  t.ok(Math.abs(geometricMean([1, 2, 4]) - 2) < 1e-12)
})
