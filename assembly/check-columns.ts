import { Fourth, Nothing, Squares, Weights } from './check-fourth'
import { blockColumns, Reals, rowsAtOnce, widen } from './check-reals'

/** Rows that are summed up before they go to y, so that few roundings stand one after the other. */
const blockRows: i32 = 64

/** y[v][column] += the sum over the rows of m[row][column] * x[v][row]. */
export function columnsOfReals<T>(
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
  const scratchBytes = <usize>blockColumns * sizeof<f64>()
  const vectors: i32 = fourth == Fourth.none ? 3 : 4
  for (let row: i32 = 0; row < rows; row += blockRows) {
    const end = min(rows, row + blockRows)
    for (let column: i32 = 0; column < columns; column += blockColumns) {
      const some = min(blockColumns, columns - column)
      const block = m + <usize>column * sizeof<T>()
      memory.fill(scratch, 0, 4 * scratchBytes)
      for (let first = row; first < end; first += rowsAtOnce) {
        const count = min(rowsAtOnce, end - first)
        const copy = scratch + 4 * scratchBytes
        const elements = widen<T>(count, some, block + <usize>first * rowBytes, rowBytes, copy)
        const bytes = elements == copy ? scratchBytes : rowBytes
        const from = x + <usize>first * sizeof<f64>()
        if (fourth == Fourth.squares)
          addRows<Squares>(count, some, elements, bytes, from, xBytes, scratch, scratchBytes)
        else if (fourth == Fourth.weights)
          addRows<Weights>(count, some, elements, bytes, from, xBytes, scratch, scratchBytes)
        else addRows<Nothing>(count, some, elements, bytes, from, xBytes, scratch, scratchBytes)
      }
      for (let vector: i32 = 0; vector < vectors; ++vector) {
        const from = scratch + <usize>vector * scratchBytes
        addSums(some, from, y + <usize>vector * yBytes + <usize>column * sizeof<f64>())
      }
    }
  }
}

/** A few rows of float64 into the sums of a block; `F`: what the fourth sum is. */
function addRows<F>(
  rows: i32,
  columns: i32,
  m: usize,
  rowBytes: usize,
  x: usize,
  xBytes: usize,
  y: usize,
  yBytes: usize,
): void {
  const x1 = x + xBytes
  const x2 = x1 + xBytes
  const x3 = x2 + xBytes
  const length = <usize>rows * sizeof<f64>()
  const whole = columns & ~3
  for (let column: i32 = 0; column < whole; column += 4) {
    let p0 = f64x2.splat(0)
    let p1 = p0
    let p2 = p0
    let p3 = p0
    let q0 = p0
    let q1 = p0
    let q2 = p0
    let q3 = p0
    let from = m + <usize>column * sizeof<f64>()
    for (let at: usize = 0; at < length; at += sizeof<f64>()) {
      const a = v128.load(from)
      const b = v128.load(from, 16)
      const u0 = v128.load64_splat(x + at)
      p0 = f64x2.add(p0, f64x2.mul(a, u0))
      q0 = f64x2.add(q0, f64x2.mul(b, u0))
      const u1 = v128.load64_splat(x1 + at)
      p1 = f64x2.add(p1, f64x2.mul(a, u1))
      q1 = f64x2.add(q1, f64x2.mul(b, u1))
      const u2 = v128.load64_splat(x2 + at)
      p2 = f64x2.add(p2, f64x2.mul(a, u2))
      q2 = f64x2.add(q2, f64x2.mul(b, u2))
      if (changetype<F>(0).fourth == Fourth.squares) {
        p3 = f64x2.add(p3, f64x2.mul(a, a))
        q3 = f64x2.add(q3, f64x2.mul(b, b))
      }
      if (changetype<F>(0).fourth == Fourth.weights) {
        const u3 = v128.load64_splat(x3 + at)
        p3 = f64x2.add(p3, f64x2.mul(f64x2.abs(a), u3))
        q3 = f64x2.add(q3, f64x2.mul(f64x2.abs(b), u3))
      }
      from += rowBytes
    }
    const to = y + <usize>column * sizeof<f64>()
    Reals.addPair(to, p0, q0)
    Reals.addPair(to + yBytes, p1, q1)
    Reals.addPair(to + 2 * yBytes, p2, q2)
    if (changetype<F>(0).fourth != Fourth.none) Reals.addPair(to + 3 * yBytes, p3, q3)
  }
  for (let column = whole; column < columns; ++column) {
    const to = y + <usize>column * sizeof<f64>()
    let from = m + <usize>column * sizeof<f64>()
    for (let at: usize = 0; at < length; at += sizeof<f64>()) {
      const a = load<f64>(from)
      store<f64>(to, load<f64>(to) + a * load<f64>(x + at))
      store<f64>(to + yBytes, load<f64>(to + yBytes) + a * load<f64>(x1 + at))
      store<f64>(to + 2 * yBytes, load<f64>(to + 2 * yBytes) + a * load<f64>(x2 + at))
      const last = to + 3 * yBytes
      if (changetype<F>(0).fourth == Fourth.squares) store<f64>(last, load<f64>(last) + a * a)
      if (changetype<F>(0).fourth == Fourth.weights)
        store<f64>(last, load<f64>(last) + abs(a) * load<f64>(x3 + at))
      from += rowBytes
    }
  }
}

/** y += the sums of a block. */
function addSums(n: i32, from: usize, y: usize): void {
  for (let index: i32 = 0; index < n; ++index) {
    store<f64>(y, load<f64>(y) + load<f64>(from))
    from += sizeof<f64>()
    y += sizeof<f64>()
  }
}
