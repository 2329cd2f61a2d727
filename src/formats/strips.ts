/** A rectangle's bytes in strips: whole rows, of about a mebibyte together, read when the one before was taken. */
import type { Rectangle } from '../core/geometry.ts'

export const stripBytes = 2 ** 20

export type ReadRectangle = (rectangle: Rectangle, target: Uint8Array) => Promise<void>

/**
 * However large the rectangle, and however slow who takes it, one strip of it is in memory. The first is read before this
 * resolves, so that a file that cannot be read is a coded answer, and not a stream that breaks off.
 */
export async function readStrips(
  whole: Rectangle,
  elementBytes: number,
  read: ReadRectangle,
): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
  const rowBytes = whole.columns * elementBytes
  const stripRows = Math.max(1, Math.floor(stripBytes / rowBytes))
  const strip = async (row: number) => {
    const rows = Math.min(stripRows, whole.rows - row)
    const bytes = Buffer.allocUnsafe(rows * rowBytes)
    await read({ row: whole.row + row, column: whole.column, rows, columns: whole.columns }, bytes)
    return bytes
  }
  const first = await strip(0)
  if (stripRows >= whole.rows) return [first]
  return (async function* () {
    yield first
    for (let row = stripRows; row < whole.rows; row += stripRows) yield await strip(row)
  })()
}
