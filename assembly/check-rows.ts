import { Fourth, Nothing, Squares, Weights } from './check-fourth'
import { blockColumns, Reals, rowsAtOnce, widen } from './check-reals'

/** Of a scratch: the sums of two rows; what is widened follows. */
const sumsBytes: usize = 256

/** y[v][row] += the sum over the columns of m[row][column] * x[v][column]. */
export function rowsOfReals<T>(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
  scratch: usize,
  fourth: Fourth,
): void {
  const rowBytes = <usize>stride * sizeof<T>()
  const xBytes = <usize>xStride * sizeof<f64>()
  const yBytes = <usize>yStride * sizeof<f64>()
  for (let column: i32 = 0; column < columns; column += blockColumns) {
    const some = min(blockColumns, columns - column)
    const from = x + <usize>column * sizeof<f64>()
    let block = m + <usize>column * sizeof<T>()
    for (let row: i32 = 0; row < rows; row += rowsAtOnce) {
      const count = min(rowsAtOnce, rows - row)
      const copy = scratch + sumsBytes
      const elements = widen<T>(count, some, block, rowBytes, copy)
      const bytes = elements == copy ? <usize>blockColumns * sizeof<f64>() : rowBytes
      const to = y + <usize>row * sizeof<f64>()
      if (fourth == Fourth.squares)
        someRows<Squares>(count, some, elements, bytes, from, xBytes, to, yBytes, scratch)
      else if (fourth == Fourth.weights)
        someRows<Weights>(count, some, elements, bytes, from, xBytes, to, yBytes, scratch)
      else someRows<Nothing>(count, some, elements, bytes, from, xBytes, to, yBytes, scratch)
      block += <usize>rowsAtOnce * rowBytes
    }
  }
}

/** Some rows of a block of columns, float64; `F`: what the fourth sum is. */
function someRows<F>(
  rows: i32,
  columns: i32,
  m: usize,
  rowBytes: usize,
  x: usize,
  xBytes: usize,
  y: usize,
  yBytes: usize,
  scratch: usize,
): void {
  for (let row: i32 = 0; row < rows; row += 2) {
    // A last row without another one is taken twice, and counted once.
    const isPair = row + 1 < rows
    const n = isPair ? m + rowBytes : m
    twoRows<F>(columns, m, n, x, xBytes, scratch)
    addRow<F>(columns, m, x, xBytes, y, yBytes, scratch)
    if (isPair) addRow<F>(columns, n, x, xBytes, y + sizeof<f64>(), yBytes, scratch + 32)
    m += 2 * rowBytes
    y += 2 * sizeof<f64>()
  }
}

/**
 * Of two rows, so that what is loaded of the vectors serves both: their sums, in four lanes each, to `scratch`. For the
 * revectorizer registers stand in pairs, and go to adjacent memory, all of them before anything is read from there.
 */
function twoRows<F>(columns: i32, m: usize, n: usize, x: usize, xBytes: usize, scratch: usize): void {
  const x1 = x + xBytes
  const x2 = x1 + xBytes
  const x3 = x2 + xBytes
  let p0 = f64x2.splat(0)
  let p1 = p0
  let p2 = p0
  let p3 = p0
  let q0 = p0
  let q1 = p0
  let q2 = p0
  let q3 = p0
  let r0 = p0
  let r1 = p0
  let r2 = p0
  let r3 = p0
  let s0 = p0
  let s1 = p0
  let s2 = p0
  let s3 = p0
  const whole = columns & ~3
  const end = <usize>whole * sizeof<f64>()
  for (let at: usize = 0; at < end; at += 32) {
    const a = v128.load(m + at)
    const b = v128.load(m + at, 16)
    const c = v128.load(n + at)
    const d = v128.load(n + at, 16)
    const u0 = v128.load(x + at)
    const v0 = v128.load(x + at, 16)
    p0 = f64x2.add(p0, f64x2.mul(a, u0))
    q0 = f64x2.add(q0, f64x2.mul(b, v0))
    r0 = f64x2.add(r0, f64x2.mul(c, u0))
    s0 = f64x2.add(s0, f64x2.mul(d, v0))
    const u1 = v128.load(x1 + at)
    const v1 = v128.load(x1 + at, 16)
    p1 = f64x2.add(p1, f64x2.mul(a, u1))
    q1 = f64x2.add(q1, f64x2.mul(b, v1))
    r1 = f64x2.add(r1, f64x2.mul(c, u1))
    s1 = f64x2.add(s1, f64x2.mul(d, v1))
    const u2 = v128.load(x2 + at)
    const v2 = v128.load(x2 + at, 16)
    p2 = f64x2.add(p2, f64x2.mul(a, u2))
    q2 = f64x2.add(q2, f64x2.mul(b, v2))
    r2 = f64x2.add(r2, f64x2.mul(c, u2))
    s2 = f64x2.add(s2, f64x2.mul(d, v2))
    if (changetype<F>(0).fourth == Fourth.squares) {
      p3 = f64x2.add(p3, f64x2.mul(a, a))
      q3 = f64x2.add(q3, f64x2.mul(b, b))
      r3 = f64x2.add(r3, f64x2.mul(c, c))
      s3 = f64x2.add(s3, f64x2.mul(d, d))
    }
    if (changetype<F>(0).fourth == Fourth.weights) {
      const u3 = v128.load(x3 + at)
      const v3 = v128.load(x3 + at, 16)
      p3 = f64x2.add(p3, f64x2.mul(f64x2.abs(a), u3))
      q3 = f64x2.add(q3, f64x2.mul(f64x2.abs(b), v3))
      r3 = f64x2.add(r3, f64x2.mul(f64x2.abs(c), u3))
      s3 = f64x2.add(s3, f64x2.mul(f64x2.abs(d), v3))
    }
  }
  v128.store(scratch, p0, 0)
  v128.store(scratch, q0, 16)
  v128.store(scratch, r0, 32)
  v128.store(scratch, s0, 48)
  v128.store(scratch, p1, 64)
  v128.store(scratch, q1, 80)
  v128.store(scratch, r1, 96)
  v128.store(scratch, s1, 112)
  v128.store(scratch, p2, 128)
  v128.store(scratch, q2, 144)
  v128.store(scratch, r2, 160)
  v128.store(scratch, s2, 176)
  v128.store(scratch, p3, 192)
  v128.store(scratch, q3, 208)
  v128.store(scratch, r3, 224)
  v128.store(scratch, s3, 240)
}

/** The lanes of one row's sums, and what is left of its columns. */
function addRow<F>(
  columns: i32,
  m: usize,
  x: usize,
  xBytes: usize,
  y: usize,
  yBytes: usize,
  lanes: usize,
): void {
  Reals.add(y, lanes)
  Reals.add(y + yBytes, lanes + 64)
  Reals.add(y + 2 * yBytes, lanes + 128)
  if (changetype<F>(0).fourth != Fourth.none) Reals.add(y + 3 * yBytes, lanes + 192)
  const whole = columns & ~3
  if (whole < columns) rest<F>(whole, columns, m, x, xBytes, y, yBytes)
}

/** The last columns of a block, fewer than four, from column `first` on. */
function rest<F>(first: i32, columns: i32, m: usize, x: usize, xBytes: usize, y: usize, yBytes: usize): void {
  for (let column = first; column < columns; ++column) {
    const a = load<f64>(m + <usize>column * sizeof<f64>())
    const from = x + <usize>column * sizeof<f64>()
    store<f64>(y, load<f64>(y) + a * load<f64>(from))
    store<f64>(y + yBytes, load<f64>(y + yBytes) + a * load<f64>(from + xBytes))
    store<f64>(y + 2 * yBytes, load<f64>(y + 2 * yBytes) + a * load<f64>(from + 2 * xBytes))
    const last = y + 3 * yBytes
    if (changetype<F>(0).fourth == Fourth.squares) store<f64>(last, load<f64>(last) + a * a)
    if (changetype<F>(0).fourth == Fourth.weights)
      store<f64>(last, load<f64>(last) + abs(a) * load<f64>(from + 3 * xBytes))
  }
}
