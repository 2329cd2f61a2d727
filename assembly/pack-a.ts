import { packPanel } from './pack-panel'

/**
 * Packs an m x k block of A into micro-panels of K.mr rows, one after the other; the last is filled up with zero rows.
 * Strides are in elements; A is read at its own strides, so that a transposed A costs no copy.
 */
export function packA<T, K>(
  m: i32,
  k: i32,
  a: usize,
  rowStride: i32,
  columnStride: i32,
  target: usize,
): void {
  const mr = changetype<K>(0).mr
  const rowBytes = <usize>rowStride * sizeof<T>()
  const columnBytes = <usize>columnStride * sizeof<T>()
  const panelBytes = <usize>mr * <usize>k * sizeof<T>()
  for (let i: i32 = 0; i < m; i += mr) {
    const lanes = min(mr, m - i)
    if (rowStride == 1 && lanes == mr) changetype<K>(0).copyA(k, a, columnBytes, target)
    else if (sizeof<T>() == 8) packPanel<u64>(lanes, mr, k, a, rowBytes, columnBytes, target)
    else packPanel<u32>(lanes, mr, k, a, rowBytes, columnBytes, target)
    a += <usize>mr * rowBytes
    target += panelBytes
  }
}
