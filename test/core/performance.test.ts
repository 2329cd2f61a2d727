import t from 'tap'
import { Performance } from '../../src/core/performance.ts'

const slaves = [
  { name: 'gamma', performance: 1 },
  { name: 'delta', performance: 2 },
  { name: 'epsilon', performance: 4 },
]
const flops = 2 * 512 ** 3

/** `times` units computed at `rate` flops a millisecond. */
function compute(performance: Performance, slave: string, rate: number, times: number, work = flops) {
  for (let i = 0; i < times; i++) {
    performance.record(slave, { dtype: 'float32', flops: work, computeMs: work / rate })
  }
}
const near = (actual: number, wanted: number) => Math.abs(actual / wanted - 1) < 1e-9

t.test('without measurements the configuration decides', async t => {
  const performance = new Performance({ slaves, measured: true })
  t.strictSame(
    slaves.map(({ name }) => performance.of(name, 'float32')),
    [1, 2, 4],
  )
  t.equal(performance.of('nobody', 'float32'), 0)
})

t.test('switched off, it goes on to decide', async t => {
  const performance = new Performance({ slaves, measured: false })
  for (const { name } of slaves) compute(performance, name, 1000, 20)
  t.equal(performance.of('epsilon', 'float32'), 4)
})

t.test('wrong priors are corrected; measured slaves together keep their weight', async t => {
  const performance = new Performance({ slaves, measured: true })
  compute(performance, 'gamma', 5000, 5)
  compute(performance, 'epsilon', 5000, 5)
  // The geometric mean of 1 and 4, since both are as fast.
  t.ok(near(performance.of('gamma', 'float32'), 2))
  t.ok(near(performance.of('epsilon', 'float32'), 2))
  t.equal(performance.of('delta', 'float32'), 2, 'one not measured yet keeps its prior, on the same scale')
  t.equal(performance.of('gamma', 'float64'), 1, 'another dtype is another matter')
})

t.test('right priors stay', async t => {
  const performance = new Performance({ slaves, measured: true })
  for (const { name, performance: rate } of slaves) compute(performance, name, rate * 777, 30)
  for (const { name, performance: rate } of slaves) t.ok(near(performance.of(name, 'float32'), rate))
})

t.test('one slave alone says nothing about proportions', async t => {
  const performance = new Performance({ slaves, measured: true })
  compute(performance, 'delta', 123, 10)
  t.ok(near(performance.of('delta', 'float32'), 2))
})

t.test('a few first samples, and outliers later, do not count', async t => {
  const performance = new Performance({ slaves, measured: true })
  compute(performance, 'gamma', 1000, 10)
  compute(performance, 'delta', 1, 2)
  t.equal(performance.of('delta', 'float32'), 2, 'two samples are not trusted')
  compute(performance, 'delta', 2000, 8)
  t.ok(near(performance.of('delta', 'float32'), 2))
  compute(performance, 'delta', 1, 3)
  compute(performance, 'delta', 1e9, 3)
  t.ok(near(performance.of('delta', 'float32'), 2))
  t.ok(near(performance.of('gamma', 'float32'), 1))
})

t.test('a slave that became slower is seen to be, once most of its latest samples say so', async t => {
  const performance = new Performance({ slaves: slaves.slice(0, 2), measured: true })
  compute(performance, 'gamma', 1000, 20)
  compute(performance, 'delta', 2000, 20)
  compute(performance, 'delta', 500, 20)
  t.ok(near(performance.of('gamma', 'float32') / performance.of('delta', 'float32'), 2))
})

t.test('small units are compared with small units only', async t => {
  const performance = new Performance({ slaves, measured: true })
  // Both are as fast in each class; small units run at a tenth of the rate.
  compute(performance, 'gamma', 1000, 5, flops)
  compute(performance, 'delta', 1000, 5, flops)
  compute(performance, 'delta', 100, 5, flops / 512)
  compute(performance, 'epsilon', 100, 5, flops / 512)
  const [gamma, delta, epsilon] = slaves.map(({ name }) => performance.of(name, 'float32'))
  t.ok(near(gamma ?? 0, Math.SQRT2))
  t.ok(near(epsilon ?? 0, Math.sqrt(8)))
  t.ok(near(delta ?? 0, 2), 'between what its two classes say')
})

t.test('figures that give no rate are left out', async t => {
  const performance = new Performance({ slaves, measured: true })
  for (const computeMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    for (let i = 0; i < 5; i++) performance.record('gamma', { dtype: 'float32', flops, computeMs })
  }
  for (let i = 0; i < 5; i++) performance.record('gamma', { dtype: 'float32', flops: 0, computeMs: 1 })
  for (let i = 0; i < 5; i++) performance.record('nobody', { dtype: 'float32', flops, computeMs: 1 })
  t.equal(performance.of('gamma', 'float32'), 1)
  t.equal(performance.of('nobody', 'float32'), 0)
})
