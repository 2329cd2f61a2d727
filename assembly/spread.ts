import { stripBytes } from './macro'
import { merge } from './merge'
import { ADD, STORE } from './mode'
import { packA } from './pack-a'
import { scratchBytes } from './scratch'
import { termAt } from './term'

/**
 * Adds alpha * A * B to several targets, each with its sign: one product of Strassen's algorithm, for one block of A.
 *
 *   a                      m x k, at most mc x kc, strides in elements, any of them may be 1
 *   packed                 micro-panels of B, k x n
 *   table, count           the targets (term.ts), rows of them adjacent, `targetStride` elements apart; none may overlap a or
 *                          packed. A target of mode BLEND is multiplied by beta before
 *   workspace              1024 bytes for a micro-tile and mc * kc elements for the block of A, of this thread alone
 */
export function spread<T, K>(
  m: i32,
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  aRowStride: i32,
  aColumnStride: i32,
  packed: usize,
  beta: T,
  table: usize,
  count: i32,
  targetStride: i32,
  workspace: usize,
): void {
  const mr = changetype<K>(0).mr
  const nr = changetype<K>(0).nr
  const packedA = workspace + scratchBytes
  const panelA = <usize>mr * <usize>k * sizeof<T>()
  const panelB = <usize>nr * <usize>k * sizeof<T>()
  const tileRowBytes = <usize>nr * sizeof<T>()
  const rowBytes = <usize>targetStride * sizeof<T>()
  packA<T, K>(m, k, a, aRowStride, aColumnStride, packedA)
  const width = max(nr, <i32>(stripBytes / panelB) * nr)
  const first = termAt(table, 0)
  const only = count == 1
  for (let strip: i32 = 0; strip < n; strip += width) {
    const end = min(n, strip + width)
    const b = packed + <usize>strip * <usize>k * sizeof<T>()
    let panel = packedA
    for (let i: i32 = 0; i < m; i += mr) {
      let bPanel = b
      const rows = min(mr, m - i)
      for (let j = strip; j < end; j += nr) {
        if (only && first.rows - i >= mr && first.columns - j >= nr) {
          const c = first.offset + <usize>i * rowBytes + <usize>j * sizeof<T>()
          changetype<K>(0).tile(k, panel, bPanel, c, rowBytes, alpha * <T>first.sign, beta, first.mode)
        } else {
          changetype<K>(0).tile(k, panel, bPanel, workspace, tileRowBytes, alpha, beta, STORE)
          deliver<T, K>(i, j, rows, min(nr, n - j), beta, table, count, rowBytes, workspace)
        }
        bPanel += panelB
      }
      panel += panelA
    }
  }
}

/** A micro-tile, which begins at (i, j), to every target, as far as that reaches. */
function deliver<T, K>(
  i: i32,
  j: i32,
  rows: i32,
  columns: i32,
  beta: T,
  table: usize,
  count: i32,
  rowBytes: usize,
  tile: usize,
): void {
  const mr = changetype<K>(0).mr
  const nr = changetype<K>(0).nr
  const from = <usize>i * rowBytes + <usize>j * sizeof<T>()
  for (let index: i32 = 0; index < count; ++index) {
    const target = termAt(table, index)
    const m = min(rows, target.rows - i)
    const n = min(columns, target.columns - j)
    if (m == mr && n == nr && target.mode == ADD) {
      changetype<K>(0).addTile(tile, target.offset + from, rowBytes, <T>target.sign)
    } else {
      if (target.sign < 0) negate<T, K>(tile)
      merge<T, K>(
        m,
        n,
        tile,
        <usize>nr * sizeof<T>(),
        beta,
        target.offset + from,
        rowBytes,
        sizeof<T>(),
        target.mode,
      )
      if (target.sign < 0) negate<T, K>(tile)
    }
  }
}

function negate<T, K>(tile: usize): void {
  const end = tile + <usize>(changetype<K>(0).mr * changetype<K>(0).nr) * sizeof<T>()
  for (; tile < end; tile += 16) v128.store(tile, v128.neg<T>(v128.load(tile)))
}
