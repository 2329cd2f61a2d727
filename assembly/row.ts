import { merge, scale } from './merge'
import { ADD, modeOf } from './mode'

/**
 * C = alpha * A * B + beta * C for one row of C, n elements, k > 0: a product with a vector. Each element of B is used once, so that
 * nothing is packed: B is read where it is, by rows or by columns, one of which is contiguous.
 *
 * Each element of C is the sum that a micro-tile gives, by the same operations in the same order: the bits are the same.
 * Strides are in elements. `sums`: n elements of this thread alone, 64-byte aligned.
 */
export function row<T, K>(
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  aStride: i32,
  b: usize,
  rowStride: i32,
  columnStride: i32,
  beta: T,
  c: usize,
  cStride: i32,
  sums: usize,
  kc: i32,
): void {
  const aBytes = <usize>aStride * sizeof<T>()
  const rowBytes = <usize>rowStride * sizeof<T>()
  const columnBytes = <usize>columnStride * sizeof<T>()
  const cBytes = <usize>cStride * sizeof<T>()
  if (columnStride == 1) byRows<T, K>(n, k, alpha, a, aBytes, b, rowBytes, beta, c, cBytes, sums, kc)
  else byColumns<T, K>(n, k, alpha, a, aBytes, b, columnBytes, beta, c, cBytes, sums, kc)
}

/** All columns, one block of k after the other. */
function byRows<T, K>(
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  aBytes: usize,
  b: usize,
  rowBytes: usize,
  beta: T,
  c: usize,
  cBytes: usize,
  sums: usize,
  kc: i32,
): void {
  let mode = modeOf<T>(beta)
  for (let p: i32 = 0; p < k; p += kc) {
    memory.fill(sums, 0, <usize>n * sizeof<T>())
    addRows<T, K>(n, min(kc, k - p), a, aBytes, b, rowBytes, sums)
    scale<T, K>(1, n, alpha, sums, 0, 1)
    merge<T, K>(1, n, sums, 0, beta, c, 0, cBytes, mode)
    mode = ADD
    a += <usize>kc * aBytes
    b += <usize>kc * rowBytes
  }
}

/** Columns that are read side by side. With 16, a fifth faster from the L2 cache, memory is read at half the speed: L1 has 8 ways. */
const columnsAtOnce: i32 = 8

/** All blocks of k of some columns, then of the next ones: each column is read from one end to the other. */
function byColumns<T, K>(
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  aBytes: usize,
  b: usize,
  columnBytes: usize,
  beta: T,
  c: usize,
  cBytes: usize,
  sums: usize,
  kc: i32,
): void {
  for (let j: i32 = 0; j < n; j += columnsAtOnce) {
    const columns = min(columnsAtOnce, n - j)
    let mode = modeOf<T>(beta)
    for (let p: i32 = 0; p < k; p += kc) {
      memory.fill(sums, 0, <usize>columns * sizeof<T>())
      addColumns<T, K>(
        columns,
        min(kc, k - p),
        a + <usize>p * aBytes,
        aBytes,
        b + <usize>p * sizeof<T>(),
        columnBytes,
        sums,
      )
      scale<T, K>(1, columns, alpha, sums, 0, 1)
      merge<T, K>(1, columns, sums, 0, beta, c, 0, cBytes, mode)
      mode = ADD
    }
    b += <usize>columnsAtOnce * columnBytes
    c += <usize>columnsAtOnce * cBytes
  }
}

/** B with contiguous rows: eight of them at a time, streams that a core prefetches, into sums that stay in the L1 cache. */
function addRows<T, K>(
  n: i32,
  k: i32,
  a: usize,
  aBytes: usize,
  b: usize,
  rowBytes: usize,
  sums: usize,
): void {
  const bytes = <usize>n * sizeof<T>()
  const whole = bytes & ~31
  for (; k >= 8; k -= 8) {
    const a0 = v128.load_splat<T>(a)
    const a1 = v128.load_splat<T>(a + aBytes)
    const a2 = v128.load_splat<T>(a + 2 * aBytes)
    const a3 = v128.load_splat<T>(a + 3 * aBytes)
    const a4 = v128.load_splat<T>(a + 4 * aBytes)
    const a5 = v128.load_splat<T>(a + 5 * aBytes)
    const a6 = v128.load_splat<T>(a + 6 * aBytes)
    const a7 = v128.load_splat<T>(a + 7 * aBytes)
    const b1 = b + rowBytes
    const b2 = b1 + rowBytes
    const b3 = b2 + rowBytes
    const b4 = b3 + rowBytes
    const b5 = b4 + rowBytes
    const b6 = b5 + rowBytes
    const b7 = b6 + rowBytes
    for (let at: usize = 0; at < whole; at += 32) {
      let x = v128.load(sums + at)
      let y = v128.load(sums + at, 16)
      x = changetype<K>(0).multiplyAdd(a0, v128.load(b + at), x)
      y = changetype<K>(0).multiplyAdd(a0, v128.load(b + at, 16), y)
      x = changetype<K>(0).multiplyAdd(a1, v128.load(b1 + at), x)
      y = changetype<K>(0).multiplyAdd(a1, v128.load(b1 + at, 16), y)
      x = changetype<K>(0).multiplyAdd(a2, v128.load(b2 + at), x)
      y = changetype<K>(0).multiplyAdd(a2, v128.load(b2 + at, 16), y)
      x = changetype<K>(0).multiplyAdd(a3, v128.load(b3 + at), x)
      y = changetype<K>(0).multiplyAdd(a3, v128.load(b3 + at, 16), y)
      x = changetype<K>(0).multiplyAdd(a4, v128.load(b4 + at), x)
      y = changetype<K>(0).multiplyAdd(a4, v128.load(b4 + at, 16), y)
      x = changetype<K>(0).multiplyAdd(a5, v128.load(b5 + at), x)
      y = changetype<K>(0).multiplyAdd(a5, v128.load(b5 + at, 16), y)
      x = changetype<K>(0).multiplyAdd(a6, v128.load(b6 + at), x)
      y = changetype<K>(0).multiplyAdd(a6, v128.load(b6 + at, 16), y)
      x = changetype<K>(0).multiplyAdd(a7, v128.load(b7 + at), x)
      y = changetype<K>(0).multiplyAdd(a7, v128.load(b7 + at, 16), y)
      v128.store(sums + at, x)
      v128.store(sums + at, y, 16)
    }
    for (let step: i32 = 0; step < 8; ++step) {
      for (let at = whole; at < bytes; at += sizeof<T>()) Steps.element<T, K>(a, b + at, sums + at)
      a += aBytes
      b += rowBytes
    }
  }
  for (; k > 0; --k) {
    const a0 = v128.load_splat<T>(a)
    for (let at: usize = 0; at < whole; at += 32) {
      const x = changetype<K>(0).multiplyAdd(a0, v128.load(b + at), v128.load(sums + at))
      const y = changetype<K>(0).multiplyAdd(a0, v128.load(b + at, 16), v128.load(sums + at, 16))
      v128.store(sums + at, x)
      v128.store(sums + at, y, 16)
    }
    for (let at = whole; at < bytes; at += sizeof<T>()) Steps.element<T, K>(a, b + at, sums + at)
    a += aBytes
    b += rowBytes
  }
}

/**
 * B with contiguous columns: sixteen bytes of each of eight columns at a time, transposed in registers, so that a vector
 * holds one step of adjacent columns. Several sums in flight hide the latency of adding to one.
 */
function addColumns<T, K>(
  n: i32,
  k: i32,
  a: usize,
  aBytes: usize,
  b: usize,
  columnBytes: usize,
  sums: usize,
): void {
  const lanes = 16 / <i32>sizeof<T>()
  const whole = k - (k % lanes)
  let j: i32 = 0
  for (; j + columnsAtOnce <= n; j += columnsAtOnce) {
    eightColumns<T, K>(whole, a, aBytes, b, columnBytes, sums)
    for (let lane: i32 = 0; lane < columnsAtOnce; ++lane) {
      addSteps<T, K>(whole, k, a, aBytes, b, sums)
      b += columnBytes
      sums += sizeof<T>()
    }
  }
  for (; j < n; ++j) {
    addSteps<T, K>(0, k, a, aBytes, b, sums)
    b += columnBytes
    sums += sizeof<T>()
  }
}

/** Steps from `first` to k of one column. */
function addSteps<T, K>(first: i32, k: i32, a: usize, aBytes: usize, b: usize, sum: usize): void {
  for (let s = first; s < k; ++s) Steps.element<T, K>(a + <usize>s * aBytes, b + <usize>s * sizeof<T>(), sum)
}

/** The first k steps, a whole number of vectors, of eight columns. */
function eightColumns<T, K>(
  k: i32,
  a: usize,
  aBytes: usize,
  b: usize,
  columnBytes: usize,
  sums: usize,
): void {
  let s0 = v128.splat<T>(<T>0)
  let s1 = s0
  if (sizeof<T>() == 4) {
    for (; k > 0; k -= 4) {
      const a0 = v128.load_splat<u32>(a)
      const a1 = v128.load_splat<u32>(a + aBytes)
      const a2 = v128.load_splat<u32>(a + 2 * aBytes)
      const a3 = v128.load_splat<u32>(a + 3 * aBytes)
      s0 = Steps.four<K>(a0, a1, a2, a3, b, columnBytes, s0)
      s1 = Steps.four<K>(a0, a1, a2, a3, b + 4 * columnBytes, columnBytes, s1)
      a += 4 * aBytes
      b += 16
    }
  } else {
    let s2 = s0
    let s3 = s0
    for (; k > 0; k -= 2) {
      const a0 = v128.load_splat<u64>(a)
      const a1 = v128.load_splat<u64>(a + aBytes)
      s0 = Steps.two<K>(a0, a1, b, columnBytes, s0)
      s1 = Steps.two<K>(a0, a1, b + 2 * columnBytes, columnBytes, s1)
      s2 = Steps.two<K>(a0, a1, b + 4 * columnBytes, columnBytes, s2)
      s3 = Steps.two<K>(a0, a1, b + 6 * columnBytes, columnBytes, s3)
      a += 2 * aBytes
      b += 16
    }
    v128.store(sums, s2, 32)
    v128.store(sums, s3, 48)
  }
  v128.store(sums, s0)
  v128.store(sums, s1, 16)
}

/** Multiply-adds of sums that stay in registers. A class, because only methods can be told to be inlined. */
@unmanaged
@final
class Steps {
  /** One multiply-add of elements, by the vector operation: a scalar one would round twice where the vector one is fused. */
  @inline static element<T, K>(a: usize, b: usize, sum: usize): void {
    const old = v128.load_splat<T>(sum)
    v128.store_lane<T>(
      sum,
      changetype<K>(0).multiplyAdd(v128.load_splat<T>(a), v128.load_splat<T>(b), old),
      0,
    )
  }

  /** Four steps of four adjacent columns of 4-byte elements. */
  @inline static four<K>(
    a0: v128,
    a1: v128,
    a2: v128,
    a3: v128,
    b: usize,
    columnBytes: usize,
    sum: v128,
  ): v128 {
    const x0 = v128.load(b)
    const x1 = v128.load(b + columnBytes)
    const x2 = v128.load(b + 2 * columnBytes)
    const x3 = v128.load(b + 3 * columnBytes)
    const low01 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5)
    const low23 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5)
    const high01 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7)
    const high23 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7)
    sum = changetype<K>(0).multiplyAdd(a0, v128.shuffle<u64>(low01, low23, 0, 2), sum)
    sum = changetype<K>(0).multiplyAdd(a1, v128.shuffle<u64>(low01, low23, 1, 3), sum)
    sum = changetype<K>(0).multiplyAdd(a2, v128.shuffle<u64>(high01, high23, 0, 2), sum)
    return changetype<K>(0).multiplyAdd(a3, v128.shuffle<u64>(high01, high23, 1, 3), sum)
  }

  /** Two steps of two adjacent columns of 8-byte elements. */
  @inline static two<K>(a0: v128, a1: v128, b: usize, columnBytes: usize, sum: v128): v128 {
    const x0 = v128.load(b)
    const x1 = v128.load(b + columnBytes)
    sum = changetype<K>(0).multiplyAdd(a0, v128.shuffle<u64>(x0, x1, 0, 2), sum)
    return changetype<K>(0).multiplyAdd(a1, v128.shuffle<u64>(x0, x1, 1, 3), sum)
  }
}
