/** The secret vectors of the tiles that arrive, in the checker's memory, and the sums of tiles with them. */
import type { Rectangle } from '../../core/geometry.ts'
import { bytesPerElement, type Dtype, dtypes } from '../../core/matrix.ts'
import { modularVectors, realVectors, vectorCount } from '../../core/verify/vectors.ts'
import { GemmeshError } from '../../errors.ts'
import { Checker } from '../../kernel/checker.ts'
import type { RowSums } from './row-sums.ts'

/** Of a tile at a time: it stays in the L2 cache from the copy to the sum. */
const pieceBytes = 128 * 1024
/** For each element of a piece, which may be a row, the sums of eight int32. */
const sumsBytes = (pieceBytes / 4) * 8 * 4
/** Of vectors, those of several strips of columns. */
const vectorsBytes = 8 * 2 ** 20

const offsets = { piece: 0, sums: pieceBytes, vectors: pieceBytes + sumsBytes }

/** Which vectors: for columns of C from `column` on. */
export class Strip {
  readonly dtype: Dtype
  readonly seed: Uint8Array
  readonly column: number
  readonly columns: number
  /** The same for the same vectors. */
  readonly key: string

  constructor(dtype: Dtype, seed: Uint8Array, { column, columns }: Pick<Rectangle, 'column' | 'columns'>) {
    this.dtype = dtype
    this.seed = seed
    this.column = column
    this.columns = columns
    this.key = [dtype === 'int32', column, columns, ...seed].join()
  }
}

/** One for all tiles of a process: those of the same columns use the same vectors. */
export class TileVectors {
  readonly #checker: Checker
  readonly #places = new Map<string, number>()
  #usedBytes = 0

  /** `used`: as `Checker` has it. */
  constructor(used: readonly Dtype[] = dtypes) {
    this.#checker = new Checker(offsets.vectors + vectorsBytes, used)
  }

  /**
   * Adds the products of a tile's rows with the vectors: of the elements that `bytes` hold, from element `first` of the
   * tile on.
   */
  add(strip: Strip, first: number, bytes: Uint8Array, sums: RowSums): void {
    const size = bytesPerElement[strip.dtype]
    let element = first
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes)
      this.#checker.bytesAt(offsets.piece, piece.length).set(piece)
      const elements = piece.length / size
      // The rest of a row, whole rows, the beginning of a row.
      for (let taken = 0; taken < elements; ) {
        const column = (element + taken) % strip.columns
        const left = elements - taken
        const rows = column > 0 ? 1 : Math.max(1, Math.floor(left / strip.columns))
        const columns = Math.min(left, strip.columns - column)
        const row = (element + taken - column) / strip.columns
        this.#rows(strip, column, columns, rows, offsets.piece + taken * size, row, sums)
        taken += rows * columns
      }
      element += elements
    }
  }

  #rows(
    strip: Strip,
    column: number,
    columns: number,
    rows: number,
    matrix: number,
    row: number,
    sums: RowSums,
  ): void {
    const { dtype } = strip
    const exact = dtype === 'int32'
    const count = exact ? vectorCount.modular : vectorCount.real
    const view = exact
      ? this.#checker.integersAt(offsets.sums, count * rows)
      : this.#checker.realsAt(offsets.sums, count * rows)
    view.fill(0)
    this.#checker.byRows({
      ...{ dtype, rows, columns, matrix, stride: columns },
      ...{ x: this.#place(strip) + column * (exact ? 4 : 8), xStride: strip.columns },
      ...{ y: offsets.sums, yStride: rows, fourth: 'none' },
    })
    sums.add(row, rows, view)
  }

  /** Where the vectors of a strip are; they are made where they are not there. */
  #place({ dtype, seed, column, columns, key }: Strip): number {
    const found = this.#places.get(key)
    if (found !== undefined) return found
    const exact = dtype === 'int32'
    const values = exact ? modularVectors(seed, column, columns) : realVectors(seed, column, columns)
    if (values.byteLength > vectorsBytes) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `the vectors of ${columns} columns take ${values.byteLength} bytes; there is room for ${vectorsBytes}`,
      )
    }
    if (this.#usedBytes + values.byteLength > vectorsBytes) {
      this.#places.clear()
      this.#usedBytes = 0
    }
    const place = offsets.vectors + this.#usedBytes
    const bytes = new Uint8Array(values.buffer)
    this.#checker.bytesAt(place, bytes.length).set(bytes)
    this.#usedBytes += Math.ceil(values.byteLength / 64) * 64
    this.#places.set(key, place)
    return place
  }
}
