import t from 'tap'
import { compareReports, comparisonText } from '../../bench/compare.ts'
import { reportOf } from './reports.ts'

t.test('only a change beyond both spreads is one', async t => {
  const verdicts = (factor: number) => [
    ...new Set(compareReports(reportOf(), reportOf(factor)).map(({ verdict }) => verdict)),
  ]
  t.strictSame(verdicts(1.1), ['same'])
  t.strictSame(verdicts(1.5), ['faster'])
  t.strictSame(verdicts(0.5), ['slower'])
})

t.test("gemmesh's layers are compared, with the ratio to NumPy of both runs", async t => {
  const changes = compareReports(reportOf(), reportOf(2))
  t.equal(changes.length, 4)
  t.match(changes[0], { shape: '64', system: 'pool', before: 50, after: 100, ratios: [0.5, 1] })
  t.match(comparisonText(reportOf(), reportOf(2)), '0.50 -> 1.00')
})

t.test('runs without a common case say so', async t => {
  t.equal(comparisonText({ ...reportOf(), results: [] }, reportOf()), 'Nothing that both runs have measured.')
})
