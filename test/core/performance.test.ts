import t from 'tap'
import { Performance } from '../../src/core/performance.ts'

const slaves = [
  { name: 'gamma', performance: 1 },
  { name: 'delta', performance: 2 },
  { name: 'epsilon', performance: 4 },
]
const flops = 2 * 512 ** 3

/** `times` units computed at `rate` times 0.1 GFLOPS. */
function compute(performance: Performance, slave: string, rate: number, times: number, work = flops) {
  for (let i = 0; i < times; i++) {
    performance.record(slave, { dtype: 'float32', flops: work, computeMs: work / (rate * 1e5) })
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
  compute(performance, 'delta', 100, 2)
  t.equal(performance.of('delta', 'float32'), 2, 'two short samples are not trusted')
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

t.test('two units that took long are trusted', async t => {
  const performance = new Performance({ slaves: slaves.slice(0, 2), measured: true })
  for (const { name } of slaves.slice(0, 2)) compute(performance, name, 10, 1)
  t.equal(performance.of('gamma', 'float32'), 1, 'one may have met anything')
  for (const { name } of slaves.slice(0, 2)) compute(performance, name, 10, 1)
  t.ok(near(performance.of('gamma', 'float32'), Math.SQRT2))
})

t.test(
  'before any job, what slaves measured of themselves counts, on the scale of the configuration',
  async t => {
    const performance = new Performance({ slaves, measured: true })
    performance.introduce('gamma', { threads: 1, own: { float32: 50, float64: 40 } })
    t.ok(near(performance.of('gamma', 'float32'), 1), 'of one alone says nothing about proportions')
    performance.introduce('epsilon', { threads: 1, own: { float32: 50, float64: 10 } })
    t.ok(near(performance.of('gamma', 'float32'), 2))
    t.ok(near(performance.of('epsilon', 'float32'), 2))
    t.ok(near(performance.of('gamma', 'float64'), 4))
    t.ok(near(performance.of('epsilon', 'float64'), 1))
    t.ok(
      near(performance.of('gamma', 'int32', 'min-plus'), 2),
      'integers and semirings compare as float32 does',
    )
    t.equal(performance.of('delta', 'float32'), 2, 'the prior of one that did not measure itself')
    const ignoring = new Performance({ slaves, measured: false })
    ignoring.introduce('gamma', { threads: 1, own: { float32: 50, float64: 40 } })
    ignoring.introduce('epsilon', { threads: 1, own: { float32: 50, float64: 10 } })
    t.equal(ignoring.of('gamma', 'float32'), 1)
  },
)

t.test('what a slave measured of itself is brought in line with the units of others', async t => {
  const performance = new Performance({ slaves, measured: true })
  for (const { name } of slaves)
    performance.introduce(name, { threads: 1, own: { float32: 60, float64: 30 } })
  // In jobs gamma is twice as fast as epsilon, whatever both measured; delta has done nothing yet.
  compute(performance, 'gamma', 400, 5)
  compute(performance, 'epsilon', 200, 5)
  const [gamma = 0, delta = 0, epsilon = 0] = slaves.map(({ name }) => performance.of(name, 'float32'))
  t.ok(near(gamma / epsilon, 2))
  t.ok(near(delta, 2), 'between the two, whose own rates are like its own')
  t.ok(near(performance.gflops('delta', 'float32') ?? 0, Math.sqrt(40 * 20)))
  performance.introduce('delta', { threads: 1, own: { float32: 120, float64: 30 } })
  t.ok(near(performance.of('delta', 'float32'), 4), 'measured anew')
  t.ok(near(performance.of('gamma', 'float32'), gamma), 'which is nothing to those that jobs have measured')
})

t.test('a slave with another number of threads is another machine', async t => {
  const performance = new Performance({ slaves: slaves.slice(0, 2), measured: true })
  for (const { name } of slaves.slice(0, 2)) {
    performance.introduce(name, { threads: 2 })
    compute(performance, name, 100, 5)
  }
  performance.introduce('gamma', { threads: 2 })
  t.ok(near(performance.of('gamma', 'float32'), Math.SQRT2), 'the same again')
  performance.introduce('gamma', { threads: 4 })
  t.equal(performance.of('gamma', 'float32'), 1, 'its prior')
  t.ok(near(performance.of('delta', 'float32'), 2), 'and one slave alone says nothing')
})

t.test('each semiring is measured by itself', async t => {
  const performance = new Performance({ slaves: slaves.slice(0, 2), measured: true })
  for (const { name } of slaves.slice(0, 2))
    for (let i = 0; i < 3; i++)
      performance.record(name, { dtype: 'float32', semiring: 'min-plus', flops, computeMs: 5 })
  t.ok(near(performance.of('gamma', 'float32', 'min-plus'), Math.SQRT2))
  t.equal(performance.of('gamma', 'float32'), 1)
  t.match(performance.measured('gamma'), [{ semiring: 'min-plus', dtype: 'float32', units: 3 }])
})

t.test('rates in GFLOPS: of the nearest size, else by the figure, else unknown', async t => {
  const performance = new Performance({ slaves, measured: true })
  t.equal(performance.gflops('gamma', 'float32'), undefined)
  compute(performance, 'gamma', 500, 3)
  compute(performance, 'gamma', 50, 3, flops / 512)
  t.ok(near(performance.gflops('gamma', 'float32') ?? 0, 50), 'large units, where no size is said')
  t.ok(near(performance.gflops('gamma', 'float32', 'plus-times', flops / 300) ?? 0, 5))
  t.ok(near(performance.gflops('delta', 'float32') ?? 0, 100), 'twice the figure')
  t.equal(performance.gflops('gamma', 'float64'), undefined)
  t.equal(performance.gflops('nobody', 'float32'), undefined)
})

t.test('links', async t => {
  const performance = new Performance({ slaves, measured: true })
  t.strictSame(performance.links('gamma'), {})
  const unit = { dtype: 'float32', flops, computeMs: 3, fetchMs: 10, sendMs: 4 } as const
  for (const fetchedBytes of [8e6, 9e6, 80e6])
    performance.record('gamma', { ...unit, fetchedBytes, sentBytes: 1000 })
  t.strictSame(performance.links('gamma'), { fetchBytesPerMs: 9e5 }, 'a thousand bytes say nothing of a link')
  performance.record('gamma', { ...unit, fetchedBytes: 0, sentBytes: 4e6 })
  t.strictSame(performance.links('gamma'), { fetchBytesPerMs: 9e5, sendBytesPerMs: 1e6 })
})

t.test('what was measured outlives a restart', async t => {
  const before = new Performance({ slaves, measured: true })
  for (const [index, { name }] of slaves.entries()) {
    if (name !== 'delta') before.introduce(name, { threads: 2, own: { float32: 10 + index, float64: 5 } })
    compute(before, name, 100 * (index + 2), 4)
    compute(before, name, 10, 20, flops / 512)
    before.record(name, { dtype: 'float64', flops, computeMs: 9, fetchedBytes: 1e6, fetchMs: 1 })
  }
  const records = JSON.parse(JSON.stringify(before.records()))
  const after = new Performance({ slaves: slaves.slice(1), measured: true, known: records })
  const same = new Performance({ slaves, measured: true, known: records })
  for (const { name } of slaves) {
    t.ok(near(same.of(name, 'float32'), before.of(name, 'float32')))
    t.ok(near(same.of(name, 'float64'), before.of(name, 'float64')))
    t.strictSame(same.links(name), before.links(name))
    t.strictSame(same.own(name), before.own(name))
  }
  t.strictSame(same.records(), before.records())
  t.equal(after.of('gamma', 'float32'), 0, 'a slave that is in the configuration no more')
  const unmeasured = new Performance({ slaves, measured: true })
  t.strictSame(unmeasured.records(), [])
})
