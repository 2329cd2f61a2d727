import { inPlace } from './in-place'
import { modeOf } from './mode'
import { packPanel } from './pack-panel'
import { scratchBytes } from './scratch'

/**
 * C = alpha * A * B + beta * C of few elements, k > 0: packing would take a good part of the time, so that A and B are read where they
 * are. Only B's columns beyond whole micro-tiles are packed, since reading those for whole ones could reach past its end.
 *
 *   a, b, c                m x k, k x n, m x n, rows contiguous, strides in elements; c must overlap neither of the others
 *   workspace              1024 bytes for a micro-tile and nr * k elements for columns of B, of this thread alone
 */
export function small<T, K>(
  m: i32,
  n: i32,
  k: i32,
  alpha: T,
  a: usize,
  aRowStride: i32,
  b: usize,
  bRowStride: i32,
  beta: T,
  c: usize,
  cRowStride: i32,
  workspace: usize,
): void {
  const nr = changetype<K>(0).nr
  const bRowBytes = <usize>bRowStride * sizeof<T>()
  const left = n % nr
  const edge = workspace + scratchBytes
  if (left > 0) {
    const from = b + <usize>(n - left) * sizeof<T>()
    if (sizeof<T>() == 8) packPanel<u64>(left, nr, k, from, sizeof<T>(), bRowBytes, edge)
    else packPanel<u32>(left, nr, k, from, sizeof<T>(), bRowBytes, edge)
  }
  inPlace<T, K>(
    m,
    n,
    k,
    alpha,
    a,
    <usize>aRowStride * sizeof<T>(),
    b,
    bRowBytes,
    <usize>nr * sizeof<T>(),
    edge,
    beta,
    c,
    <usize>cRowStride * sizeof<T>(),
    modeOf<T>(beta),
    workspace,
  )
}
