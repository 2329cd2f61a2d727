import { ADD, modeOf, STORE } from './mode'

/** One element of C from what it holds and what is added: the order and roundings of a micro-kernel's tail. */
function mergeElement<T>(c: usize, product: T, beta: T, mode: i32): void {
  if (mode == STORE) store<T>(c, product)
  else if (mode == ADD) store<T>(c, load<T>(c) + product)
  else store<T>(c, load<T>(c) * beta + product)
}

function mergeVector<T>(c: usize, product: v128, beta: v128, mode: i32): void {
  if (mode == STORE) v128.store(c, product)
  else if (mode == ADD) v128.store(c, v128.add<T>(v128.load(c), product))
  else v128.store(c, v128.add<T>(v128.mul<T>(v128.load(c), beta), product))
}

/**
 * Merges the first m x n elements of a micro-tile, which a micro-kernel stored into `tile` (row-major, alpha already
 * in it), into C at any strides in bytes: micro-tiles at the edge of C, and a C whose rows are not contiguous.
 */
export function merge<T>(
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
      mergeVector<T>(to, v128.load(from), keep, mode)
      from += 16
      to += 16
    }
    for (; j < n; ++j) {
      mergeElement<T>(to, load<T>(from), beta, mode)
      from += sizeof<T>()
      to += columnBytes
    }
    tile += tileRowBytes
    c += rowBytes
  }
}

/**
 * C = beta * C, m x n, strides in elements: what is left of gemm where alpha or k is 0. beta = 0 stores zeros without
 * reading C, beta = 1 touches nothing.
 */
export function scale<T>(m: i32, n: i32, beta: T, c: usize, rowStride: i32, columnStride: i32): void {
  const mode = modeOf<T>(beta)
  if (mode == ADD) return
  const lanes = 16 / <i32>sizeof<T>()
  const keep = v128.splat<T>(beta)
  const zero = v128.splat<T>(<T>0)
  const rowBytes = <usize>rowStride * sizeof<T>()
  const columnBytes = <usize>columnStride * sizeof<T>()
  const whole = columnStride == 1 ? n - (n % lanes) : 0
  for (let i: i32 = 0; i < m; ++i) {
    let to = c
    let j: i32 = 0
    for (; j < whole; j += lanes) {
      v128.store(to, mode == STORE ? zero : v128.mul<T>(v128.load(to), keep))
      to += 16
    }
    for (; j < n; ++j) {
      store<T>(to, mode == STORE ? <T>0 : load<T>(to) * beta)
      to += columnBytes
    }
    c += rowBytes
  }
}
