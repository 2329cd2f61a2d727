/**
 * `npm run bench:scheduler`: simulated makespans over the ideal, beside other policies, and what the scheduler itself
 * takes with ten thousand slaves and a million units. Exits with 1 where a bar is missed.
 *
 *     --seeds 1000   cases of each scenario
 *     --only NAME    one scenario, or `load`
 */
import { parseArgs } from 'node:util'
import { renderTable } from '../src/cli/table.ts'
import { policyNames } from '../src/simulation/policies.ts'
import {
  type CaseFigures,
  runCase,
  type Scenario,
  scenarioFacts,
  scenarios,
  schedulerCase,
} from './scheduler-cases.ts'
import { measureLoad } from './scheduler-load.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, only: { type: 'string' } },
})
const seeds = Number(values.seeds)
const names = ['gemmesh', ...policyNames] as const
const missed: string[] = []

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
const sortedOf = (figures: readonly CaseFigures[]) =>
  figures.map(({ overIdeal }) => overIdeal).sort((a, b) => a - b)
const meanOf = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length
const bar = (what: string, figure: number, limit: number) => {
  const kept = figure <= limit
  if (!kept) missed.push(what)
  console.log(`${kept ? 'ok  ' : 'MISS'} ${what}: ${figure.toFixed(3)}, at most ${limit}`)
}

for (const scenario of scenarios) if ((values.only ?? scenario) === scenario) compare(scenario)
if ((values.only ?? 'load') === 'load') load()
if (missed.length > 0) {
  console.log(`missed: ${missed.join('; ')}`)
  process.exitCode = 1
}

function compare(scenario: Scenario): void {
  const { says, bar: limit } = scenarioFacts[scenario]
  const results = new Map<string, CaseFigures[]>(names.map(name => [name, []]))
  const bySize = new Map<string, CaseFigures[]>()
  for (let number = 1; number <= seeds; number++) {
    const options = schedulerCase(scenario, number)
    for (const name of names) {
      const figures = runCase(options, name)
      results.get(name)?.push(figures)
      if (name !== 'gemmesh') continue
      const size = `${String(options.slaves.length).padStart(2)} slaves`
      bySize.set(size, [...(bySize.get(size) ?? []), figures])
    }
  }
  console.log(`\n${says}: makespan over ideal, ${seeds} seeds`)
  const row = (name: string, list: readonly CaseFigures[]) => {
    const sorted = sortedOf(list)
    return [
      name,
      ...[0.5, 0.95, 1].map(part => quantile(sorted, part).toFixed(3)),
      (meanOf(list.map(({ sentBytes }) => sentBytes)) / 2 ** 30).toFixed(1),
      `${(100 * meanOf(list.map(({ doubled }) => doubled))).toFixed(2)}%`,
    ]
  }
  const head = ['policy', 'median', '95%', 'worst', 'GiB sent', 'second attempts']
  console.log(
    renderTable(
      head,
      names.map(name => row(name, results.get(name) ?? [])),
      [1, 2, 3, 4, 5],
    ),
  )
  const sizes = [...bySize.entries()].sort(([a], [b]) => a.localeCompare(b))
  if (sizes.length > 1) {
    const rows = sizes.map(([size, list]) => [
      ...row(size, list),
      `${Math.min(...list.map(({ units }) => units))}-${Math.max(...list.map(({ units }) => units))}`,
    ])
    console.log(renderTable(['gemmesh, with', ...head.slice(1), 'units'], rows, [1, 2, 3, 4, 5, 6]))
  }
  const ours = quantile(sortedOf(results.get('gemmesh') ?? []), 0.5)
  if (limit !== undefined) bar(`median, ${says}`, ours, limit)
  for (const name of policyNames) {
    bar(`ours, compared with ${name}`, ours / quantile(sortedOf(results.get(name) ?? []), 0.5), 0.9999)
  }
}

function load(): void {
  const loads = [measureLoad(10_000, 100_000), measureLoad(10_000, 1_000_000), measureLoad(1000, 1_000_000)]
  console.log(
    '\nmicroseconds a unit on one core: in the scheduler, and with the simulated slaves and their queue of events',
  )
  console.log(
    renderTable(
      ['slaves', 'units', 'events', 'scheduler', 'whole loop', 'heap in mid-job'],
      loads.map(one => [
        one.slaves.toLocaleString('en'),
        one.units.toLocaleString('en'),
        one.events.toLocaleString('en'),
        one.microsecondsPerUnit.toFixed(1),
        one.loopMicrosecondsPerUnit.toFixed(1),
        `${(one.heapBytes / 2 ** 20).toFixed(1)} MiB`,
      ]),
      [0, 1, 2, 3, 4, 5],
    ),
  )
  const [few, many] = loads
  if (few === undefined || many === undefined) return
  bar('microseconds a unit, 10,000 slaves and a million units', many.microsecondsPerUnit, 20)
  bar('memory of ten times the units', many.heapBytes / few.heapBytes, 1.5)
}
