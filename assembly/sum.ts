import { termAt } from './term'

/**
 * target = the signed sum of the `count` terms of `table`, rows x columns, row by row without looking at it before. The
 * elements of a row are adjacent, in the terms and in the target; strides from row to row are in elements. The terms are
 * added in their order, each addition rounded.
 */
export function sum<T>(
  rows: i32,
  columns: i32,
  table: usize,
  count: i32,
  rowStride: i32,
  target: usize,
  targetStride: i32,
): void {
  const rowBytes = <usize>rowStride * sizeof<T>()
  const targetBytes = <usize>targetStride * sizeof<T>()
  const whole = count > 1 ? wholeRows(rows, columns, table) : 0
  if (whole > 0) addPair<T>(whole, columns, table, rowBytes, target, targetBytes)
  for (let i = whole; i < rows; ++i)
    memory.fill(target + <usize>i * targetBytes, 0, <usize>columns * sizeof<T>())
  for (let index: i32 = 0; index < count; ++index) {
    const term = termAt(table, index)
    for (let i: i32 = index < 2 ? whole : 0; i < min(rows, term.rows); ++i) {
      const at = <usize>i
      addRow<T>(min(columns, term.columns), term.offset + at * rowBytes, term.sign, target + at * targetBytes)
    }
  }
}

/** The rows that the first two terms have all columns of. */
function wholeRows(rows: i32, columns: i32, table: usize): i32 {
  const first = termAt(table, 0)
  const second = termAt(table, 1)
  return min(first.columns, second.columns) < columns ? 0 : min(rows, min(first.rows, second.rows))
}

/** Rows that are gone through together: with two terms as many streams as a core's prefetcher follows. */
const rowsAtOnce: i32 = 4
/** Of a row, a cache line at a time. */
const lineBytes: usize = 64

/** The first two terms into the target, some rows along all columns at a time. */
function addPair<T>(
  rows: i32,
  columns: i32,
  table: usize,
  rowBytes: usize,
  target: usize,
  targetBytes: usize,
): void {
  const first = termAt(table, 0)
  const second = termAt(table, 1)
  const xs = v128.splat<T>(<T>first.sign)
  const ys = v128.splat<T>(<T>second.sign)
  const bytes = <usize>columns * sizeof<T>()
  const whole = bytes & ~(lineBytes - 1)
  for (let i: i32 = 0; i < rows; i += rowsAtOnce) {
    const some = min(rowsAtOnce, rows - i)
    const x = first.offset + <usize>i * rowBytes
    const y = second.offset + <usize>i * rowBytes
    const to = target + <usize>i * targetBytes
    for (let at: usize = 0; at < whole; at += lineBytes) {
      for (let row: usize = 0; row < <usize>some; ++row) {
        addLine<T>(x + row * rowBytes + at, xs, y + row * rowBytes + at, ys, to + row * targetBytes + at)
      }
    }
    for (let row: usize = 0; row < <usize>some; ++row) {
      for (let at = whole; at < bytes; at += sizeof<T>()) {
        const sum =
          load<T>(x + row * rowBytes + at) * <T>first.sign + load<T>(y + row * rowBytes + at) * <T>second.sign
        store<T>(to + row * targetBytes + at, sum)
      }
    }
  }
}

/** Vectors go in pairs, all loads before the stores, so that the revectorizer makes one of two. */
function addLine<T>(x: usize, xs: v128, y: usize, ys: v128, target: usize): void {
  const v0 = v128.add<T>(v128.mul<T>(v128.load(x), xs), v128.mul<T>(v128.load(y), ys))
  const v1 = v128.add<T>(v128.mul<T>(v128.load(x, 16), xs), v128.mul<T>(v128.load(y, 16), ys))
  v128.store(target, v0)
  v128.store(target, v1, 16)
  const v2 = v128.add<T>(v128.mul<T>(v128.load(x, 32), xs), v128.mul<T>(v128.load(y, 32), ys))
  const v3 = v128.add<T>(v128.mul<T>(v128.load(x, 48), xs), v128.mul<T>(v128.load(y, 48), ys))
  v128.store(target, v2, 32)
  v128.store(target, v3, 48)
}

/** target += sign * x */
function addRow<T>(n: i32, x: usize, sign: i32, target: usize): void {
  const signs = v128.splat<T>(<T>sign)
  const end = target + <usize>n * sizeof<T>()
  for (; target + 32 <= end; target += 32) {
    const low = v128.add<T>(v128.load(target), v128.mul<T>(v128.load(x), signs))
    const high = v128.add<T>(v128.load(target, 16), v128.mul<T>(v128.load(x, 16), signs))
    v128.store(target, low)
    v128.store(target, high, 16)
    x += 32
  }
  for (; target < end; target += sizeof<T>()) {
    store<T>(target, load<T>(target) + load<T>(x) * <T>sign)
    x += sizeof<T>()
  }
}
