/** An operand, or a part of it, read in chunks that are summed up as they come. */
import type { Rectangle } from '../../core/geometry.ts'
import type { StoredOperand } from '../../core/product.ts'
import type { OperandName, ReadOperand } from './reference-job.ts'

/**
 * What is read at a time: one such buffer is read while the other one is summed up. A way through the thread pool takes as long as reading some
 * hundred KiB from the page cache, and longer on a machine that is busy.
 */
export const readBytes = 2 ** 22
/** What is summed up at a time: it stays in the L2 cache while it is multiplied with the vectors of all strips. */
const chunkBytes = 2 ** 18

/**
 * Chunks of a transposed operand have a multiple of so many rows, as stored, which the checker sums up by themselves: few
 * roundings stand one after the other in sums down its columns (`sumChain`).
 */
const rowsOfTransposed = 64

/** A rectangle of op(X), in memory as `stored` is: transposed where op() turns it. */
export interface Chunk {
  /** Of op(X). */
  readonly part: Rectangle
  readonly transposed: boolean
  /** As it lies in memory, at `offset`. */
  readonly rows: number
  readonly columns: number
  readonly offset: number
}

export interface ChunkMemory {
  bytesAt(offset: number, bytes: number): Uint8Array
}

/** Reads `part` of op(X) in the order in which it is stored, into two buffers from `offset` on in turn, and gives chunks of them. */
export async function* chunksOf(
  name: OperandName,
  { transposed }: StoredOperand,
  part: Rectangle,
  elementBytes: number,
  read: ReadOperand,
  memory: ChunkMemory,
  offset: number,
): AsyncGenerator<Chunk, void, void> {
  const whole = transposed ? turned(part) : part
  const granule = transposed ? rowsOfTransposed : 1
  const pieces = [...cut(whole, granule, readBytes / elementBytes)]
  const begin = (index: number): Promise<void> | undefined => {
    const piece = pieces[index]
    if (piece === undefined) return undefined
    const bytes = memory.bytesAt(offset + (index % 2) * readBytes, piece.rows * piece.columns * elementBytes)
    const reading = read(name, piece, bytes)
    reading.catch(() => {}) // awaited when its turn comes
    return reading
  }
  let reading = begin(0)
  try {
    for (const [index, piece] of pieces.entries()) {
      await reading
      reading = begin(index + 1)
      for (const { row, rows } of rowsOf(piece, granule, Math.floor(chunkBytes / elementBytes))) {
        const stored = { ...piece, row: piece.row + row, rows }
        yield {
          part: transposed ? turned(stored) : stored,
          transposed,
          rows,
          columns: piece.columns,
          offset: offset + (index % 2) * readBytes + row * piece.columns * elementBytes,
        }
      }
    }
  } finally {
    // Whoever stops in between may use the memory for something else: nothing is written there any more.
    await reading?.catch(() => {})
  }
}

/** Some rows after the other: of at most `most` elements, but never less than a granule. */
function* rowsOf(
  { rows, columns }: Rectangle,
  granule: number,
  most: number,
): Generator<{ row: number; rows: number }> {
  const fitting = Math.floor(most / columns)
  const step = Math.max(granule, fitting - (fitting % granule))
  for (let row = 0; row < rows; row += step) yield { row, rows: Math.min(step, rows - row) }
}

/** Row by row of pieces. None has more than `most` elements; but for the last, their rows are a multiple of `granule`. */
function* cut(whole: Rectangle, granule: number, most: number): Generator<Rectangle> {
  if (whole.rows === 0 || whole.columns === 0) return
  const widest = Math.min(whole.columns, Math.floor(most / Math.min(whole.rows, granule)))
  const across = Math.ceil(whole.columns / widest)
  const columns = Math.ceil(whole.columns / across)
  const fitting = Math.floor(most / columns)
  const rows = fitting >= whole.rows ? whole.rows : fitting - (fitting % granule)
  for (let row = 0; row < whole.rows; row += rows) {
    for (let column = 0; column < whole.columns; column += columns) {
      yield {
        row: whole.row + row,
        column: whole.column + column,
        rows: Math.min(rows, whole.rows - row),
        columns: Math.min(columns, whole.columns - column),
      }
    }
  }
}

const turned = ({ row, column, rows, columns }: Rectangle): Rectangle => ({
  row: column,
  column: row,
  rows: columns,
  columns: rows,
})
