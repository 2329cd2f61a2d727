import fc from 'fast-check'
import t from 'tap'
import { cover } from '../../../src/core/geometry.ts'
import { flopsOf, shareFlops, unitAt, unitsOf } from '../../../src/core/plan/units.ts'
import { describePlan, type Plan, planJob } from '../../../src/core/plan.ts'

const planOf = (shape: readonly [m: number, n: number, k: number], performances: number[], depth = 4096) =>
  planJob({
    job: 'job',
    shape,
    dtype: 'float32',
    slaves: performances.map((performance, i) => ({ name: `s${i}`, performance })),
    unitEdge: 1024,
    blocks: { rows: 512, columns: 512, depth },
    cutsDepth: true,
  })

/** Every layer covers C, and the layers follow each other along k without a gap. */
function assertLayers(plan: Plan): void {
  const [m, n, k] = plan.shape
  const units = [...unitsOf(plan)]
  const layers = Map.groupBy(units, ({ layer }) => layer)
  let before = 0
  for (let layer = 0; layer < plan.layers; layer++) {
    const own = layers.get(layer) ?? []
    cover(
      own.map(({ tile }) => tile),
      { row: 0, column: 0, rows: m, columns: n },
    )
    const [{ depth } = { depth: { start: -1, end: -1 } }] = own
    if (
      depth.start !== before ||
      own.some(unit => unit.depth.start !== before || unit.depth.end !== depth.end)
    )
      throw new Error(`layer ${layer} is not of one interval that begins at ${before}`)
    before = depth.end
  }
  if (before !== k || layers.size !== plan.layers) throw new Error(`layers end at ${before} of ${k}`)
  for (const share of plan.shares) {
    const own = units.slice(share.firstUnit, share.firstUnit + share.units)
    const flops = own.reduce((sum, unit) => sum + flopsOf(unit), 0)
    if (flops !== shareFlops(share)) throw new Error('a share is not the sum of its units')
    if (Math.abs(share.given * 2 * m * n * k - flops) > flops * 1e-9)
      throw new Error('given is something else')
  }
  for (const { unit, tile, layer } of units) {
    const found = unitAt(plan, unit)
    if (found?.layer !== layer || found.tile.row !== tile.row) throw new Error(`unit ${unit} is another one`)
  }
}

t.test('two slaves and a long k: each gets a part of it by its performance, in some units', async t => {
  const plan = planOf([64, 64, 2 ** 20], [1, 3])
  assertLayers(plan)
  t.equal(plan.layers, 32)
  const [first, second] = plan.shares
  t.strictSame(first?.depth, { start: 0, end: 2 ** 18 })
  t.strictSame(second?.depth, { start: 2 ** 18, end: 2 ** 20 })
  t.equal(first?.units, 16)
  t.equal(second?.units, 16)
  t.ok([...unitsOf(plan)].every(({ depth }) => depth.start % 4096 === 0 && depth.end % 4096 === 0))
  t.equal(plan.movedElements, 2 * 64 * 2 ** 20, 'every element of A and B once')
  const { map } = describePlan(plan)
  t.match(
    map,
    /^k, 0 to 1048576:\nA{16}B{48}\nA s0: performance 1, .*: 64x64 of 64x64, k 0 to 262144 in 16 units/,
  )
})

t.test('many slaves: groups of them share C out, and each group has its part of k', async t => {
  const plan = planOf(
    [4096, 4096, 2 ** 17],
    Array.from({ length: 64 }, (_, i) => 1 + (i % 3)),
    512,
  )
  assertLayers(plan)
  const groups = new Set(plan.shares.map(({ depth }) => depth.start)).size
  t.ok(groups > 1 && groups < 64, `${groups} groups`)
  t.ok(plan.layers <= (2 * 4096 * 2 ** 17) / (4 * 4096 ** 2), 'partial tiles are few beside A and B')
  const flat = planJob({
    job: 'job',
    shape: plan.shape,
    dtype: 'float32',
    slaves: plan.shares.map(({ slave: name, performance }) => ({ name, performance })),
    unitEdge: 1024,
  })
  t.equal(flat.layers, 1)
  const all = (one: Plan) => one.movedElements + one.layers * 4096 ** 2
  t.ok(all(plan) < 0.75 * all(flat), `${all(plan) / all(flat)}`)
})

t.test('k is not cut where that does not pay', async t => {
  for (const [shape, slaves] of [
    [[4096, 4096, 4096], 64],
    [[1200, 1200, 6000], 2],
    [[64, 64, 4096], 8],
    [[64, 64, 2 ** 20], 1],
    [[7, 7, 1000], 3],
    [[0, 64, 2 ** 20], 2],
    [[64, 64, 0], 2],
  ] as const) {
    const plan = planOf([...shape], new Array(slaves).fill(1))
    t.equal(plan.layers, 1, shape.join('x'))
    t.ok(plan.shares.every(({ depth, units }) => units === 0 || depth.end - depth.start === shape[2]))
  }
})

t.test('any plan: layers are exact, and shares as large as they should be', async t => {
  const edge = fc.integer({ min: 1, max: 700 })
  const speeds = fc.array(fc.double({ min: 1, max: 20, noNaN: true }), { minLength: 2, maxLength: 20 })
  let cuts = 0
  fc.assert(
    fc.property(edge, edge, fc.integer({ min: 1, max: 2 ** 22 }), speeds, (m, n, k, performances) => {
      const plan = planOf([m, n, k], performances, 512)
      assertLayers(plan)
      if (plan.layers === 1) return true
      cuts++
      return plan.shares.every(({ given, wanted }) => given <= wanted * 1.05 + 2 / Math.min(m * n, k))
    }),
    { seed: 5, numRuns: 300 },
  )
  t.ok(cuts > 100, `${cuts} of 300 are cut`)
})
