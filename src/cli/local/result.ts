/** Where the tiles of a local product go: into a file that appears when it is complete, or, if small, into memory. */
import { area, type Rectangle } from '../../core/geometry.ts'
import { arrayOf, bytesPerElement, type Elements } from '../../core/matrix.ts'
import type { Product } from '../../core/product.ts'
import type { NpySpec } from '../../formats/npy.ts'
import { NpyReader } from '../../formats/npy-reader.ts'
import { createOutput } from '../../formats/output.ts'

export interface Result {
  write(tile: Rectangle, source: Uint8Array): Promise<void>
  /** Makes the file appear under its name. */
  commit(): Promise<void>
  /** Leaves nothing behind. */
  discard(): Promise<void>
  /** The elements, of a result in memory. */
  readonly values?: Elements
}

/** A result of at most this many rows and columns is shown where no output file is named. */
const mostShownEdge = 10

export const isShown = ({ m, n }: Product): boolean => m <= mostShownEdge && n <= mostShownEdge

/** The file of C: a vector is one row in it. */
export function specOf({ dtype, m, n, shape }: Product): NpySpec {
  return shape.length === 1
    ? { dtype, rows: 1, columns: m * n, dimensions: 1 }
    : { dtype, rows: m, columns: n, dimensions: 2 }
}

/** A file at `path`, or GEMMESH_OUTPUT_UNWRITABLE before anything is computed; without a path, memory or nothing. */
export async function createResult(path: string | undefined, product: Product): Promise<Result> {
  if (path === undefined) return isShown(product) ? shown(product) : unkept
  const spec = specOf(product)
  const output = await createOutput(path, spec)
  // Of a vector one of row and column is 0, whichever way it stands in the product.
  const place = (tile: Rectangle): Rectangle =>
    spec.dimensions === 2 ? tile : { row: 0, column: tile.row + tile.column, rows: 1, columns: area(tile) }
  return {
    write: (tile, source) => output.writer.write(place(tile), source),
    commit: () => output.commit(),
    discard: () => output.discard(),
  }
}

const unkept: Result = { write: async () => {}, commit: async () => {}, discard: async () => {} }

function shown({ dtype, m, n }: Product): Result {
  const elementBytes = bytesPerElement[dtype]
  const bytes = new Uint8Array(m * n * elementBytes)
  return {
    ...unkept,
    async write({ row, column, rows, columns }, source) {
      const rowBytes = columns * elementBytes
      for (let index = 0; index < rows; index++)
        bytes.set(
          source.subarray(index * rowBytes, (index + 1) * rowBytes),
          ((row + index) * n + column) * elementBytes,
        )
    },
    values: new arrayOf[dtype](bytes.buffer),
  }
}

/** All elements of a small file of C. */
export async function readValues(path: string, { dtype, m, n }: Product): Promise<Elements> {
  const bytes = new Uint8Array(m * n * bytesPerElement[dtype])
  const reader = await NpyReader.open(path)
  try {
    const { rows, columns } = reader.header
    await reader.read({ row: 0, column: 0, rows, columns }, bytes)
  } finally {
    await reader.close()
  }
  return new arrayOf[dtype](bytes.buffer)
}
