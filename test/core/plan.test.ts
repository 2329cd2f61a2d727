import fc from 'fast-check'
import t from 'tap'
import { area, cover } from '../../src/core/geometry.ts'
import { unitAt, unitsOf } from '../../src/core/plan/units.ts'
import { describePlan, outlinePlan, type Plan, planJob, unitsLimit } from '../../src/core/plan.ts'

const slavesOf = (...performances: number[]) =>
  performances.map((performance, i) => ({ name: `s${i}`, performance }))

const planOf = (m: number, n: number, k: number, performances: number[], unitEdge = 1024): Plan =>
  planJob({ job: 'job', shape: [m, n, k], dtype: 'float32', slaves: slavesOf(...performances), unitEdge })

function assertPlan(plan: Plan): void {
  const [m, n] = plan.shape
  const whole = { row: 0, column: 0, rows: m, columns: n }
  cover(
    Array.from(unitsOf(plan), ({ tile }) => tile),
    whole,
  )
  cover(
    plan.shares.flatMap(share => share.rectangles),
    whole,
  )
  const units = [...unitsOf(plan)]
  if (units.length !== plan.units || units.some(({ unit }, index) => unit !== index))
    throw new Error('units are not numbered share by share')
  for (const share of plan.shares) {
    const own = units.slice(share.firstUnit, share.firstUnit + share.units)
    const elements = own.reduce((sum, planned) => {
      const { unit, slave, tile } = unitAt(plan, planned.unit) ?? {}
      if (slave !== share.slave || unit !== planned.unit || tile === undefined) throw new Error('whose unit?')
      return sum + area(tile)
    }, 0)
    if (m * n > 0 && elements / (m * n) !== share.given) throw new Error('given is not what units add up to')
  }
}

t.test('performance 1, 2 and 4: within one unit of 1/7, 2/7 and 4/7', async t => {
  const table: readonly (readonly [m: number, n: number, unitEdge: number])[] = [
    [2048, 2048, 1024],
    [2048, 2048, 256],
    [2048, 2048, 64],
    [2047, 2049, 64],
    [1000, 3000, 128],
    [4096, 512, 128],
    [100, 10_000, 64],
    [10_000, 100, 64],
    [333, 777, 32],
    [20_000, 20_000, 1024],
    [7, 7, 4],
    [1, 700, 64],
  ]
  for (const [m, n, unitEdge] of table) {
    const plan = planOf(m, n, 1000, [1, 2, 4], unitEdge)
    assertPlan(plan)
    for (const [share, ideal] of [1 / 7, 2 / 7, 4 / 7].entries()) {
      t.equal(plan.shares[share]?.wanted, ideal)
      const faultElements = Math.abs((plan.shares[share]?.given ?? 0) - ideal) * m * n
      t.ok(faultElements <= unitEdge ** 2, `${m}x${n} in ${unitEdge}: ${faultElements} elements off`)
    }
  }
})

t.test('the plan of the demonstration', async t => {
  const plan = planOf(2048, 2048, 2048, [1, 2, 4])
  t.strictSame(
    Array.from(unitsOf(plan), ({ unit, slave, tile }) => [
      unit,
      slave,
      tile.row,
      tile.column,
      tile.rows,
      tile.columns,
    ]),
    [
      [0, 's0', 0, 0, 680, 448],
      [1, 's0', 0, 448, 680, 432],
      [2, 's1', 680, 0, 680, 880],
      [3, 's1', 1360, 0, 688, 880],
      [4, 's2', 0, 880, 1024, 1168],
      [5, 's2', 1024, 880, 1024, 1168],
    ],
  )
  const halfPerimeters = 680 + 880 + 1368 + 880 + 2048 + 1168
  t.equal(plan.movedElements, halfPerimeters * 2048)
  const bound = 2 * (Math.sqrt(680 * 880) + Math.sqrt(1368 * 880) + Math.sqrt(2048 * 1168)) * 2048
  t.ok(Math.abs(plan.lowerBoundElements / bound - 1) < 1e-12)
})

t.test('any plan: exact, in units of about the edge, at least two a slave, no slivers', async t => {
  const length = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 5000 }))
  const speeds = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 })
  const edge = fc.constantFrom(32, 100, 256, 1024)
  fc.assert(
    fc.property(length, length, speeds, edge, (m, n, performances, unitEdge) => {
      const plan = planOf(m, n, 10, performances, unitEdge)
      assertPlan(plan)
      const grown = Math.max(unitEdge, Math.sqrt((m * n) / unitsLimit))
      const units = [...unitsOf(plan)]
      for (const { rectangles, slave } of plan.shares) {
        const tiles = units.flatMap(unit => (unit.slave === slave ? unit.tile : []))
        const heights = tiles.map(({ rows }) => rows)
        const widths = tiles.map(({ columns }) => columns)
        if (tiles.length === 0) continue
        // A part is at most 3/2 of the edge, and rounding to 16 moves an edge by at most an eighth of it.
        if (Math.max(...heights, ...widths) > grown * 1.75 + 1) return false
        if (Math.min(...heights) * 1.5 < Math.max(...heights) - 2) return false
        if (Math.min(...widths) * 1.5 < Math.max(...widths) - 2) return false
        const [rectangle] = rectangles
        const isLarge =
          rectangle !== undefined && Math.max(rectangle.rows, rectangle.columns) >= Math.max(2, grown / 2)
        if (isLarge && tiles.length < 2) return false
      }
      return true
    }),
    { seed: 8, numRuns: 300 },
  )
  t.pass('300 plans')
})

t.test('C without elements has no units; the inner dimension may be 0', async t => {
  for (const [m, n] of [
    [0, 5],
    [5, 0],
    [0, 0],
  ] as const) {
    const plan = planOf(m, n, 7, [1, 3])
    t.equal(plan.units, 0)
    t.equal(unitAt(plan, 0), undefined)
    t.strictSame(
      plan.shares.map(({ wanted, given, rectangles, units }) => ({ wanted, given, rectangles, units })),
      [0.25, 0.75].map(wanted => ({ wanted, given: 0, rectangles: [], units: 0 })),
    )
    t.equal(plan.movedElements, 0)
    t.equal(plan.lowerBoundElements, 0)
  }
  t.strictSame(planOf(0, 5, 7, []).shares, [], 'nobody is needed for nothing')
  const inner = planOf(100, 100, 0, [1])
  t.equal(inner.movedElements, 0)
  assertPlan(inner)
})

t.test('fewer elements than slaves: some get nothing', async t => {
  const plan = planOf(2, 2, 5, [1, 1, 1, 1, 1, 1, 1])
  assertPlan(plan)
  t.ok(plan.units <= 4)
  t.ok(plan.shares.some(({ units, given }) => units === 0 && given === 0))
})

t.test('units grow rather than be more than the limit', async t => {
  const plan = planOf(100_000, 100_000, 1, [1, 2, 3], 16)
  t.ok(plan.units <= unitsLimit * 1.1)
  assertPlan(plan)
})

t.test('a plan is frozen through and through', async t => {
  const plan = planOf(2048, 2048, 2048, [1, 2, 4])
  const walk = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(walk))
  t.ok(walk(plan))
  t.ok(walk(outlinePlan(plan)))
})

t.test('what cannot be planned is refused', async t => {
  const bad = (message: RegExp) => ({ code: 'GEMMESH_INTERNAL', message })
  t.throws(() => planOf(-1, 2, 3, [1]), bad(/shape is -1, 2, 3/))
  t.throws(() => planOf(1.5, 2, 3, [1]), bad(/shape/))
  t.throws(() => planOf(2 ** 40, 2 ** 40, 3, [1]), bad(/2\^53/))
  t.throws(() => planOf(8, 8, 8, [1], 0), bad(/unit edge of 0/))
  t.throws(() => planOf(8, 8, 8, [1, 0]), bad(/slave s1 has the performance 0/))
  t.throws(() => planOf(8, 8, 8, []), bad(/no slaves/))
  const twins = [...slavesOf(1), ...slavesOf(1)]
  t.throws(
    () => planJob({ job: 'j', shape: [8, 8, 8], dtype: 'float32', slaves: twins, unitEdge: 64 }),
    bad(/one name/),
  )
})

t.test('the outline keeps what is shown, and counts the units', async t => {
  const plan = planOf(2048, 2048, 2048, [1, 2, 4])
  const outline = outlinePlan(plan)
  t.equal(outline.units, 6)
  t.strictSame(
    outline.shares.map(({ slave, units }) => [slave, units]),
    [
      ['s0', 2],
      ['s1', 2],
      ['s2', 2],
    ],
  )
  t.equal(outline.map, describePlan(plan).map)
  t.equal(outline.movedElements, plan.movedElements)
})
