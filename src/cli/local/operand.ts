/** A matrix file in the part it plays in a product: read panel by panel, in the file's own orientation. */
import type { Rectangle } from '../../core/geometry.ts'
import type { StoredOperand } from '../../core/product.ts'
import type { NpyReader } from '../../formats/npy-reader.ts'
import type { View } from '../../pool/pool.ts'

export class Operand {
  readonly #reader: NpyReader
  readonly #transposed: boolean

  constructor(reader: NpyReader, { transposed }: StoredOperand) {
    this.#reader = reader
    this.#transposed = transposed
  }

  /** Reads `panel` of op(A) into `target`; `view` says how it lies there. */
  read(panel: Rectangle, target: Uint8Array): Promise<void> {
    const { row, column, rows, columns } = panel
    return this.readStored(
      this.#transposed ? { row: column, column: row, rows: columns, columns: rows } : panel,
      target,
    )
  }

  /** Reads a part of the matrix as its file has it, row by row. */
  readStored(stored: Rectangle, target: Uint8Array): Promise<void> {
    return this.#reader.read(stored, target)
  }

  /** How a panel that `read` put at `offset` is indexed as a part of op(A). */
  view(offset: number, { rows, columns }: Rectangle): View {
    return this.#transposed
      ? { offset, rowStride: 1, columnStride: rows }
      : { offset, rowStride: columns, columnStride: 1 }
  }
}
