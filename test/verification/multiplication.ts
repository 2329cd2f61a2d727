/** A product in memory, cut into units: its references, and checks of tiles against them. */
import type { Interval, Rectangle } from '../../src/core/geometry.ts'
import { bytesPerElement, type Dtype, type Matrix } from '../../src/core/matrix.ts'
import { gridDepth } from '../../src/core/operand-grid.ts'
import { type Product, productOf } from '../../src/core/product.ts'
import type { Semiring } from '../../src/core/semiring.ts'
import type { UnitReference } from '../../src/core/verify/reference.ts'
import type { TileVerdict } from '../../src/core/verify/verdict.ts'
import { TileCheck } from '../../src/verification/checks/tile-check.ts'
import { TileVectors } from '../../src/verification/checks/tile-vectors.ts'
import {
  makeReferences,
  type ReadOperand,
  type ReferenceUnit,
} from '../../src/verification/references/references.ts'

export interface Multiplication {
  readonly a: Matrix
  readonly b: Matrix
  readonly added?: Matrix | undefined
  readonly transA?: boolean
  readonly transB?: boolean
  readonly alpha?: number
  readonly beta?: number
  readonly semiring?: Semiring
  readonly reproducible?: boolean
  readonly blockEdge?: number
}

export const seed = Uint8Array.from({ length: 16 }, (_, index) => 17 * index + 3)

export function productFor({ a, b, added, ...options }: Multiplication): Product {
  const facts = (name: string, { dtype, shape }: Matrix) => ({ name, dtype, shape })
  return productOf({
    a: facts('A', a),
    b: facts('B', b),
    added: added && facts('C', added),
    transA: options.transA ?? false,
    transB: options.transB ?? false,
    alpha: options.alpha ?? 1,
    beta: options.beta ?? (added === undefined ? 0 : 1),
    semiring: options.semiring,
  })
}

/** All references, in the order in which they come. */
export async function referencesOf(
  multiplication: Multiplication,
  units: readonly ReferenceUnit[],
  read: ReadOperand = readerOf(multiplication),
  signal = new AbortController().signal,
): Promise<UnitReference[]> {
  const { added, alpha = 1, semiring = 'plus-times', reproducible = false } = multiplication
  const { beta = added === undefined ? 0 : 1, blockEdge = 1024 } = multiplication
  const product = productFor(multiplication)
  const stepDepth = gridDepth(product, blockEdge)
  const job = { product, semiring, alpha, beta, reproducible, stepDepth, seed }
  const references: UnitReference[] = []
  for await (const reference of makeReferences(job, units, read, signal)) references.push(reference)
  return references
}

/** Reads operands from memory. */
export function readerOf({ a, b, added }: Multiplication): ReadOperand {
  return async (operand, { row, column, rows, columns }, target) => {
    const matrix = operand === 'a' ? a : operand === 'b' ? b : added
    if (matrix === undefined) throw new Error('there is no added matrix')
    const size = bytesPerElement[matrix.dtype]
    const all = new Uint8Array(matrix.data.buffer, matrix.data.byteOffset, matrix.data.byteLength)
    for (let index = 0; index < rows; index++) {
      const from = ((row + index) * matrix.shape[1] + column) * size
      target.set(all.subarray(from, from + columns * size), index * columns * size)
    }
  }
}

const vectors = new TileVectors()

export function judge(
  dtype: Dtype,
  semiring: Semiring,
  unit: number,
  tile: Rectangle,
  elements: Matrix['data'],
  reference: UnitReference,
  sliceBytes = 65_536,
): TileVerdict {
  const check = new TileCheck({ unit, tile, dtype, semiring, seed }, vectors)
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength)
  for (let at = 0; at < bytes.length; at += sliceBytes) check.data(at, bytes.subarray(at, at + sliceBytes))
  return check.verdict(reference)
}

/** Units of C cut at these rows, columns and places of k, layer by layer. */
export function unitsBetween(
  rowEdges: readonly number[],
  columnEdges: readonly number[],
  depthEdges: readonly number[],
): ReferenceUnit[] {
  const runs = (edges: readonly number[]): Interval[] =>
    edges.slice(1).map((end, index) => ({ start: edges[index] ?? 0, end }))
  const units: ReferenceUnit[] = []
  for (const depth of runs(depthEdges)) {
    for (const rows of runs(rowEdges)) {
      for (const columns of runs(columnEdges)) {
        const tile = {
          row: rows.start,
          column: columns.start,
          rows: rows.end - rows.start,
          columns: columns.end - columns.start,
        }
        units.push({ unit: units.length, tile, depth })
      }
    }
  }
  return units
}
