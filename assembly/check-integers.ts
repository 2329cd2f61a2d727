/**
 * Vectors that are gone through together. There are twice as many: with eight, sums and what they are made of have more registers than
 * there are, and a block of the matrix stays in the L1 cache from the first four to the others.
 */
const together: i32 = 4
/** Columns of a block: what vectors, or sums, hold of it, 8 KiB, and some rows of the matrix, 2 KiB each, stay in the L1 cache. */
const blockColumns: i32 = 512
/** Rows that are read side by side: as many streams as a core's prefetcher follows, and as the L1 cache has ways. */
const rowsAtOnce: i32 = 8

/** y[v][row] += the sum over the columns of m[row][column] * x[v][column], modulo 2^32. */
export function rowsOfIntegers(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
): void {
  const rowBytes = <usize>stride * 4
  const xBytes = <usize>xStride * 4
  const yBytes = <usize>yStride * 4
  for (let column: i32 = 0; column < columns; column += blockColumns) {
    const some = min(blockColumns, columns - column)
    const from = x + <usize>column * 4
    let block = m + <usize>column * 4
    let to = y
    for (let row: i32 = 0; row < rows; ++row) {
      addRow(some, block, from, xBytes, to, yBytes)
      addRow(some, block, from + together * xBytes, xBytes, to + together * yBytes, yBytes)
      block += rowBytes
      to += 4
    }
  }
}

/** A row of a block into four sums. */
function addRow(columns: i32, m: usize, x: usize, xBytes: usize, y: usize, yBytes: usize): void {
  const x1 = x + xBytes
  const x2 = x1 + xBytes
  const x3 = x2 + xBytes
  let p0 = i32x4.splat(0)
  let p1 = p0
  let p2 = p0
  let p3 = p0
  let q0 = p0
  let q1 = p0
  let q2 = p0
  let q3 = p0
  const whole = columns & ~7
  const end = <usize>whole * 4
  for (let at: usize = 0; at < end; at += 32) {
    const a = v128.load(m + at)
    const b = v128.load(m + at, 16)
    p0 = i32x4.add(p0, i32x4.mul(a, v128.load(x + at)))
    q0 = i32x4.add(q0, i32x4.mul(b, v128.load(x + at, 16)))
    p1 = i32x4.add(p1, i32x4.mul(a, v128.load(x1 + at)))
    q1 = i32x4.add(q1, i32x4.mul(b, v128.load(x1 + at, 16)))
    p2 = i32x4.add(p2, i32x4.mul(a, v128.load(x2 + at)))
    q2 = i32x4.add(q2, i32x4.mul(b, v128.load(x2 + at, 16)))
    p3 = i32x4.add(p3, i32x4.mul(a, v128.load(x3 + at)))
    q3 = i32x4.add(q3, i32x4.mul(b, v128.load(x3 + at, 16)))
  }
  Integers.add(y, p0, q0)
  Integers.add(y + yBytes, p1, q1)
  Integers.add(y + 2 * yBytes, p2, q2)
  Integers.add(y + 3 * yBytes, p3, q3)
  for (let column = whole; column < columns; ++column) {
    const at = <usize>column * 4
    Integers.addProducts(load<i32>(m + at), x + at, xBytes, y, yBytes)
  }
}

/** y[v][column] += the sum over the rows of m[row][column] * x[v][row], modulo 2^32. */
export function columnsOfIntegers(
  rows: i32,
  columns: i32,
  m: usize,
  stride: i32,
  x: usize,
  xStride: i32,
  y: usize,
  yStride: i32,
): void {
  const rowBytes = <usize>stride * 4
  const xBytes = <usize>xStride * 4
  const yBytes = <usize>yStride * 4
  for (let column: i32 = 0; column < columns; column += blockColumns) {
    const some = min(blockColumns, columns - column)
    const to = y + <usize>column * 4
    let block = m + <usize>column * 4
    let from = x
    for (let row: i32 = 0; row < rows; row += rowsAtOnce) {
      const count = min(rowsAtOnce, rows - row)
      addRows(count, some, block, rowBytes, from, xBytes, to, yBytes)
      addRows(count, some, block, rowBytes, from + together * xBytes, xBytes, to + together * yBytes, yBytes)
      block += rowsAtOnce * rowBytes
      from += rowsAtOnce * 4
    }
  }
}

/** A few rows into four of the sums of a block. */
function addRows(
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
  const length = <usize>rows * 4
  const whole = columns & ~7
  for (let column: i32 = 0; column < whole; column += 8) {
    let p0 = i32x4.splat(0)
    let p1 = p0
    let p2 = p0
    let p3 = p0
    let q0 = p0
    let q1 = p0
    let q2 = p0
    let q3 = p0
    let from = m + <usize>column * 4
    for (let at: usize = 0; at < length; at += 4) {
      const a = v128.load(from)
      const b = v128.load(from, 16)
      const u0 = v128.load32_splat(x + at)
      p0 = i32x4.add(p0, i32x4.mul(a, u0))
      q0 = i32x4.add(q0, i32x4.mul(b, u0))
      const u1 = v128.load32_splat(x1 + at)
      p1 = i32x4.add(p1, i32x4.mul(a, u1))
      q1 = i32x4.add(q1, i32x4.mul(b, u1))
      const u2 = v128.load32_splat(x2 + at)
      p2 = i32x4.add(p2, i32x4.mul(a, u2))
      q2 = i32x4.add(q2, i32x4.mul(b, u2))
      const u3 = v128.load32_splat(x3 + at)
      p3 = i32x4.add(p3, i32x4.mul(a, u3))
      q3 = i32x4.add(q3, i32x4.mul(b, u3))
      from += rowBytes
    }
    const to = y + <usize>column * 4
    Integers.addPair(to, p0, q0)
    Integers.addPair(to + yBytes, p1, q1)
    Integers.addPair(to + 2 * yBytes, p2, q2)
    Integers.addPair(to + 3 * yBytes, p3, q3)
  }
  for (let column = whole; column < columns; ++column) {
    let from = m + <usize>column * 4
    for (let at: usize = 0; at < length; at += 4) {
      Integers.addProducts(load<i32>(from), x + at, xBytes, y + <usize>column * 4, yBytes)
      from += rowBytes
    }
  }
}

/** Sums to memory. A class, because only methods can be told to be inlined. */
@unmanaged
@final
class Integers {
  /** Adds eight sums to a number. */
  @inline static add(at: usize, p: v128, q: v128): void {
    let sum = i32x4.add(p, q)
    sum = i32x4.add(sum, v128.shuffle<u64>(sum, sum, 1, 0))
    sum = i32x4.add(sum, v128.shuffle<u32>(sum, sum, 1, 0, 3, 2))
    store<i32>(at, load<i32>(at) + i32x4.extract_lane(sum, 0))
  }

  /** Adds an element times a number of each of four vectors to a number each. */
  @inline static addProducts(element: i32, x: usize, xBytes: usize, y: usize, yBytes: usize): void {
    for (let vector: i32 = 0; vector < together; ++vector) {
      store<i32>(y, load<i32>(y) + element * load<i32>(x))
      x += xBytes
      y += yBytes
    }
  }

  /** Adds eight numbers to those in memory. */
  @inline static addPair(at: usize, p: v128, q: v128): void {
    const low = i32x4.add(v128.load(at), p)
    const high = i32x4.add(v128.load(at, 16), q)
    v128.store(at, low)
    v128.store(at, high, 16)
  }
}
