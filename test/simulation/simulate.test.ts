import t from 'tap'
import type { SimulatedSlave } from '../../src/simulation/cluster.ts'
import type { SimulationOptions } from '../../src/simulation/options.ts'
import { PolicyMaster, policyNames } from '../../src/simulation/policies.ts'
import { Random } from '../../src/simulation/random.ts'
import { simulate } from '../../src/simulation/simulate.ts'

const slaveOf = (name: string, gflops: number, more: Partial<SimulatedSlave> = {}): SimulatedSlave => ({
  name,
  performance: gflops,
  gflops,
  latencyMs: 0.3,
  gbitPerSecond: 10,
  noise: 0.05,
  ...more,
})

const optionsOf = (
  seed: number,
  slaves: readonly SimulatedSlave[],
  more: Partial<SimulationOptions> = {},
): SimulationOptions => ({
  seed,
  slaves,
  jobs: [{ job: 'j', shape: [8192, 8192, 8192], dtype: 'float32' }],
  masterLink: { gbitPerSecond: 100 },
  unitEdge: 1024,
  checked: true,
  ...more,
})

const four = [50, 60, 70, 80].map((gflops, i) => slaveOf(`s${i}`, gflops))

t.test('the same seed gives the same story, another seed another one', async t => {
  const faults = { lost: 0.02, doubled: 0.05, delayed: 0.2, delayMs: 300 }
  const report = simulate(optionsOf(7, four, { faults }))
  t.strictSame(simulate(optionsOf(7, four, { faults })), report)
  t.not(simulate(optionsOf(8, four, { faults })).trace, report.trace)
  t.match(report.trace, /^[0-9a-f]{16}$/)
  t.match(report.jobs, [{ state: 'done', units: report.units }])
})

t.test('near the ideal; what is sent is counted', async t => {
  const report = simulate(
    optionsOf(
      1,
      four.map(slave => ({ ...slave, noise: 0 })),
    ),
  )
  t.equal(report.idealMs, (2 * 8192 ** 3) / (260 * 1e6))
  t.ok(report.overIdeal >= 1 && report.overIdeal < 1.1, `${report.overIdeal} times the ideal`)
  t.equal(report.master.receivedBytes, 8192 * 8192 * 4, 'each tile once')
  const once = 2 * 8192 * 8192 * 4
  t.ok(
    report.master.sentBytes > once && report.master.sentBytes < 4 * once,
    `${report.master.sentBytes} bytes`,
  )
})

t.test('wrong figures and a slave that becomes slow are made up for; static shares are not', async t => {
  const wrong = four.map((slave, i) => ({ ...slave, performance: slave.gflops * (i % 2 === 0 ? 4 : 0.25) }))
  const slowed = four.map((slave, i) =>
    i === 0 ? { ...slave, changes: [{ atMs: 2000, factor: 0.1 }] } : slave,
  )
  for (const slaves of [wrong, slowed]) {
    const ours = simulate(optionsOf(2, slaves))
    const master = new PolicyMaster('static', { slaves, unitEdge: 1024 })
    const fixed = simulate(optionsOf(2, slaves, { master }))
    t.ok(ours.overIdeal < 1.2, `${ours.overIdeal} times the ideal`)
    t.ok(fixed.overIdeal > 1.5, `static: ${fixed.overIdeal} times the ideal`)
  }
})

t.test(
  'where all wait for one link, nobody fetches what another has: no later than static shares',
  async t => {
    const random = new Random(3)
    const slaves = Array.from({ length: 16 }, (_, i) => slaveOf(`s${i}`, random.between(40, 400)))
    const behindOneLink = {
      jobs: [{ job: 'j', shape: [16_384, 16_384, 16_384], dtype: 'float32' }],
      masterLink: { gbitPerSecond: 4 },
    } as const
    for (const seed of [1, 2, 3]) {
      const options = optionsOf(seed, slaves, behindOneLink)
      const ours = simulate(options)
      const fixed = simulate({ ...options, master: new PolicyMaster('static', { slaves, unitEdge: 1024 }) })
      t.ok(
        ours.makespanMs <= 1.02 * fixed.makespanMs,
        `${ours.makespanMs}, static shares ${fixed.makespanMs}`,
      )
      t.ok(ours.master.sentBytes <= 1.1 * fixed.master.sentBytes, 'nearly nothing is fetched twice')
    }
    // One that becomes slow is helped all the same.
    const [first, ...others] = slaves
    if (first === undefined) return
    const slow = [{ ...first, changes: [{ atMs: 2000, factor: 0.01 }] }, ...others]
    const options = optionsOf(4, slow, behindOneLink)
    const fixed = simulate({
      ...options,
      master: new PolicyMaster('static', { slaves: slow, unitEdge: 1024 }),
    })
    const ours = simulate(options)
    t.ok(ours.makespanMs < 0.5 * fixed.makespanMs, `${ours.makespanMs}, static shares ${fixed.makespanMs}`)
  },
)

t.test('a product that is cut along k moves less, and is done in all its parts', async t => {
  const slaves = four.map(slave => ({ ...slave, gbitPerSecond: 1 }))
  const jobs = [{ job: 'j', shape: [256, 256, 2 ** 19], dtype: 'float32' }] as const
  const [whole, cut] = [false, true].map(cutsDepth =>
    simulate(optionsOf(1, slaves, { jobs, cutsDepth, masterLink: { gbitPerSecond: 10 } })),
  )
  t.match([whole?.jobs, cut?.jobs], [[{ state: 'done' }], [{ state: 'done' }]])
  const bytes = (report: typeof whole) =>
    (report?.master.sentBytes ?? 0) + (report?.master.receivedBytes ?? Number.NaN)
  t.ok(bytes(cut) < 0.6 * bytes(whole), `${bytes(cut)}, without ${bytes(whole)}`)
  t.ok((cut?.makespanMs ?? Number.NaN) < (whole?.makespanMs ?? 0))
})

t.test('every policy does every unit once', async t => {
  for (const policy of policyNames) {
    const master = new PolicyMaster(policy, { slaves: four, unitEdge: 1024 })
    const report = simulate(optionsOf(3, four, { master }))
    t.match(report.jobs, [{ state: 'done' }], policy)
    t.equal(report.attempts, report.units)
  }
})

t.test('one that joins takes its part, one that drains leaves without a unit done twice', async t => {
  const joined = [...four, slaveOf('late', 200, { joinsAtMs: 1500 })]
  const report = simulate(optionsOf(4, joined))
  t.ok(report.overIdeal < 1.15, `${report.overIdeal} times the ideal of all five`)
  const drained = four.map((slave, i) => (i === 3 ? { ...slave, drainsAtMs: 1500 } : slave))
  const without = simulate(optionsOf(5, drained))
  t.match(without.jobs, [{ state: 'done' }])
  t.ok(without.attempts <= without.units + 4, `${without.attempts} attempts at ${without.units} units`)
})

t.test('the job of higher priority ends first, equal ones share, a cancelled one ends at once', async t => {
  const job = (name: string, more = {}) => ({
    job: name,
    shape: [8192, 8192, 8192] as const,
    dtype: 'float32' as const,
    ...more,
  })
  const ends = (jobs: SimulationOptions['jobs']) =>
    simulate(optionsOf(6, four, { jobs })).jobs.map(({ makespanMs }) => makespanMs ?? Number.NaN)
  const [low = 0, high = 0] = ends([job('low'), job('high', { priority: 1, submittedAtMs: 500 })])
  t.ok(high < 0.65 * low, `high ${high} ms, low ${low} ms`)
  const [first = 0, second = 0] = ends([job('first'), job('second')])
  t.ok(Math.abs(first - second) < 0.1 * first, `first ${first} ms, second ${second} ms`)
  const [alone = 0] = ends([job('alone'), job('gone', { cancelledAtMs: 1000 })])
  t.ok(alone < 0.7 * first, `${alone} ms beside a cancelled job, ${first} ms beside another`)
})

t.test('many clusters with faults: every job is done, and the books are right after each event', async t => {
  let attempts = 0
  let units = 0
  for (let seed = 1; seed <= 400; seed++) {
    const random = new Random(seed)
    const slaves = Array.from({ length: 2 + Math.floor(random.next() * 7) }, (_, i) => {
      const gflops = random.between(20, 200)
      const atMs = random.between(100, 4000)
      const fates: Partial<SimulatedSlave>[] = [
        {},
        {},
        { joinsAtMs: atMs },
        { changes: [{ atMs, factor: random.factor(10) }] },
        { drainsAtMs: atMs },
        { crashesAtMs: atMs, returnsAtMs: atMs + random.between(500, 5000) },
        { crashesAtMs: atMs },
      ]
      // The first one stays, so that there is somebody to end with.
      const fate = i === 0 ? {} : fates[Math.floor(random.next() * fates.length)]
      return slaveOf(`s${i}`, gflops, { performance: gflops * random.factor(4), noise: 0.2, ...fate })
    })
    const faults = { lost: 0.02, doubled: 0.05, delayed: 0.1, delayMs: 500 }
    const jobs = ['a', 'b'].map((job, i) => ({
      job,
      shape: [4096, 3000, 4096] as const,
      dtype: 'float64' as const,
      priority: Math.floor(random.next() * 2),
      submittedAtMs: i * 300,
    }))
    const report = simulate(optionsOf(seed, slaves, { faults, jobs, unitEdge: 512 }))
    if (!report.jobs.every(({ state }) => state === 'done')) t.fail(`seed ${seed}`, { report })
    attempts += report.attempts
    units += report.units
  }
  t.ok(attempts > units, `${attempts} attempts at ${units} units`)
})

t.test('a failure names its seed', async t => {
  const master = {
    handle() {
      throw new Error('it broke')
    },
  }
  t.throws(() => simulate(optionsOf(11, four, { master })), {
    code: 'GEMMESH_INTERNAL',
    message: /seed 11 failed: it broke/,
  })
})
