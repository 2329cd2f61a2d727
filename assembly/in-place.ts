import { merge } from './merge'
import { STORE } from './mode'

/**
 * C = alpha * A * B + beta * C with A where it is, its rows contiguous. Loops 2 (ir) and 1 (jr). Packing an element of A takes as
 * long as computing with it for some 16 columns, which few columns do not pay back; with many, the packed block stays nearer.
 *
 *   b                      whole micro-panels of K.nr columns, `bPanelBytes` from one to the next, `bStepBytes` from one of the k
 *                          steps to the next
 *   edge                   packed: the columns that are left over
 *   c                      rows contiguous, `rowBytes` apart
 *   scratch                1024 bytes, for a micro-tile of columns that are left over
 */
export function inPlace<T, K>(
  m: i32,
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  aRowBytes: usize,
  b: usize,
  bStepBytes: usize,
  bPanelBytes: usize,
  edge: usize,
  beta: T,
  c: usize,
  rowBytes: usize,
  mode: i32,
  scratch: usize,
): void {
  const mr = changetype<K>(0).mr
  const nr = changetype<K>(0).nr
  const tileRowBytes = <usize>nr * sizeof<T>()
  const left = n % nr
  const whole = n - left
  for (let i: i32 = 0; i < m; i += mr) {
    const rows = min(mr, m - i)
    let panel = b
    let to = c
    for (let j: i32 = 0; j < whole; j += nr) {
      changetype<K>(0).tileOfRows(rows, k, a, aRowBytes, panel, bStepBytes, to, rowBytes, alpha, beta, mode)
      panel += bPanelBytes
      to += tileRowBytes
    }
    if (left > 0) {
      const step = tileRowBytes
      changetype<K>(0).tileOfRows(rows, k, a, aRowBytes, edge, step, scratch, step, alpha, beta, STORE)
      merge<T, K>(rows, left, scratch, step, beta, to, rowBytes, sizeof<T>(), mode)
    }
    a += <usize>mr * aRowBytes
    c += <usize>mr * rowBytes
  }
}
