/** Random clusters and jobs on which schedulers are compared. Seeded: a case is its scenario and its number. */
import type { SimulatedSlave } from '../src/simulation/cluster.ts'
import type { SimulationOptions } from '../src/simulation/options.ts'
import { PolicyMaster, type PolicyName } from '../src/simulation/policies.ts'
import { Random } from '../src/simulation/random.ts'
import { simulate } from '../src/simulation/simulate.ts'

export const scenarios = ['true', 'wrong', 'slow', 'few', 'network'] as const
export type Scenario = (typeof scenarios)[number]

/** What each is, and the bar of our median over the ideal; the last two have none, but ours is ahead of the others in all. */
export const scenarioFacts: Readonly<Record<Scenario, { readonly says: string; readonly bar?: number }>> = {
  true: { says: 'true performance figures', bar: 1.03 },
  wrong: { says: 'figures wrong by up to 4x either way', bar: 1.15 },
  slow: { says: 'one of four slaves becomes ten times slower in mid-job', bar: 1.3 },
  few: { says: 'true figures, but only 16 units a slave' },
  network: { says: 'true figures, 64 fast slaves behind one 25 Gbit/s link' },
}

const unitEdge = 1024
const slaveCounts = [4, 8, 16, 32, 64]
const unitsPerSlave = [32, 64, 96]
const fewUnitsPerSlave = 16

const pick = <T>(random: Random, list: readonly [T, ...T[]] | readonly T[]): T | undefined =>
  list[Math.floor(random.next() * list.length)]

/** Float32, square; slaves of 10 to 100 GFLOPS at 10 Gbit/s, units of 1024x1024 whose times vary by 10 percent. */
export function schedulerCase(scenario: Scenario, number: number): SimulationOptions {
  const random = new Random(number * scenarios.length + scenarios.indexOf(scenario))
  const count = scenario === 'slow' ? 4 : scenario === 'network' ? 64 : (pick(random, slaveCounts) ?? 4)
  const isFew = scenario === 'few' || scenario === 'network'
  const units = count * (isFew ? fewUnitsPerSlave : (pick(random, unitsPerSlave) ?? fewUnitsPerSlave))
  const edge = Math.round(Math.sqrt(units) * unitEdge)
  const fastest = scenario === 'network' ? 4 : 1
  const slaves = Array.from({ length: count }, (_, i): SimulatedSlave => {
    const gflops = random.between(10, 100) * fastest
    const performance = scenario === 'wrong' ? gflops * random.factor(4) : gflops
    return { name: `s${i}`, performance, gflops, latencyMs: 0.3, gbitPerSecond: 10, noise: 0.1 }
  })
  if (scenario === 'slow') slowDown(slaves, random, 2 * edge ** 3)
  return {
    seed: number,
    slaves,
    jobs: [{ job: 'job', shape: [edge, edge, edge], dtype: 'float32' }],
    masterLink: { gbitPerSecond: scenario === 'network' ? 25 : 100 },
    unitEdge,
  }
}

/** The first of them, after 20 to 80 percent of the time that the job would take. */
function slowDown(slaves: SimulatedSlave[], random: Random, flops: number): void {
  const [first] = slaves
  const idealMs = flops / slaves.reduce((sum, { gflops }) => sum + gflops * 1e6, 0)
  if (first !== undefined)
    slaves[0] = { ...first, changes: [{ atMs: idealMs * random.between(0.2, 0.8), factor: 0.1 }] }
}

/** Makespan over ideal, bytes that master-assign sent, units, and second attempts over units. */
export interface CaseFigures {
  readonly overIdeal: number
  readonly sentBytes: number
  readonly units: number
  readonly doubled: number
}

export function runCase(options: SimulationOptions, policy: PolicyName | 'gemmesh'): CaseFigures {
  const { slaves, seed } = options
  const master = policy === 'gemmesh' ? undefined : new PolicyMaster(policy, { slaves, unitEdge })
  const report = simulate({ ...options, ...(master !== undefined && { master }) })
  const [job] = report.jobs
  if (job?.state !== 'done')
    throw new Error(`seed ${seed}, ${policy}: the job is ${job?.state}: ${job?.message}`)
  const { overIdeal, units, attempts } = report
  return { overIdeal, sentBytes: report.master.sentBytes, units, doubled: attempts / units - 1 }
}
