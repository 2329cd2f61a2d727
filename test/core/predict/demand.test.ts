import fc from 'fast-check'
import t from 'tap'
import { operandGrid } from '../../../src/core/operand-grid.ts'
import { unitsOf } from '../../../src/core/plan/units.ts'
import { planJob } from '../../../src/core/plan.ts'
import { demandOf } from '../../../src/core/predict/demand.ts'
import type { StoredOperand } from '../../../src/core/product.ts'
import { type Product, productOf } from '../../../src/core/product.ts'
import { addedPieces, unitBytes, unitSteps } from '../../../src/roles/slave/unit-steps.ts'

const operand = (matrix: string, { stored, transposed }: StoredOperand, edge: number) => {
  const { blockRows, blockColumns } = operandGrid(stored, edge)
  const [rows, columns] = stored
  return { matrix, rows, columns, blockRows, blockColumns, transposed, source: '' }
}

/** A unit as the slave gets it. */
const unitOf = (
  product: Product,
  tile: { row: number; column: number; rows: number; columns: number },
  edge: number,
) => ({
  dtype: product.dtype,
  semiring: 'plus-times' as const,
  reproducible: false,
  tile,
  kStart: 0,
  kEnd: product.k,
  alpha: 1,
  beta: product.added === undefined ? 0 : 1,
  a: operand('A', product.a, edge),
  b: operand('B', product.b, edge),
  ...(product.added && { c: operand('C', product.added, edge) }),
})

t.test('bytes and memory are those of the pieces that a slave fetches for its units', async t => {
  const length = fc.integer({ min: 1, max: 900 })
  const flag = fc.boolean()
  fc.assert(
    fc.property(length, length, length, flag, flag, flag, (m, n, k, transA, transB, adds) => {
      const blockEdge = 64
      const product = productOf({
        a: { name: 'A', dtype: 'float64', shape: transA ? [k, m] : [m, k] },
        b: { name: 'B', dtype: 'float64', shape: transB ? [n, k] : [k, n] },
        added: adds ? { name: 'C', dtype: 'float64', shape: [m, n] } : undefined,
        transA,
        transB,
        alpha: 1,
        beta: adds ? 1 : 0,
      })
      const slaves = [3, 1, 2].map((performance, i) => ({ name: `s${i}`, performance }))
      const plan = planJob({ job: 'j', shape: [m, n, k], dtype: 'float64', slaves, unitEdge: 128 })
      for (const share of plan.shares) {
        if (share.units === 0) continue
        const demand = demandOf(share.grids, product, { blockEdge, memoryBytes: Number.POSITIVE_INFINITY })
        const blocks = new Map<string, number>()
        let largest = 0
        let elements = 0
        for (const { slave, tile } of unitsOf(plan)) {
          if (slave !== share.slave) continue
          const unit = unitOf(product, tile, blockEdge)
          const pieces = [...unitSteps(unit).flatMap(({ a, b }) => [...a, ...b]), ...addedPieces(unit)]
          for (const { key, blockBytes } of pieces) blocks.set(key, blockBytes)
          largest = Math.max(largest, unitBytes(unit))
          elements += tile.rows * tile.columns
        }
        const bytes = [...blocks.values()].reduce((sum, one) => sum + one, 0)
        if (demand.fetchBytes !== bytes)
          throw new Error(`${demand.fetchBytes} bytes, but ${bytes} are fetched`)
        if (demand.sendBytes !== 8 * elements || demand.flops !== 2 * elements * k) throw new Error('tiles')
        // The largest height and the largest width need not be one unit's.
        if (demand.unitBytes < largest * (1 - 1e-9)) throw new Error(`${demand.unitBytes} for ${largest}`)
        if (demand.unitBytes > largest * 1.6) throw new Error(`${demand.unitBytes}, ${largest} would do`)
      }
      return true
    }),
    { seed: 11, numRuns: 200 },
  )
  t.pass('200 plans')
})

t.test('with little memory, blocks are fetched again', async t => {
  const product = productOf({
    a: { name: 'A', dtype: 'float32', shape: [1024, 1024] },
    b: { name: 'B', dtype: 'float32', shape: [1024, 1024] },
    transA: false,
    transB: false,
    alpha: 1,
    beta: 0,
  })
  const edges = [0, 256, 512, 768, 1024]
  const grid = { rowEdges: edges, columnEdges: edges, depthEdges: [0, 1024], firstLayer: 0 }
  const fetched = (memoryBytes: number) =>
    demandOf([grid], product, { blockEdge: 256, memoryBytes }).fetchBytes
  const matrix = 1024 ** 2 * 4
  t.equal(fetched(Number.POSITIVE_INFINITY), 2 * matrix)
  t.equal(fetched(matrix), matrix + 4 * matrix, "a row of A's blocks stays, B comes anew for each")
  t.equal(fetched(matrix / 4), 8 * matrix, 'every unit fetches all of its own')
})
