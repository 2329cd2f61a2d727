/**
 * The checker: products of a matrix with a few vectors at once, for verification (docs/VERIFICATION.md). Matrices of float32 and
 * float64 with three vectors of float64, summed up in float64; those of int32 with eight, modulo 2^32. A fourth sum of floats
 * is none, that of the squares of the elements, or that of their magnitudes times a fourth vector: 0, 1 or 2 as `fourth`.
 *
 *   rows_*     y[v][row]    += the sum over the columns of m[row][column] * x[v][column]
 *   columns_*  y[v][column] += the sum over the rows    of m[row][column] * x[v][row]
 *
 * A row's elements are adjacent; strides from row to row, from vector to vector (x) and from sum to sum (y) are in elements.
 * Nothing overlaps. `scratch`: 24.25 KiB that nobody else uses. The order of additions is part of the contract, as the errors of floats are bounded by the longest chain
 * of them: `sumChain` of src/core/verify/bounds.ts.
 */
import { columnsOfReals } from './check-columns'
import { columnsOfIntegers, rowsOfIntegers } from './check-integers'
import { rowsOfReals } from './check-rows'

/** Grows when an export changes its meaning; src/kernel/checker.ts refuses one that it does not know. */
export const abi: i32 = 2

export function rows_float32(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
  fourth: i32,
): void {
  rowsOfReals<f32>(rows, columns, m, stride, x, xStride, y, yStride, scratch, fourth)
}

export function columns_float32(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
  fourth: i32,
): void {
  columnsOfReals<f32>(rows, columns, m, stride, x, xStride, y, yStride, scratch, fourth)
}

export function rows_float64(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
  fourth: i32,
): void {
  rowsOfReals<f64>(rows, columns, m, stride, x, xStride, y, yStride, scratch, fourth)
}

export function columns_float64(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
  fourth: i32,
): void {
  columnsOfReals<f64>(rows, columns, m, stride, x, xStride, y, yStride, scratch, fourth)
}

export function rows_int32(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
): void {
  rowsOfIntegers(rows, columns, m, stride, x, xStride, y, yStride)
}

export function columns_int32(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
): void {
  columnsOfIntegers(rows, columns, m, stride, x, xStride, y, yStride)
}
