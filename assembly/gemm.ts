import { inPlace } from './in-place'
import { macro } from './macro'
import { ADD, modeOf } from './mode'
import { packA } from './pack-a'
import { scratchBytes } from './scratch'

/** Up to so many micro-panels of B, A is read where it is: docs/KERNEL.md has what was measured. */
const panelsInPlace: i32 = 4

/**
 * C = alpha * A * B + beta * C for an m x n piece of C, B packed before (pack-b.ts), k > 0. Loop 4 (pc). A is packed where there are
 * enough columns to make up for it.
 *
 *   a                      m x k, strides in elements, any of them may be 1
 *   packed                 B in blocks of kc rows, block p at packed + p * kc * packedColumns * size; this piece begins at
 *                          `firstColumn` (a multiple of nr) of the `packedColumns` (likewise) that each block holds
 *   c                      m x n, strides in elements; must not overlap a or packed. beta = 0 never reads it
 *   workspace              1024 bytes for a micro-tile and mc * kc elements for a block of A, of this thread alone
 *   mc, kc                 the blocking; mc a multiple of mr. The order of additions to an element depends on kc alone
 */
export function gemm<T, K>(
  m: i32,
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  aRowStride: i32,
  aColumnStride: i32,
  packed: usize,
  packedColumns: i32,
  firstColumn: i32,
  beta: T,
  c: usize,
  cRowStride: i32,
  cColumnStride: i32,
  workspace: usize,
  mc: i32,
  kc: i32,
): void {
  const packedStep = <usize>packedColumns * sizeof<T>()
  const aStep = <usize>aColumnStride * sizeof<T>()
  const offset = <usize>firstColumn * sizeof<T>()
  const nr = changetype<K>(0).nr
  const isNarrow = aColumnStride == 1 && cColumnStride == 1 && n <= panelsInPlace * nr
  let mode = modeOf<T>(beta)
  for (let p: i32 = 0; p < k; p += kc) {
    const depth = min(kc, k - p)
    const from = a + <usize>p * aStep
    const b = packed + <usize>p * packedStep + <usize>depth * offset
    if (changetype<K>(0).readsRows && isNarrow) {
      const stepBytes = <usize>nr * sizeof<T>()
      const panelBytes = stepBytes * <usize>depth
      inPlace<T, K>(
        m,
        n,
        depth,
        alpha,
        from,
        <usize>aRowStride * sizeof<T>(),
        b,
        stepBytes,
        panelBytes,
        b + <usize>(n / nr) * panelBytes,
        beta,
        c,
        <usize>cRowStride * sizeof<T>(),
        mode,
        workspace,
      )
    } else {
      blocks<T, K>(
        m,
        n,
        depth,
        alpha,
        from,
        aRowStride,
        aColumnStride,
        b,
        beta,
        c,
        cRowStride,
        cColumnStride,
        mode,
        workspace,
        mc,
      )
    }
    mode = ADD
  }
}

/** Loop 3 (ic): packs a block of A, which stays in the L2 cache while the macro-kernel goes through B. */
function blocks<T, K>(
  m: i32,
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  aRowStride: i32,
  aColumnStride: i32,
  b: usize,
  beta: T,
  c: usize,
  cRowStride: i32,
  cColumnStride: i32,
  mode: i32,
  workspace: usize,
  mc: i32,
): void {
  const rowBytes = <usize>cRowStride * sizeof<T>()
  const columnBytes = <usize>cColumnStride * sizeof<T>()
  const aRowBytes = <usize>aRowStride * sizeof<T>()
  const packedA = workspace + scratchBytes
  const mr = changetype<K>(0).mr
  for (let i: i32 = 0; i < m; i += mc) {
    const rows = min(mc, m - i)
    packA<T, K>(rows, k, a + <usize>i * aRowBytes, aRowStride, aColumnStride, packedA)
    changetype<K>(0).cleanA(packedA, <usize>((rows + mr - 1) / mr) * <usize>mr * <usize>k * sizeof<T>())
    macro<T, K>(
      rows,
      n,
      k,
      alpha,
      packedA,
      b,
      beta,
      c + <usize>i * rowBytes,
      rowBytes,
      columnBytes,
      mode,
      workspace,
    )
  }
}
