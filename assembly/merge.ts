import { ADD, modeOf, STORE } from './mode'

/** One element as a vector of it. */
function spread<T>(at: usize): v128 {
  return sizeof<T>() == 8 ? v128.load64_splat(at) : v128.load32_splat(at)
}

/** The first element of a vector to memory. */
function put<T>(at: usize, x: v128): void {
  if (sizeof<T>() == 8) v128.store64_lane(at, x, 0)
  else v128.store32_lane(at, x, 0)
}

/**
 * Merges the first m x n elements of a micro-tile, which a micro-kernel stored into `tile` (row-major, alpha already
 * in it), into C at any strides in bytes: micro-tiles at the edge of C, and a C whose rows are not contiguous.
 */
export function merge<T, K>(
  m: i32,
  n: i32,
  tile: usize,
  tileRowBytes: usize,
  beta: T,
  c: usize,
  rowBytes: usize,
  columnBytes: usize,
  mode: i32,
): void {
  const lanes = 16 / <i32>sizeof<T>()
  const keep = v128.splat<T>(beta)
  const whole = columnBytes == sizeof<T>() ? n - (n % lanes) : 0
  for (let i: i32 = 0; i < m; ++i) {
    let from = tile
    let to = c
    let j: i32 = 0
    for (; j < whole; j += lanes) {
      const product = v128.load(from)
      v128.store(to, mode == STORE ? product : changetype<K>(0).combine(v128.load(to), product, keep, mode))
      from += 16
      to += 16
    }
    for (; j < n; ++j) {
      const product = spread<T>(from)
      put<T>(to, mode == STORE ? product : changetype<K>(0).combine(spread<T>(to), product, keep, mode))
      from += sizeof<T>()
      to += columnBytes
    }
    tile += tileRowBytes
    c += rowBytes
  }
}

/**
 * As `merge`, of `count` matrices m x n one after the other from `source`, each with contiguous rows: added to an element of C in
 * their order. Strides in elements.
 */
export function mergeAll<T, K>(
  m: i32,
  n: i32,
  source: usize,
  count: i32,
  beta: T,
  c: usize,
  rowStride: i32,
  columnStride: i32,
  stepBytes: usize,
): void {
  const lanes = 16 / <i32>sizeof<T>()
  const keep = v128.splat<T>(beta)
  const mode = modeOf<T>(beta)
  const rowBytes = <usize>rowStride * sizeof<T>()
  const columnBytes = <usize>columnStride * sizeof<T>()
  const whole = columnStride == 1 ? n - (n % lanes) : 0
  const length = <usize>count * stepBytes
  for (let i: i32 = 0; i < m; ++i) {
    let to = c
    let j: i32 = 0
    for (; j < whole; j += lanes) {
      let sum = v128.load(source)
      if (mode != STORE) sum = changetype<K>(0).combine(v128.load(to), sum, keep, mode)
      for (let at = stepBytes; at < length; at += stepBytes)
        sum = changetype<K>(0).combine(sum, v128.load(source + at), keep, ADD)
      v128.store(to, sum)
      source += 16
      to += 16
    }
    for (; j < n; ++j) {
      let sum = spread<T>(source)
      if (mode != STORE) sum = changetype<K>(0).combine(spread<T>(to), sum, keep, mode)
      for (let at = stepBytes; at < length; at += stepBytes)
        sum = changetype<K>(0).combine(sum, spread<T>(source + at), keep, ADD)
      put<T>(to, sum)
      source += sizeof<T>()
      to += columnBytes
    }
    c += rowBytes
  }
}

/**
 * C without a product, m x n, strides in elements: what is left of gemm where alpha or k is 0. beta = 0 stores the sum of
 * nothing without reading C.
 */
export function scale<T, K>(m: i32, n: i32, beta: T, c: usize, rowStride: i32, columnStride: i32): void {
  const mode = modeOf<T>(beta)
  const lanes = 16 / <i32>sizeof<T>()
  const keep = v128.splat<T>(beta)
  const zero = v128.splat<T>(changetype<K>(0).zero)
  const rowBytes = <usize>rowStride * sizeof<T>()
  const columnBytes = <usize>columnStride * sizeof<T>()
  const whole = columnStride == 1 ? n - (n % lanes) : 0
  for (let i: i32 = 0; i < m; ++i) {
    let to = c
    let j: i32 = 0
    for (; j < whole; j += lanes) {
      v128.store(to, mode == STORE ? zero : changetype<K>(0).kept(v128.load(to), keep))
      to += 16
    }
    for (; j < n; ++j) {
      put<T>(to, mode == STORE ? zero : changetype<K>(0).kept(spread<T>(to), keep))
      to += columnBytes
    }
    c += rowBytes
  }
}
