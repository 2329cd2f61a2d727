/** References for tiles of sums and products: three real vectors and a bound a row, or eight vectors modulo 2^32. */
import type { Interval, Rectangle } from '../../core/geometry.ts'
import { bytesPerElement } from '../../core/matrix.ts'
import type { StoredOperand } from '../../core/product.ts'
import { missingSquares } from '../../core/verify/bounds.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { modularVectors, realVectors } from '../../core/verify/vectors.ts'
import type { Checker, CheckTask } from '../../kernel/checker.ts'
import { finishedReference, type UnitSums } from './finished-reference.ts'
import type { KeptChecker } from './kept-checker.ts'
import { type Chunk, chunksOf, readBytes } from './operand-chunks.ts'
import { type Group, groupUnits, piecesOf, type RowOfTiles, type Strip } from './reference-groups.ts'
import type { OperandName, ReadOperand, ReferenceJob, ReferenceUnit } from './reference-job.ts'

/** Of vectors and sums together, beside the chunks: three vectors and a norm, or eight of 4 bytes. */
const bytesPerPlace = 32
const memoryBytes = 64 * 2 ** 20
/** Of k, for which Y is in memory at once. */
const longestPiece = 2 ** 20

export async function* summedReferences(
  job: ReferenceJob,
  units: readonly ReferenceUnit[],
  read: ReadOperand,
  signal: AbortSignal,
  checker: KeptChecker,
): AsyncGenerator<UnitReference, void, void> {
  const most = (of: (unit: ReferenceUnit) => number) =>
    units.reduce((max, unit) => Math.max(max, of(unit)), 0)
  const sizes = {
    columns: most(({ tile }) => tile.columns),
    rows: most(({ tile }) => tile.rows),
    depth: Math.min(
      longestPiece,
      most(({ depth }) => depth.end - depth.start),
    ),
  }
  const stripBytes = bytesPerPlace * (sizes.columns + sizes.depth + sizes.rows)
  const groups = groupUnits(units, () => Math.floor(memoryBytes / stripBytes))
  const strips = groups.reduce((max, group) => Math.max(max, group.strips.length), 0)
  const sums = new ReferenceSums(job, read, signal, checker, { ...sizes, strips })
  for (const group of groups) yield* sums.group(group)
}

interface Sizes {
  readonly columns: number
  readonly rows: number
  readonly depth: number
  readonly strips: number
}

class ReferenceSums {
  readonly #job: ReferenceJob
  readonly #read: ReadOperand
  readonly #signal: AbortSignal
  readonly #sizes: Sizes
  readonly #checker: Checker
  readonly #exact: boolean
  /** Nothing of A and B counts. */
  readonly #scales: boolean

  constructor(job: ReferenceJob, read: ReadOperand, signal: AbortSignal, checker: KeptChecker, sizes: Sizes) {
    const { columns, depth, rows, strips } = sizes
    this.#job = job
    this.#read = read
    this.#signal = signal
    this.#sizes = sizes
    this.#checker = checker.atLeast(2 * readBytes + strips * bytesPerPlace * (columns + depth + rows))
    this.#exact = job.product.dtype === 'int32'
    this.#scales = job.alpha === 0
  }

  async *group(group: Group): AsyncGenerator<UnitReference, void, void> {
    for (const [index, strip] of group.strips.entries()) this.#placeVectors(index, strip)
    const totals = new Map<number, UnitSums>()
    const { start, end } = group.depth
    const pieces = piecesOf({ start, end: this.#scales ? start : end }, this.#sizes.depth)
    for (const [index, piece] of pieces.entries()) {
      await this.#multiplyB(group.strips, piece)
      for (const row of group.rowsOfTiles) {
        await this.#multiplyA(row, piece, totals)
        if (index < pieces.length - 1) continue
        for (const { unit, strip } of row.units) {
          const product = totals.get(unit.unit) ?? this.#emptySums(row.rows)
          totals.delete(unit.unit)
          const added = await this.#multiplyAdded(unit, strip)
          yield finishedReference(this.#job, unit, this.#vectorsOf(strip, unit.tile.columns), product, added)
        }
      }
    }
  }

  // The memory: two chunks, and for each strip its vectors X, its Y = B * X, and the sums of one row of tiles.
  #place(strip: number): number {
    const { columns, depth, rows } = this.#sizes
    return 2 * readBytes + strip * bytesPerPlace * (columns + depth + rows)
  }
  #placeOfY(strip: number): number {
    return this.#place(strip) + bytesPerPlace * this.#sizes.columns
  }
  #placeOfSums(strip: number): number {
    return this.#placeOfY(strip) + bytesPerPlace * this.#sizes.depth
  }

  #placeVectors(strip: number, { column, columns }: Strip): void {
    const { seed } = this.#job
    const values = this.#exact ? modularVectors(seed, column, columns) : realVectors(seed, column, columns)
    this.#checker.bytesAt(this.#place(strip), values.byteLength).set(new Uint8Array(values.buffer))
  }

  #vectorsOf(strip: number, columns: number): Float64Array {
    return this.#exact ? new Float64Array() : this.#checker.realsAt(this.#place(strip), 3 * columns)
  }

  /** Y of a piece of k, for all strips: of floats with the norm of each row of B as a fourth vector. */
  async #multiplyB(strips: readonly Strip[], piece: Interval): Promise<void> {
    const { product } = this.#job
    const length = piece.end - piece.start
    if (length === 0) return
    for (const index of strips.keys()) this.#clear(this.#placeOfY(index), length)
    const first = Math.min(...strips.map(({ column }) => column))
    const end = Math.max(...strips.map(({ column, columns }) => column + columns))
    const part = { row: piece.start, rows: length, column: first, columns: end - first }
    for await (const chunk of this.#chunks('b', product.b, part)) {
      for (const [index, strip] of strips.entries()) {
        const from = Math.max(strip.column, chunk.part.column)
        const columns = Math.min(strip.column + strip.columns, chunk.part.column + chunk.part.columns) - from
        if (columns <= 0) continue
        this.#add(chunk, { rows: chunk.part.rows, column: from - chunk.part.column, columns }, 'squares', {
          x: this.#place(index) + (from - strip.column) * this.#size,
          xStride: strip.columns,
          y: this.#placeOfY(index) + (chunk.part.row - piece.start) * this.#size,
          yStride: length,
        })
      }
    }
    if (this.#exact) return
    const { dtype } = product
    for (const [index, strip] of strips.entries()) {
      const norms = this.#checker.realsAt(this.#placeOfY(index) + 3 * length * this.#size, length)
      const missing = missingSquares(dtype, strip.columns)
      for (let l = 0; l < length; l++) norms[l] = Math.sqrt((norms[l] ?? 0) + missing)
    }
  }

  /** Adds A[R, piece] * Y to the sums of each unit of a row of tiles. */
  async #multiplyA(row: RowOfTiles, piece: Interval, totals: Map<number, UnitSums>): Promise<void> {
    const length = piece.end - piece.start
    if (length === 0) return
    const { rows } = row
    for (const { strip } of row.units) this.#clear(this.#placeOfSums(strip), rows)
    const part = { row: row.row, rows, column: piece.start, columns: length }
    for await (const chunk of this.#chunks('a', this.#job.product.a, part)) {
      const { column, columns } = chunk.part
      for (const { strip } of row.units) {
        this.#add(chunk, { rows: chunk.part.rows, column: 0, columns }, 'weights', {
          x: this.#placeOfY(strip) + (column - piece.start) * this.#size,
          xStride: length,
          y: this.#placeOfSums(strip) + (chunk.part.row - row.row) * this.#size,
          yStride: rows,
        })
      }
    }
    for (const { unit, strip } of row.units) {
      const total = totals.get(unit.unit) ?? this.#emptySums(rows)
      const sums = this.#sumsAt(this.#placeOfSums(strip), rows)
      for (let index = 0; index < sums.length; index++)
        total[index] = (total[index] ?? 0) + (sums[index] ?? 0)
      totals.set(unit.unit, total)
    }
  }

  /** C0[R, S] * X, for a unit that the added matrix is added to. */
  async #multiplyAdded({ tile, depth }: ReferenceUnit, strip: number): Promise<UnitSums | undefined> {
    const { product, beta } = this.#job
    if (product.added === undefined || beta === 0 || depth.start > 0) return undefined
    const y = this.#placeOfSums(strip)
    this.#clear(y, tile.rows)
    for await (const chunk of this.#chunks('c', product.added, tile)) {
      const { column, columns, rows } = chunk.part
      this.#add(chunk, { rows, column: 0, columns }, 'squares', {
        x: this.#place(strip) + (column - tile.column) * this.#size,
        xStride: tile.columns,
        y: y + (chunk.part.row - tile.row) * this.#size,
        yStride: tile.rows,
      })
    }
    const sums = this.#sumsAt(y, tile.rows).slice()
    if (sums instanceof Float64Array) {
      const missing = missingSquares(product.dtype, tile.columns)
      for (let row = 3 * tile.rows; row < sums.length; row++)
        sums[row] = Math.sqrt((sums[row] ?? 0) + missing)
    }
    return sums
  }

  async *#chunks(
    name: OperandName,
    operand: StoredOperand,
    part: Rectangle,
  ): AsyncGenerator<Chunk, void, void> {
    const size = bytesPerElement[this.#job.product.dtype]
    for await (const chunk of chunksOf(name, operand, part, size, this.#read, this.#checker, 0)) {
      this.#signal.throwIfAborted()
      yield chunk
    }
  }

  /** Adds some columns of a chunk of op(X), all rows of it, times vectors, to sums: by rows of op(X) in either case. */
  #add(
    chunk: Chunk,
    { rows, column, columns }: { rows: number; column: number; columns: number },
    fourth: CheckTask['fourth'],
    places: Pick<CheckTask, 'x' | 'xStride' | 'y' | 'yStride'>,
  ): void {
    const { dtype } = this.#job.product
    const size = bytesPerElement[dtype]
    const common = {
      dtype,
      stride: chunk.columns,
      ...places,
      fourth: this.#exact ? ('none' as const) : fourth,
    }
    if (chunk.transposed) {
      const matrix = chunk.offset + column * chunk.columns * size
      this.#checker.byColumns({ ...common, rows: columns, columns: rows, matrix })
    } else {
      this.#checker.byRows({ ...common, rows, columns, matrix: chunk.offset + column * size })
    }
  }

  get #size(): number {
    return this.#exact ? 4 : 8
  }

  #clear(offset: number, places: number): void {
    this.#checker.bytesAt(offset, places * bytesPerPlace).fill(0)
  }

  #sumsAt(offset: number, rows: number): UnitSums {
    return this.#exact ? this.#checker.integersAt(offset, 8 * rows) : this.#checker.realsAt(offset, 4 * rows)
  }

  #emptySums(rows: number): UnitSums {
    return this.#exact ? new Int32Array(8 * rows) : new Float64Array(4 * rows)
  }
}
