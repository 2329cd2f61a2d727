/** So many elements each way: a tile of both sides fits into 32 KiB of L1 together (2 * 32 * 32 * 8 bytes = 16 KiB). */
const tileEdge = 32

/**
 * Turns `columns` columns of `rows` elements, one after the other in `source`, into as many rows in `target`.
 * Elements of 4 or 8 bytes are moved as 32-bit words: their bits stay as they are, NaN payloads too.
 */
export function transposeElements(
  source: Uint32Array,
  target: Uint32Array,
  rows: number,
  columns: number,
  bytesPerElement: number,
): void {
  const words = bytesPerElement / 4
  for (let row0 = 0; row0 < rows; row0 += tileEdge) {
    const rowEnd = Math.min(rows, row0 + tileEdge)
    for (let column0 = 0; column0 < columns; column0 += tileEdge) {
      const columnEnd = Math.min(columns, column0 + tileEdge)
      for (let row = row0; row < rowEnd; row++) {
        for (let column = column0; column < columnEnd; column++) {
          const from = (column * rows + row) * words
          const to = (row * columns + column) * words
          target[to] = source[from] ?? 0
          if (words === 2) target[to + 1] = source[from + 1] ?? 0
        }
      }
    }
  }
}
