import t from 'tap'
import { type PlanRequest, planJob } from '../../src/core/plan.ts'
import { JobCosts } from '../../src/core/predict/job-costs.ts'
import {
  assumed,
  checkFits,
  explainJob,
  learn,
  type PredictOptions,
  predictJob,
  type SlaveFacts,
} from '../../src/core/predict.ts'
import { type Product, productOf } from '../../src/core/product.ts'

const productOfSize = (m: number, n: number, k: number): Product =>
  productOf({
    a: { name: 'A', dtype: 'float32', shape: [m, k] },
    b: { name: 'B', dtype: 'float32', shape: [k, n] },
    transA: false,
    transB: false,
    alpha: 1,
    beta: 0,
  })

const slavesOf = (...performances: number[]): SlaveFacts[] =>
  performances.map((performance, i) => ({ name: `s${i}`, performance, memoryBytes: 2 ** 30 }))

const optionsOf = (slaves: SlaveFacts[], costs?: JobCosts): PredictOptions => ({
  blockEdge: 512,
  slaves,
  kind: 'plus-times float32',
  costs,
})

const requestOf = (m: number, n: number, k: number, slaves: readonly SlaveFacts[]): PlanRequest => ({
  job: 'job',
  shape: [m, n, k],
  dtype: 'float32',
  slaves,
  unitEdge: 1024,
})

t.test('before anything was measured: assumed rates, one after the other', async t => {
  const slaves = slavesOf(1)
  const {
    ms,
    slaves: predicted,
    fetchBytes,
    sendBytes,
  } = predictJob(
    planJob(requestOf(2048, 2048, 2048, slaves)),
    productOfSize(2048, 2048, 2048),
    optionsOf(slaves),
  )
  const matrixBytes = 2048 ** 2 * 4
  t.equal(fetchBytes, 2 * matrixBytes)
  t.equal(sendBytes, matrixBytes)
  const computeMs = (2 * 2048 ** 3) / (assumed.gflopsOfOne * 1e6)
  t.ok(Math.abs(ms - (computeMs + (3 * matrixBytes) / assumed.linkBytesPerMs + assumed.jobMs)) < 1e-6)
  t.match(predicted, [{ name: 's0', jobs: 0 }])
})

t.test('after jobs: what they took, also for other shapes', async t => {
  const slaves = slavesOf(1, 1)
  const costs = new JobCosts()
  const options = optionsOf(slaves, costs)
  // A cluster whose truth is far from what is assumed: three times the speed, a fifth of the links, half a second a job.
  const truthMs = (flops: number, bytes: number) =>
    flops / (3 * assumed.gflopsOfOne * 1e6) + (5 * bytes) / assumed.linkBytesPerMs + 500
  const run = (m: number, n: number, k: number) => {
    const prediction = predictJob(planJob(requestOf(m, n, k, slaves)), productOfSize(m, n, k), options)
    const flops = Math.max(...prediction.slaves.map(({ demand }) => demand.flops))
    return { prediction, ms: truthMs(flops, prediction.fetchBytes + prediction.sendBytes) }
  }
  for (const [m, n, k] of [
    [2048, 2048, 2048],
    [4096, 4096, 512],
    [1024, 1024, 8192],
    [3072, 1024, 1024],
    [512, 512, 512],
    [8192, 8192, 8192],
  ] as const) {
    const { prediction, ms } = run(m, n, k)
    learn(costs, options.kind, prediction, ms)
  }
  for (const [m, n, k] of [
    [6144, 2048, 1024],
    [2048, 512, 4096],
    [1536, 1536, 1536],
  ] as const) {
    const { prediction, ms } = run(m, n, k)
    t.ok(Math.abs(prediction.ms / ms - 1) < 0.1, `${m}x${n}x${k}: ${prediction.ms} predicted, ${ms} taken`)
    t.equal(prediction.slaves[0]?.jobs, 5, 'of six, the first one warmed up')
  }
  t.ok(
    predictJob(planJob(requestOf(2048, 2048, 2048, slaves)), productOfSize(2048, 2048, 2048), {
      ...options,
      kind: 'min-plus float32',
    }).slaves.every(({ jobs }) => jobs === 0),
    'other work is another matter',
  )
})

t.test('one job of one shape: the very same one takes as long again, within a few percent', async t => {
  const slaves = slavesOf(2, 1)
  for (const factor of [0.2, 1, 7]) {
    const costs = new JobCosts()
    const options = optionsOf(slaves, costs)
    const predict = () =>
      predictJob(planJob(requestOf(2000, 3000, 1000, slaves)), productOfSize(2000, 3000, 1000), options)
    const takenMs = predict().ms * factor
    for (let job = 0; job < 3; job++) learn(costs, options.kind, predict(), takenMs)
    t.ok(Math.abs(predict().ms / takenMs - 1) < 0.05, `${predict().ms} for ${takenMs}`)
  }
})

t.test('jobs that say nothing are left out, and costs are never below 0', async t => {
  const costs = new JobCosts()
  const assumption = { perFlop: 1, perByteIn: 1, perByteOut: 1, perJob: 1 }
  costs.record('s', 'k', { flops: 1, bytesIn: 1, bytesOut: 1 }, 0)
  costs.record('s', 'k', { flops: 0, bytesIn: 1, bytesOut: 1 }, 5)
  t.equal(costs.jobs('s', 'k'), 0)
  t.strictSame(costs.of('s', 'k', assumption), assumption)
  // More bytes in less time: no cost explains that but a byte that costs nothing.
  for (const bytesIn of [1, 10, 100])
    costs.record('s', 'k', { flops: 1, bytesIn, bytesOut: 0 }, 100 / bytesIn)
  for (const cost of Object.values(costs.of('s', 'k', assumption))) t.ok(cost >= 0)
  for (let job = 0; job < 100; job++) costs.record('s', 'k', { flops: 1, bytesIn: 1, bytesOut: 1 }, 1)
  t.ok(costs.jobs('s', 'k') < 100, 'old jobs make way')
})

t.test('a small job is for one slave, in one unit; a large one is for all', async t => {
  const slaves = slavesOf(1, 4, 2)
  const small = explainJob({ job: 'job', unitEdge: 1024 }, productOfSize(500, 500, 500), optionsOf(slaves))
  t.equal(small.alone, 's1')
  t.equal(small.plan.units, 1)
  t.strictSame(
    small.plan.shares.map(({ slave, given }) => [slave, given]),
    [['s1', 1]],
  )
  const large = explainJob({ job: 'job', unitEdge: 1024 }, productOfSize(5000, 5000, 5000), optionsOf(slaves))
  t.equal(large.alone, undefined)
  t.equal(large.plan.shares.length, 3)
  const fast = slaves.map(slave => ({ ...slave, gflops: 0.01 }))
  const slow = explainJob({ job: 'job', unitEdge: 1024 }, productOfSize(500, 500, 500), optionsOf(fast))
  t.equal(slow.alone, undefined, 'where computing takes longest, all take part')
  const narrow = slaves.map(slave => ({ ...slave, memoryBytes: 2 ** 20 }))
  const tight = explainJob({ job: 'job', unitEdge: 512 }, productOfSize(500, 500, 500), optionsOf(narrow))
  t.equal(tight.alone, undefined, 'nobody could hold it alone')
  const nothing = explainJob({ job: 'job', unitEdge: 1024 }, productOfSize(0, 5, 5), optionsOf(slaves))
  t.equal(nothing.prediction.ms, 0)
})

t.test('what does not fit is refused, with what is missing and what helps', async t => {
  const slaves = slavesOf(1, 2).map(slave => ({ ...slave, memoryBytes: 16 * 2 ** 20 }))
  const predict = (unitEdge: number, blockEdge = 512) =>
    predictJob(
      planJob({ ...requestOf(8192, 8192, 8192, slaves), unitEdge }),
      productOfSize(8192, 8192, 8192),
      { ...optionsOf(slaves), blockEdge },
    )
  checkFits(predict(512), { unitEdge: 512, blockEdge: 512 }, predict)
  const bytesOfUnit = (unitEdge: number) =>
    Math.max(...predict(unitEdge).slaves.map(({ demand }) => demand.unitBytes)) / 0.9
  t.throws(() => checkFits(predict(2048), { unitEdge: 2048, blockEdge: 512 }, predict), {
    code: 'GEMMESH_MEMORY_EXCEEDED',
    message: new RegExp(
      `s[01] needs ${Math.ceil(bytesOfUnit(2048))} bytes .* has ${16 * 2 ** 20}: ` +
        `${Math.ceil(bytesOfUnit(2048)) - 16 * 2 ** 20} bytes are missing; 1 more .* unit-edge to (1024|512|256)`,
    ),
  })
  t.throws(
    () => checkFits(predict(1024, 4096), { unitEdge: 1024, blockEdge: 4096 }, edge => predict(edge, 4096)),
    { code: 'GEMMESH_MEMORY_EXCEEDED', message: /block-edge below 4096/ },
  )
})

t.test(
  'units are shorter than allowed where a slave would get few of them, or could not hold two',
  async t => {
    const unitsOf = (n: number, memoryBytes: number, unitEdge = 4096) => {
      const slaves = slavesOf(1, 1, 1).map(slave => ({ ...slave, memoryBytes }))
      const { plan } = explainJob({ job: 'job', unitEdge }, productOfSize(n, n, 4096), optionsOf(slaves))
      return plan.shares.map(({ units }) => units)
    }
    const few = unitsOf(8192, 2 ** 30)
    t.strictSame(few, [3, 4, 4])
    t.strictSame(unitsOf(2048, 2 ** 30), unitsOf(2048, 2 ** 30, 1024), 'but not shorter than 1024')
    const tight = unitsOf(8192, 2 ** 20 * 80)
    t.ok(
      tight.every((units, index) => units > 2 * (few[index] ?? 0)),
      `two of the longer ones do not fit: ${tight}`,
    )
    t.strictSame(unitsOf(8192, 2 ** 30, 512), [80, 88, 88], 'shorter ones are as they were asked for')
  },
)
