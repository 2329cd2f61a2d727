import { packPanel } from './pack-panel'

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
  for (let j: i32 = 0; j < n; j += nr) {
    const lanes = min(nr, n - j)
    if (columnStride == 1 && lanes == nr) changetype<K>(0).copyB(k, b, rowBytes, target)
    else if (sizeof<T>() == 8) packPanel<u64>(lanes, nr, k, b, columnBytes, rowBytes, target)
    else packPanel<u32>(lanes, nr, k, b, columnBytes, rowBytes, target)
    b += <usize>nr * columnBytes
    target += panelBytes
  }
}
