/** In which order a chain of matrices is multiplied with the fewest operations. */
import { GemmeshError } from '../errors.ts'
import type { Shape } from './matrix.ts'

/** A matrix of the chain, by its place from 0, or the product of two parts. */
export type ChainTree = number | readonly [left: ChainTree, right: ChainTree]

export interface ChainOrder {
  readonly tree: ChainTree
  /** As one would write it, the matrices numbered from 1: `((A1*A2)*A3)`. */
  readonly text: string
  /** Additions and multiplications: 2*m*n*k for each product. */
  readonly operations: number
}

/** The search takes the cube of the chain's length; this many matrices take a tenth of a second. */
export const chainLimit = 500

/**
 * The cheapest order, by dynamic programming over all parts of the chain (Cormen, Leiserson, Rivest and Stein,
 * "Introduction to Algorithms", 14.2). GEMMESH_USAGE for no matrices or more than `chainLimit`, GEMMESH_SHAPE_MISMATCH where
 * neighbours do not fit.
 */
export function chainOrder(shapes: readonly Shape[]): ChainOrder {
  const count = shapes.length
  if (count < 1 || count > chainLimit) {
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `The chain has ${count} matrices; it can have from 1 to ${chainLimit}. Multiply a longer one in parts.`,
    )
  }
  const edges = edgesOf(shapes)
  // Row by row: the part from matrix i to matrix j, both included, is at i * count + j.
  const costs = new Float64Array(count * count)
  const splits = new Uint16Array(count * count)
  for (let length = 2; length <= count; length++) {
    for (let first = 0; first + length <= count; first++) {
      const last = first + length - 1
      const outer = 2 * valueAt(edges, first) * valueAt(edges, last + 1)
      let least = Number.POSITIVE_INFINITY
      for (let split = first; split < last; split++) {
        const parts = valueAt(costs, first * count + split) + valueAt(costs, (split + 1) * count + last)
        const cost = parts + outer * valueAt(edges, split + 1)
        if (cost >= least) continue
        least = cost
        splits[first * count + last] = split
      }
      costs[first * count + last] = least
    }
  }
  const treeOf = (first: number, last: number): ChainTree => {
    if (first === last) return first
    const split = valueAt(splits, first * count + last)
    return [treeOf(first, split), treeOf(split + 1, last)]
  }
  const tree = treeOf(0, count - 1)
  return { tree, text: textOf(tree), operations: valueAt(costs, count - 1) }
}

/** Rows of each matrix, and the columns of the last: one more than there are matrices. */
function edgesOf(shapes: readonly Shape[]): Float64Array {
  const edges = new Float64Array(shapes.length + 1)
  for (const [index, [rows, columns]] of shapes.entries()) {
    const inner = edges[index]
    if (index > 0 && inner !== rows) {
      const before = shapes[index - 1]?.join('x')
      throw new GemmeshError(
        'GEMMESH_SHAPE_MISMATCH',
        `Matrix ${index + 1} of the chain is ${rows}x${columns} but matrix ${index} is ${before}: ` +
          `the inner dimensions (${inner}, ${rows}) differ. Transpose one, or put them in another order.`,
      )
    }
    edges[index] = rows
    edges[index + 1] = columns
  }
  return edges
}

/** Every index above is within its array. */
const valueAt = (values: Float64Array | Uint16Array, index: number): number => values[index] ?? Number.NaN

const textOf = (tree: ChainTree): string =>
  typeof tree === 'number' ? `A${tree + 1}` : `(${textOf(tree[0])}*${textOf(tree[1])})`
