import { packPanel } from './pack-panel'

/**
 * Rows of B that are copied at once: as many streams as a core's prefetcher follows. One micro-panel after the other would
 * read a cache line of each row, in another page each, and leave nothing to be prefetched.
 */
const rowsAtOnce: i32 = 8

/**
 * Packs a k x n block of B into micro-panels of K.nr columns, one after the other; the last is filled up with zero
 * columns. Strides are in elements; B is read at its own strides, so that a transposed B costs no copy.
 */
export function packB<T, K>(
  k: i32,
  n: i32,
  b: usize,
  rowStride: i32,
  columnStride: i32,
  target: usize,
): void {
  const nr = changetype<K>(0).nr
  const rowBytes = <usize>rowStride * sizeof<T>()
  const columnBytes = <usize>columnStride * sizeof<T>()
  const panelBytes = <usize>nr * <usize>k * sizeof<T>()
  const whole = columnStride == 1 ? n - (n % nr) : 0
  if (whole > 0) {
    copyRows<T, K>(k, whole, b, rowBytes, target)
    b += <usize>whole * sizeof<T>()
    target += <usize>whole * <usize>k * sizeof<T>()
  }
  for (let j = whole; j < n; j += nr) {
    const lanes = min(nr, n - j)
    if (sizeof<T>() == 8) packPanel<u64>(lanes, nr, k, b, columnBytes, rowBytes, target)
    else packPanel<u32>(lanes, nr, k, b, columnBytes, rowBytes, target)
    b += <usize>nr * columnBytes
    target += panelBytes
  }
}

/** Whole micro-panels of a B whose rows are contiguous, some rows across all of them at a time. */
function copyRows<T, K>(k: i32, n: i32, b: usize, rowBytes: usize, target: usize): void {
  const nr = changetype<K>(0).nr
  const stepBytes = <usize>nr * sizeof<T>()
  const panelBytes = stepBytes * <usize>k
  for (let s: i32 = 0; s < k; s += rowsAtOnce) {
    const rows = min(rowsAtOnce, k - s)
    let source = b
    let to = target
    for (let j: i32 = 0; j < n; j += nr) {
      changetype<K>(0).copyB(rows, source, rowBytes, to)
      source += stepBytes
      to += panelBytes
    }
    b += <usize>rowsAtOnce * rowBytes
    target += <usize>rowsAtOnce * stepBytes
  }
}
