import t from 'tap'
import { apart, plot, ticksAround } from '../../bench/svg.ts'
import { reportOf } from './reports.ts'

t.test('ticks around the values', async t => {
  t.strictSame(ticksAround([3, 90]), [2, 5, 10, 20, 50, 100])
  t.strictSame(ticksAround([0.15, 1]), [0.1, 0.2, 0.5, 1])
  t.strictSame(ticksAround([7, 7]), [5, 10])
  t.strictSame(ticksAround([10, 10]), [10, 20], 'never a single one')
})

t.test('labels keep apart, in order, above the limit', async t => {
  t.strictSame(apart([10, 100], 13, 300), [10, 100], 'what is apart stays')
  t.strictSame(apart([10, 12, 14], 13, 300), [10, 23, 36])
  t.strictSame(apart([298, 299], 13, 300), [287, 300])
})

t.test('a line a system, the peak, and nothing that breaks the file', async t => {
  const text = plot(reportOf())
  t.equal(text.match(/<polyline /g)?.length, 3, 'pool, numpy and naive, of square products alone')
  t.match(text, 'peak 200')
  t.notMatch(text, /NaN|Infinity|undefined/)
  t.equal(text.match(/<g /g)?.length, text.match(/<\/g>/g)?.length)
})

t.test('without square products it is an empty plot', async t => {
  t.notMatch(plot({ ...reportOf(), results: [] }), /NaN|Infinity|polyline/)
})
