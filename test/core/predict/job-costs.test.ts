import t from 'tap'
import { type Costs, JobCosts, msOf, type Work } from '../../../src/core/predict/job-costs.ts'

const assumed: Costs = { perFlop: 1e-7, perByteIn: 1e-5, perByteOut: 1e-5, perJob: 20 }
const work = (flops: number): Work => ({ flops, bytesIn: flops / 100, bytesOut: flops / 1000 })
const kind = 'plus-times float32'

t.test('the first job since the start counts until there is another', async t => {
  const costs = new JobCosts()
  costs.record('gamma', kind, work(1e9), 9000)
  t.equal(costs.jobs('gamma', kind), 1)
  const before = msOf(costs.of('gamma', kind, assumed), work(1e9))
  t.ok(Math.abs(before / 9000 - 1) < 0.01, `${before} ms`)
  costs.record('gamma', kind, work(1e9), 100)
  t.equal(costs.jobs('gamma', kind), 1)
  const after = msOf(costs.of('gamma', kind, assumed), work(1e9))
  t.ok(Math.abs(after / 100 - 1) < 0.01, `${after} ms`)
  costs.record('gamma', kind, work(2e9), 200)
  t.equal(costs.jobs('gamma', kind), 2)
  t.equal(costs.jobs('gamma', 'min-plus float32'), 0, 'another kind is another matter')
})

t.test('after a restart the first job says nothing, what was kept does', async t => {
  const before = new JobCosts()
  for (const flops of [1e9, 1e9]) before.record('gamma', kind, work(flops), 100)
  const costs = new JobCosts(before.records())
  costs.record('gamma', kind, work(1e9), 9000)
  t.strictSame(costs.records(), before.records())
  costs.record('gamma', kind, work(3e9), 300)
  t.equal(costs.jobs('gamma', kind), 2)
})

t.test('jobs without work or time are left out, and old ones go', async t => {
  const costs = new JobCosts()
  costs.record('gamma', kind, work(0), 10)
  costs.record('gamma', kind, work(1), 0)
  costs.record('gamma', kind, work(1), Number.NaN)
  t.equal(costs.jobs('gamma', kind), 0)
  for (let job = 0; job < 50; job++) costs.record('gamma', kind, work(1e9), 100 + job)
  t.equal(costs.jobs('gamma', kind), 32)
  t.equal(costs.records()[0]?.jobs.at(-1)?.ms, 149)
})
