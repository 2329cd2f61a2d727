/**
 * The checker: products of a matrix with a few vectors at once, for verification (docs/VERIFICATION.md). Matrices of float32 and
 * float64 with three vectors of float64, summed up in float64; those of int32 with eight, modulo 2^32. A fourth sum of floats
 * is that of the squares of the elements, or of their magnitudes times a fourth vector.
 *
 *   rows_*     y[v][row]    += the sum over the columns of m[row][column] * x[v][column]
 *   columns_*  y[v][column] += the sum over the rows    of m[row][column] * x[v][row]
 *
 * A row's elements are adjacent; strides from row to row, from vector to vector (x) and from sum to sum (y) are in elements.
 * Nothing overlaps. `scratch`: 24.25 KiB that nobody else uses. The order of additions is part of the contract, as the errors of floats are bounded by the longest chain
 * of them: `sumChain` of src/core/verify/bounds.ts.
 */
import { columnsOfReals } from './check-columns'
import { Nothing, Squares, Weights } from './check-fourth'
import { columnsOfIntegers, rowsOfIntegers } from './check-integers'
import { rowsOfReals } from './check-rows'

/** Grows when an export changes its meaning; src/kernel/checker.ts refuses one that it does not know. */
export const abi: i32 = 1

export function rows_float32_none(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  rowsOfReals<f32, Nothing>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function columns_float32_none(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  columnsOfReals<f32, Nothing>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function rows_float32_squares(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  rowsOfReals<f32, Squares>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function columns_float32_squares(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  columnsOfReals<f32, Squares>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function rows_float32_weights(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  rowsOfReals<f32, Weights>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function columns_float32_weights(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  columnsOfReals<f32, Weights>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function rows_float64_none(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  rowsOfReals<f64, Nothing>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function columns_float64_none(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  columnsOfReals<f64, Nothing>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function rows_float64_squares(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  rowsOfReals<f64, Squares>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function columns_float64_squares(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  columnsOfReals<f64, Squares>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function rows_float64_weights(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  rowsOfReals<f64, Weights>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
}

export function columns_float64_weights(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
): void {
  columnsOfReals<f64, Weights>(rows, columns, m, stride, x, xStride, y, yStride, scratch)
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
