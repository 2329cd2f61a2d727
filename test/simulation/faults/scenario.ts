/** What happens in a run, drawn from its seed: the cluster, the jobs, and all that goes wrong. */
import { type Cluster, defaultOptions, type SlaveAddress } from '../../../src/config.ts'
import type { JobSpec } from './jobs.ts'
import type { Sim } from './sim.ts'
import { fairWeather, type Weather } from './sim-network.ts'
import { lies, type SlaveNature } from './sim-slave.ts'
import type { Int32Matrix } from './stores.ts'
import type { UserPlan } from './user.ts'

export const troubleNames = ['masters', 'power', 'slaves', 'network', 'disks', 'lies', 'clocks'] as const
/** Which kinds of trouble there are; all of them where absent. */
export type Troubles = { readonly [Name in (typeof troubleNames)[number]]?: boolean }

const noTroubles: Troubles = Object.fromEntries(troubleNames.map(name => [name, false]))

export interface Scenario {
  readonly cluster: Cluster
  readonly isOneMaster: boolean
  readonly natures: readonly SlaveNature[]
  readonly matrices: ReadonlyMap<string, Int32Matrix>
  readonly users: readonly UserPlan[]
  /** When the troubles end. */
  readonly calmAtMs: number
  readonly weather: Weather
  /** Crashes, pauses, walls, full and slow disks, clocks that jump: how many of each. */
  readonly counts: {
    readonly masterCrashes: number
    readonly slaveCrashes: number
    readonly freezes: number
    readonly walls: number
    readonly fullDisks: number
    readonly slowDisks: number
    readonly failedFlushes: number
    readonly wallJumps: number
  }
  /** That a master dies at a step that makes something durable. */
  readonly stepCrash: number
  readonly power: boolean
  /** That a slave never recovers. */
  readonly isOneLost: boolean
}

export function drawScenario(sim: Sim, wanted: Troubles): Scenario {
  const { random } = sim
  const isOneMaster = random.chance(0.4)
  const slaves = sim.integer(2, 5)
  const matrices = new Map<string, Int32Matrix>()
  // Some days nothing goes wrong, and then nothing may be done twice.
  const isCalm = random.chance(0.1)
  const troubles = isCalm ? noTroubles : wanted
  const calmAtMs = isCalm ? 0 : sim.integer(3_000, 60_000)
  const users = Array.from({ length: sim.integer(1, 4) }, () =>
    drawUser(sim, matrices, Math.max(calmAtMs, 3000)),
  )
  const often = (most: number, wanted = true) => (wanted && random.chance(0.6) ? sim.integer(1, most) : 0)
  const natures = drawNatures(sim, slaves, troubles.lies ?? true)
  const { masters = true, power = true, network = true, disks = true } = troubles
  return {
    cluster: drawCluster(sim, slaves, isOneMaster),
    isOneMaster,
    natures,
    matrices,
    users,
    calmAtMs,
    weather: network ? drawWeather(sim) : fairWeather,
    counts: {
      masterCrashes: often(5, masters),
      slaveCrashes: often(5, troubles.slaves),
      freezes: often(3, troubles.slaves),
      walls: often(3, network),
      fullDisks: often(2, disks),
      slowDisks: often(2, disks),
      failedFlushes: often(2, disks),
      wallJumps: often(2, troubles.clocks),
    },
    stepCrash: masters && random.chance(0.4) ? random.next() * 0.05 : 0,
    power,
    isOneLost:
      (troubles.slaves ?? true) &&
      natures.filter(({ liesOften }) => liesOften === 0).length > 1 &&
      random.chance(0.3),
  }
}

function drawCluster(sim: Sim, slaves: number, isOneMaster: boolean): Cluster {
  const assign = { name: 'alpha', ip: '10.0.0.1', port: 7710 }
  const combine = isOneMaster
    ? { name: 'alpha', ip: '10.0.0.1', port: 7711 }
    : { name: 'beta', ip: '10.0.0.2', port: 7711 }
  const addresses = Array.from(
    { length: slaves },
    (_, index): SlaveAddress => ({
      name: `slave${index + 1}`,
      ip: `10.0.1.${index + 1}`,
      port: 7712,
      performance: sim.integer(1, 4),
      memory: 2 ** 28,
    }),
  )
  const blockEdge = sim.pick([2, 4, 8])
  return {
    assign,
    combine,
    slaves: addresses,
    options: {
      ...defaultOptions,
      heartbeatMs: sim.pick([500, 1000, 2000]),
      leaseMs: sim.pick([6_000, 10_000]),
      // Weather like this is nobody's fault: jobs have to survive it.
      attempts: 100,
      unitsAtHand: sim.integer(1, 3),
      unitEdge: sim.pick([2, 3, 4, 6, 8]),
      blockEdge,
      planGraceMs: sim.pick([0, 500, 3000]),
      verify: true,
    },
  }
}

/** The first two are honest, so that a job can be finished, and its tiles are not all by one. */
function drawNatures(sim: Sim, slaves: number, mayLie: boolean): SlaveNature[] {
  const { random } = sim
  return Array.from({ length: slaves }, (_, index) => {
    const msPerProduct = 0.05 * random.factor(10) * (random.chance(0.15) ? 30 : 1)
    const isLiar = mayLie && index >= 2 && random.chance(0.35)
    return isLiar
      ? { msPerProduct, lie: sim.pick(lies), liesOften: sim.pick([0.1, 0.5, 1]) }
      : { msPerProduct, liesOften: 0 }
  })
}

function drawWeather(sim: Sim): Weather {
  const { random } = sim
  const some = (most: number) => (random.chance(0.5) ? random.next() * most : 0)
  return { lost: some(0.1), doubled: some(0.2), delayed: some(0.1), damaged: some(0.1), cut: some(0.1) }
}

function drawUser(sim: Sim, matrices: Map<string, Int32Matrix>, calmAtMs: number): UserPlan {
  const { random } = sim
  const length = () => (random.chance(0.1) ? sim.integer(0, 1) : sim.integer(1, 20))
  const shape: JobSpec['shape'] = [length(), length(), random.chance(0.2) ? sim.integer(20, 60) : length()]
  const [m, n, k] = shape
  const transA = random.chance(0.3)
  const transB = random.chance(0.3)
  const add = (rows: number, columns: number) => {
    const id = (matrices.size + 1).toString(16).padStart(64, '0')
    const values = Int32Array.from({ length: rows * columns }, () =>
      Math.floor(random.between(-(2 ** 31), 2 ** 31)),
    )
    matrices.set(id, { rows, columns, values })
    return id
  }
  const spec: JobSpec = {
    a: transA ? add(k, m) : add(m, k),
    b: transB ? add(n, k) : add(k, n),
    ...(random.chance(0.3) && { c: add(m, n) }),
    transA,
    transB,
    alpha: sim.integer(-2, 3),
    beta: sim.integer(-2, 3),
    shape,
  }
  return {
    spec,
    submitAtMs: random.next() * calmAtMs * 0.8,
    ...(random.chance(0.15) && { cancelAfterMs: random.next() * 15_000 }),
    repeatAfterMs: random.chance(0.4) ? [random.next() * 30_000] : [],
  }
}
