/** Edge of a tile in elements: 16 lines of either side stay in L1 even where a power of two puts them all in few sets. */
const tileEdge = 16

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
  const columnWords = rows * words
  for (let row0 = 0; row0 < rows; row0 += tileEdge) {
    const rowEnd = Math.min(rows, row0 + tileEdge)
    for (let column0 = 0; column0 < columns; column0 += tileEdge) {
      const columnEnd = Math.min(columns, column0 + tileEdge)
      for (let row = row0; row < rowEnd; row++) {
        let from = column0 * columnWords + row * words
        let to = (row * columns + column0) * words
        for (let column = column0; column < columnEnd; column++) {
          target[to++] = source[from] ?? 0
          if (words === 2) target[to++] = source[from + 1] ?? 0
          from += columnWords
        }
      }
    }
  }
}
