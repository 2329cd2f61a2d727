import { merge } from './merge'
import { STORE } from './mode'

/** Loop 2 (jr): the micro-panels of B. Each stays in the L1 cache while loop 1 goes through the block of A. */
export function macro<T, K>(
  m: i32,
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  b: usize,
  beta: T,
  c: usize,
  rowBytes: usize,
  columnBytes: usize,
  mode: i32,
  scratch: usize,
): void {
  const nr = changetype<K>(0).nr
  const panelBytes = <usize>nr * <usize>k * sizeof<T>()
  for (let j: i32 = 0; j < n; j += nr) {
    column<T, K>(m, min(nr, n - j), k, alpha, a, b, beta, c, rowBytes, columnBytes, mode, scratch)
    b += panelBytes
    c += <usize>nr * columnBytes
  }
}

/**
 * Loop 1 (ir): one micro-tile for each micro-panel of A. A whole micro-tile of a row-major C is written in place; any
 * other is computed whole into `scratch`, and its real part merged.
 */
function column<T, K>(
  m: i32,
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  b: usize,
  beta: T,
  c: usize,
  rowBytes: usize,
  columnBytes: usize,
  mode: i32,
  scratch: usize,
): void {
  const mr = changetype<K>(0).mr
  const nr = changetype<K>(0).nr
  const panelBytes = <usize>mr * <usize>k * sizeof<T>()
  const tileRowBytes = <usize>nr * sizeof<T>()
  const direct = n == nr && columnBytes == sizeof<T>()
  for (let i: i32 = 0; i < m; i += mr) {
    if (direct && m - i >= mr) {
      changetype<K>(0).tile(k, a, b, c, rowBytes, alpha, beta, mode)
    } else {
      changetype<K>(0).tile(k, a, b, scratch, tileRowBytes, alpha, beta, STORE)
      merge<T, K>(min(mr, m - i), n, scratch, tileRowBytes, beta, c, rowBytes, columnBytes, mode)
    }
    a += panelBytes
    c += <usize>mr * rowBytes
  }
}
