/**
 * `npm run bench:plan`: what partitions cost against the lower bound, over 10,000 random clusters, and how long a plan
 * takes. Exits with 1 where a bar is missed.
 */
import { parseArgs } from 'node:util'
import { renderTable } from '../src/cli/table.ts'
import { planJob } from '../src/core/plan.ts'
import {
  overShare,
  type PartitionFigures,
  partitionCase,
  random,
  runPartitionCase,
} from './partition-cases.ts'

const { values } = parseArgs({ options: { cases: { type: 'string', default: '10000' } } })
const cases = Number(values.cases)

const bars = { worst: 1.203, mean: 1.05, overShare: 1.03, ms: { 1000: 100, 10000: 2000 } } as const
const missed: string[] = []
const expect = (what: string, figure: number, bar: number, unit = '') => {
  if (figure > bar) missed.push(what)
  return [what, `${round(figure)}${unit}`, `${bar}${unit}`, figure <= bar ? 'yes' : 'NO']
}
const round = (figure: number) => (figure < 10 ? figure.toFixed(4) : figure.toFixed(1))
const meanOf = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length

const classes: readonly (readonly [most: number, list: PartitionFigures[]])[] = [
  [2, []],
  [3, []],
  [8, []],
  [32, []],
  [128, []],
  [1000, []],
]
for (let number = 0; number < cases; number++) {
  const one = partitionCase(number)
  const figures = runPartitionCase(one)
  classes.find(([most]) => one.weights.length <= most)?.[1].push(figures)
}
const rows = classes.map(([most, list], index) => {
  const least = (classes[index - 1]?.[0] ?? 1) + 1
  return [
    least === most ? `${most}` : `${least}-${most}`,
    list.length,
    round(meanOf(list.map(({ ratio }) => ratio))),
    round(Math.max(...list.map(({ ratio }) => ratio))),
    round(Math.max(...list.map(({ ratioToOptimum }) => ratioToOptimum))),
  ]
})
const all = classes.flatMap(([, list]) => list)
const bound = all.filter(({ theoremApplies }) => theoremApplies)
console.log(
  `${all.length} clusters with speeds of 1 to 100, covers exact; cost before rounding over the bound:`,
)
console.log(
  renderTable(
    ['slaves', 'cases', 'mean', 'worst', 'worst over what the optimum costs at least'],
    rows,
    [1, 2, 3, 4],
  ),
)

const timed = [1000, 10_000].flatMap(slaves => [
  planMs(slaves, [65_536, 65_536]),
  planMs(slaves, [4096, 262_144]),
])
const overShares = Array.from({ length: 1000 }, (_, seed) => overShare(seed))
console.log(
  renderTable(
    ['', 'figure', 'bar', 'met'],
    [
      expect(`mean of all ${all.length}`, meanOf(all.map(({ ratio }) => ratio)), bars.mean),
      expect(
        `worst of the ${bound.length} where the theorem bounds 2*sum(sqrt(area))`,
        Math.max(...bound.map(({ ratio }) => ratio)),
        bars.worst,
      ),
      expect(
        `worst of all against the least the optimum can cost`,
        Math.max(...all.map(({ ratioToOptimum }) => ratioToOptimum)),
        bars.worst,
      ),
      expect(
        'largest share of 8192x8192 on 16 slaves over its due, 1000 seeds',
        Math.max(...overShares),
        bars.overShare,
      ),
      ...timed.map(({ slaves, shape, ms }) =>
        expect(
          `plan of ${shape} for ${slaves} slaves`,
          ms,
          slaves === 1000 ? bars.ms[1000] : bars.ms[10_000],
          ' ms',
        ),
      ),
    ],
    [1, 2],
  ),
)
if (missed.length > 0) {
  console.error(`missed: ${missed.join('; ')}`)
  process.exitCode = 1
}

/** The slowest of five plans: the first includes the compiler's warming up, as in a master's life. */
function planMs(count: number, [m, n]: readonly [number, number]) {
  const next = random(count)
  const slaves = Array.from({ length: count }, (_, i) => ({ name: `s${i}`, performance: 1 + 99 * next() }))
  const times = Array.from({ length: 5 }, (_, i) => {
    const startedMs = performance.now()
    planJob({ job: `job ${i}`, shape: [m, n, 8192], dtype: 'float32', slaves, unitEdge: 1024 })
    return performance.now() - startedMs
  })
  return { slaves: count, shape: `${m}x${n}`, ms: Math.max(...times) }
}
