import t from 'tap'
import { computedAt, idealMs, type SimulatedSlave } from '../../src/simulation/cluster.ts'

/** 1 GFLOPS: a million flops a millisecond. */
const slave = (more: Partial<SimulatedSlave> = {}): SimulatedSlave => ({
  name: 's',
  performance: 1,
  gflops: 1,
  latencyMs: 0,
  gbitPerSecond: 1,
  noise: 0,
  ...more,
})

t.test('a unit takes as long as its slave’s changes make it', async t => {
  t.equal(computedAt(slave(), 100, 5e6), 105)
  const slowed = slave({ changes: [{ atMs: 100, factor: 0.1 }] })
  t.equal(computedAt(slowed, 0, 50e6), 50)
  t.equal(computedAt(slowed, 98, 5e6), 130, '2 ms at full speed, 3 ms of work at a tenth')
  t.equal(computedAt(slowed, 200, 1e6), 210)
})

t.test('the ideal counts each slave as fast as it is, while it is there', async t => {
  t.equal(idealMs([slave(), slave({ gflops: 3 })], 0, 400e6), 100)
  t.equal(idealMs([slave(), slave({ joinsAtMs: 50 })], 0, 150e6), 100)
  t.equal(idealMs([slave(), slave({ drainsAtMs: 50 })], 0, 150e6), 100)
  t.equal(idealMs([slave(), slave({ crashesAtMs: 10, returnsAtMs: 60 })], 0, 150e6), 100)
  t.equal(idealMs([slave({ changes: [{ atMs: 50, factor: 0.5 }] })], 0, 75e6), 100)
  t.equal(idealMs([slave({ changes: [{ atMs: 50, factor: 0.5 }] })], 30, 45e6), 70, 'from the submission on')
  t.equal(idealMs([slave({ crashesAtMs: 10 })], 0, 20e6), Number.POSITIVE_INFINITY)
})
