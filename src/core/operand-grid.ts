/** The blocks that operands travel in. */
import { BlockGrid, type Shape } from './matrix.ts'
import type { Product, StoredOperand } from './product.ts'

/**
 * The grid an operand travels in, from its stored shape and the configured edge alone: every node and every job derives
 * the same blocks from the same matrix. A matrix thinner than the edge gets longer blocks, so that a vector of a million
 * elements is a few blocks of full size, not thousands of short ones; lengths are the edge times a power of two, so that
 * the blocks of two operands nest along the inner dimension.
 */
export function operandGrid(shape: Shape, edge: number): BlockGrid {
  const [rows, columns] = shape
  return new BlockGrid(shape, lengthened(edge, columns), lengthened(edge, rows))
}

/** Of k, how much slaves multiply at a time: block by block of both operands, whose blocks nest. */
export function gridDepth({ a, b }: Product, edge: number): number {
  const depth = ({ stored, transposed }: StoredOperand, isA: boolean): number => {
    const { blockRows, blockColumns } = operandGrid(stored, edge)
    return isA === transposed ? blockRows : blockColumns
  }
  return Math.min(depth(a, true), depth(b, false))
}

/** The edge of a block, where the matrix has only `across` elements in the other direction. */
function lengthened(edge: number, across: number): number {
  let length = edge
  for (let width = across; width > 0 && width * 2 <= edge; width *= 2) length *= 2
  return length
}
