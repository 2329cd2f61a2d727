/** Blocks of a matrix in an arena that are added up, or that a product is added to. */
import { bytesPerElement, type Dtype } from '../core/matrix.ts'
import type { View } from './task.ts'

/** int32 and the semirings have no sums of blocks. */
export type FloatDtype = Exclude<Dtype, 'int32'>

export const isFloat = (dtype: Dtype): dtype is FloatDtype => dtype !== 'int32'

/** A block at `offset` bytes with the strides of its sum; of its rows and columns, what there is: beyond, it is zero. */
export interface Term {
  readonly offset: number
  readonly rows: number
  readonly columns: number
  readonly sign: 1 | -1
}

/** A term that a product is added to, after what it holds was multiplied by beta. */
export interface Target extends Term {
  readonly beta: number
}

/** Terms of the same strides, in elements. */
export interface Sum<T extends Term = Term> {
  readonly terms: readonly T[]
  readonly rowStride: number
  readonly columnStride: number
}

/** alpha * (sum of a) * (sum of b), added to each target of c: a is m x k, b k x n, the targets m x n. */
export interface SumProduct {
  readonly dtype: FloatDtype
  readonly m: number
  readonly n: number
  readonly k: number
  readonly alpha: number
  /** Of the targets that are multiplied before, all the same. */
  readonly beta: number
  readonly a: Sum
  readonly b: Sum
  /** Rows are contiguous. */
  readonly c: Sum<Target>
}

/** A rectangle of every term, in elements of the whole one. */
export interface Extent {
  readonly row: number
  readonly column: number
  readonly rows: number
  readonly columns: number
}

/** What the rectangle has of each term; without those that it has nothing of. */
export function within<T extends Term>(
  dtype: Dtype,
  { terms, rowStride, columnStride }: Sum<T>,
  { row, column, rows, columns }: Extent,
): T[] {
  const at = (row * rowStride + column * columnStride) * bytesPerElement[dtype]
  return terms
    .map(term => ({
      ...term,
      offset: term.offset + at,
      rows: Math.min(rows, term.rows - row),
      columns: Math.min(columns, term.columns - column),
    }))
    .filter(term => term.rows > 0 && term.columns > 0)
}

/** The terms of the transposed sum. */
export const transposedTerms = (terms: readonly Term[]): Term[] =>
  terms.map(term => ({ ...term, rows: term.columns, columns: term.rows }))

/** Where the sum is where it needs no computing: one whole term, that is not subtracted. */
export function asView(
  terms: readonly Term[],
  { rows, columns }: Extent,
  { rowStride, columnStride }: Sum,
): View | undefined {
  const [term, another] = terms
  if (term === undefined || another !== undefined) return undefined
  if (term.sign !== 1 || term.rows < rows || term.columns < columns) return undefined
  return { offset: term.offset, rowStride, columnStride }
}
