import t from 'tap'
import { describePlan, planJob } from '../../src/core/plan.ts'

const mapOf = (m: number, n: number, performances: number[]): string[] => {
  const slaves = performances.map((performance, i) => ({ name: `slave-${i}`, performance }))
  const plan = planJob({ job: 'job', shape: [m, n, 8], dtype: 'float64', slaves, unitEdge: 1024 })
  return describePlan(plan).map.split('\n')
}

t.test('1, 2 and 4 as drawn', async t => {
  const lines = mapOf(2048, 2048, [1, 2, 4])
  const top = `${'A'.repeat(21)}${'C'.repeat(27)}`
  const bottom = `${'B'.repeat(21)}${'C'.repeat(27)}`
  t.strictSame(lines, [
    ...new Array<string>(8).fill(top),
    ...new Array<string>(16).fill(bottom),
    'A slave-0: performance 1, wanted 14.3%, given 14.3%: 680x880 of 2048x2048 in 2 units',
    'B slave-1: performance 2, wanted 28.6%, given 28.7%: 1368x880 of 2048x2048 in 2 units',
    'C slave-2: performance 4, wanted 57.1%, given 57.0%: 2048x1168 of 2048x2048 in 2 units',
  ])
})

t.test('the drawing keeps to its limits, and leaves no place empty', async t => {
  const table: readonly (readonly [m: number, n: number, slaves: number])[] = [
    [1, 1, 1],
    [1, 5000, 3],
    [5000, 1, 3],
    [3, 3, 20],
    [100, 30_000, 7],
    [30_000, 100, 7],
    [9999, 10_001, 40],
  ]
  for (const [m, n, count] of table) {
    const performances = Array.from({ length: count }, (_, i) => i + 1)
    const lines = mapOf(m, n, performances)
    const drawing = lines.slice(0, -count)
    t.ok(drawing.length >= 1 && drawing.length <= 24, `${m}x${n} takes ${drawing.length} lines`)
    for (const line of drawing) {
      t.match(line, /^[A-Za-z]{1,64}$/)
      t.equal(line.length, drawing[0]?.length)
    }
  }
})

t.test('nothing to draw', async t => {
  t.strictSame(mapOf(0, 7, [1]), [
    '(C is 0x7: it has no elements)',
    'A slave-0: performance 1, wanted 100.0%, given 0.0%: nothing in 0 units',
  ])
})

t.test('the legend is bounded', async t => {
  const lines = mapOf(8192, 8192, new Array<number>(1000).fill(1))
  t.equal(lines.at(-1), '... and 948 more slaves')
  t.ok(lines.length <= 24 + 52 + 1)
})
