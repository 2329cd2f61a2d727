import { merge } from './merge'
import { STORE } from './mode'

/** Bytes of packed B that stay in the L2 cache, beside the block of A. From 64 KiB to 576 KiB nothing changes. */
export const stripBytes: usize = 192 * 1024

/**
 * Loop 2: the micro-panels of A, for one strip after the other of B, which stays in the L2 cache. C is gone through along
 * its rows, where a core's prefetcher follows and pages are few; down its columns each micro-tile is in mr other pages,
 * and a product of small k takes up to a fifth longer.
 */
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
  const mr = changetype<K>(0).mr
  const nr = changetype<K>(0).nr
  const depthBytes = <usize>k * sizeof<T>()
  const width = max(nr, <i32>(stripBytes / (<usize>nr * depthBytes)) * nr)
  for (let j: i32 = 0; j < n; j += width) {
    const columns = min(width, n - j)
    const strip = b + <usize>j * depthBytes
    const cStrip = c + <usize>j * columnBytes
    for (let i: i32 = 0; i < m; i += mr) {
      tiles<T, K>(
        min(mr, m - i),
        columns,
        k,
        alpha,
        a + <usize>i * depthBytes,
        strip,
        beta,
        cStrip + <usize>i * rowBytes,
        rowBytes,
        columnBytes,
        mode,
        scratch,
      )
    }
  }
}

/**
 * Loop 1: one micro-tile for each micro-panel of the strip; the micro-panel of A stays in the L1 cache. A whole micro-tile
 * of a row-major C is written in place; any other is computed whole into `scratch`, and its real part merged.
 */
function tiles<T, K>(
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
  const panelBytes = <usize>nr * <usize>k * sizeof<T>()
  const tileRowBytes = <usize>nr * sizeof<T>()
  const direct = m == mr && columnBytes == sizeof<T>()
  for (let j: i32 = 0; j < n; j += nr) {
    if (direct && n - j >= nr) {
      changetype<K>(0).tile(k, a, b, c, rowBytes, alpha, beta, mode)
    } else {
      changetype<K>(0).tile(k, a, b, scratch, tileRowBytes, alpha, beta, STORE)
      merge<T, K>(m, min(nr, n - j), scratch, tileRowBytes, beta, c, rowBytes, columnBytes, mode)
    }
    b += panelBytes
    c += <usize>nr * columnBytes
  }
}
