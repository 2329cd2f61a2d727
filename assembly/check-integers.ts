/** Vectors of a product modulo 2^32. */
const vectors: i32 = 8

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
    for (let row: i32 = 0; row < rows; ++row) {
      oneRow(some, block, from, xBytes, y + <usize>row * 4, yBytes)
      block += rowBytes
    }
  }
}

/** Columns of a block: what vectors, or sums, hold of it, 16 KiB, stays in the L1 cache. */
const blockColumns: i32 = 512

function oneRow(columns: i32, m: usize, x: usize, xBytes: usize, y: usize, yBytes: usize): void {
  const x1 = x + xBytes
  const x2 = x1 + xBytes
  const x3 = x2 + xBytes
  const x4 = x3 + xBytes
  const x5 = x4 + xBytes
  const x6 = x5 + xBytes
  const x7 = x6 + xBytes
  let p0 = i32x4.splat(0)
  let p1 = p0
  let p2 = p0
  let p3 = p0
  let p4 = p0
  let p5 = p0
  let p6 = p0
  let p7 = p0
  let q0 = p0
  let q1 = p0
  let q2 = p0
  let q3 = p0
  let q4 = p0
  let q5 = p0
  let q6 = p0
  let q7 = p0
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
    p4 = i32x4.add(p4, i32x4.mul(a, v128.load(x4 + at)))
    q4 = i32x4.add(q4, i32x4.mul(b, v128.load(x4 + at, 16)))
    p5 = i32x4.add(p5, i32x4.mul(a, v128.load(x5 + at)))
    q5 = i32x4.add(q5, i32x4.mul(b, v128.load(x5 + at, 16)))
    p6 = i32x4.add(p6, i32x4.mul(a, v128.load(x6 + at)))
    q6 = i32x4.add(q6, i32x4.mul(b, v128.load(x6 + at, 16)))
    p7 = i32x4.add(p7, i32x4.mul(a, v128.load(x7 + at)))
    q7 = i32x4.add(q7, i32x4.mul(b, v128.load(x7 + at, 16)))
  }
  Integers.add(y, p0, q0)
  Integers.add(y + yBytes, p1, q1)
  Integers.add(y + 2 * yBytes, p2, q2)
  Integers.add(y + 3 * yBytes, p3, q3)
  Integers.add(y + 4 * yBytes, p4, q4)
  Integers.add(y + 5 * yBytes, p5, q5)
  Integers.add(y + 6 * yBytes, p6, q6)
  Integers.add(y + 7 * yBytes, p7, q7)
  for (let column = whole; column < columns; ++column) {
    const a = load<i32>(m + <usize>column * 4)
    let from = x + <usize>column * 4
    let to = y
    for (let vector: i32 = 0; vector < vectors; ++vector) {
      store<i32>(to, load<i32>(to) + a * load<i32>(from))
      from += xBytes
      to += yBytes
    }
  }
}

/** Rows that are read side by side: as many streams as a core's prefetcher follows, and as the L1 cache has ways. */
const rowsAtOnce: i32 = 8

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
  for (let column: i32 = 0; column < columns; column += blockColumns) {
    const some = min(blockColumns, columns - column)
    for (let row: i32 = 0; row < rows; row += rowsAtOnce) {
      addRows(
        min(rowsAtOnce, rows - row),
        some,
        m + <usize>row * rowBytes + <usize>column * 4,
        rowBytes,
        x + <usize>row * 4,
        <usize>xStride * 4,
        y + <usize>column * 4,
        <usize>yStride * 4,
      )
    }
  }
}

/** A few rows into the sums of a block. */
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
  const x4 = x3 + xBytes
  const x5 = x4 + xBytes
  const x6 = x5 + xBytes
  const x7 = x6 + xBytes
  const length = <usize>rows * 4
  const whole = columns & ~7
  for (let column: i32 = 0; column < whole; column += 8) {
    let p0 = i32x4.splat(0)
    let p1 = p0
    let p2 = p0
    let p3 = p0
    let p4 = p0
    let p5 = p0
    let p6 = p0
    let p7 = p0
    let q0 = p0
    let q1 = p0
    let q2 = p0
    let q3 = p0
    let q4 = p0
    let q5 = p0
    let q6 = p0
    let q7 = p0
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
      const u4 = v128.load32_splat(x4 + at)
      p4 = i32x4.add(p4, i32x4.mul(a, u4))
      q4 = i32x4.add(q4, i32x4.mul(b, u4))
      const u5 = v128.load32_splat(x5 + at)
      p5 = i32x4.add(p5, i32x4.mul(a, u5))
      q5 = i32x4.add(q5, i32x4.mul(b, u5))
      const u6 = v128.load32_splat(x6 + at)
      p6 = i32x4.add(p6, i32x4.mul(a, u6))
      q6 = i32x4.add(q6, i32x4.mul(b, u6))
      const u7 = v128.load32_splat(x7 + at)
      p7 = i32x4.add(p7, i32x4.mul(a, u7))
      q7 = i32x4.add(q7, i32x4.mul(b, u7))
      from += rowBytes
    }
    const to = y + <usize>column * 4
    Integers.addPair(to, p0, q0)
    Integers.addPair(to + yBytes, p1, q1)
    Integers.addPair(to + 2 * yBytes, p2, q2)
    Integers.addPair(to + 3 * yBytes, p3, q3)
    Integers.addPair(to + 4 * yBytes, p4, q4)
    Integers.addPair(to + 5 * yBytes, p5, q5)
    Integers.addPair(to + 6 * yBytes, p6, q6)
    Integers.addPair(to + 7 * yBytes, p7, q7)
  }
  for (let column = whole; column < columns; ++column) {
    let from = m + <usize>column * 4
    for (let at: usize = 0; at < length; at += 4) {
      const a = load<i32>(from)
      let factor = x + at
      let to = y + <usize>column * 4
      for (let vector: i32 = 0; vector < vectors; ++vector) {
        store<i32>(to, load<i32>(to) + a * load<i32>(factor))
        factor += xBytes
        to += yBytes
      }
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

  /** Adds eight numbers to those in memory. */
  @inline static addPair(at: usize, p: v128, q: v128): void {
    const low = i32x4.add(v128.load(at), p)
    const high = i32x4.add(v128.load(at, 16), q)
    v128.store(at, low)
    v128.store(at, high, 16)
  }
}
