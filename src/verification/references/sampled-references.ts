/** References for tiles of other semirings than plus-times: secret entries, computed one by one. */
import type { Interval, Rectangle } from '../../core/geometry.ts'
import { arrayOf, bytesPerElement, type Dtype } from '../../core/matrix.ts'
import type { StoredOperand } from '../../core/product.ts'
import { algebraOf, type Semiring } from '../../core/semiring.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { type Samples, samplesOf } from '../../core/verify/samples.ts'
import { chunksOf, readBytes } from './operand-chunks.ts'
import { type Group, groupUnits, piecesOf, type Strip } from './reference-groups.ts'
import type { OperandName, ReadOperand, ReferenceJob, ReferenceUnit } from './reference-job.ts'

/** Of drawn columns of B together. */
const memoryBytes = 64 * 2 ** 20
/** Of k, of which lines are in memory at once: all entries of a tile take a few milliseconds then, in which nothing else is done. */
const longestPiece = 2 ** 15
/** More than are drawn of a tile, of rows and of columns. */
const linesOfTile = 8

export async function* sampledReferences(
  job: ReferenceJob,
  units: readonly ReferenceUnit[],
  read: ReadOperand,
  signal: AbortSignal,
): AsyncGenerator<UnitReference, void, void> {
  const lineBytes = (depth: Interval) => 8 * Math.min(longestPiece, depth.end - depth.start)
  const groups = groupUnits(units, depth =>
    Math.floor(memoryBytes / Math.max(1, linesOfTile * lineBytes(depth))),
  )
  const references = new SampledReferences(job, read, signal)
  for (const group of groups) yield* references.group(group)
}

class SampledReferences {
  readonly #job: ReferenceJob
  readonly #read: ReadOperand
  readonly #signal: AbortSignal
  readonly #buffer = new ArrayBuffer(2 * readBytes)
  readonly #addTerms: AddTerms

  constructor(job: ReferenceJob, read: ReadOperand, signal: AbortSignal) {
    this.#job = job
    this.#read = read
    this.#signal = signal
    this.#addTerms = termsAdder(job.semiring, job.product.dtype)
  }

  async *group({ depth, strips, rowsOfTiles }: Group): AsyncGenerator<UnitReference, void, void> {
    const { product, semiring, seed } = this.#job
    const { zero } = algebraOf(semiring, product.dtype)
    const entries = new Map<number, Float64Array>()
    const pieces = piecesOf(depth, longestPiece)
    for (const [index, piece] of pieces.entries()) {
      const columns = await this.#columnsOfB(
        strips,
        piece,
        rowsOfTiles.flatMap(({ units }) => units),
      )
      for (const { units } of rowsOfTiles) {
        for (const { unit, strip } of units) {
          const samples = samplesOf(seed, unit.unit, unit.tile)
          const sums =
            entries.get(unit.unit) ??
            new Float64Array(samples.rows.length * samples.columns.length).fill(zero)
          entries.set(unit.unit, sums)
          await this.#addProducts(unit, samples, piece, columns[strip] ?? new Map(), sums)
          if (index < pieces.length - 1) continue
          entries.delete(unit.unit)
          await this.#addAdded(unit, samples, sums)
          yield { unit: unit.unit, values: bytesOf(product.dtype, sums), bounds: new Uint8Array() }
        }
      }
    }
  }

  /** For each strip the drawn columns of B, by their place in C. */
  async #columnsOfB(
    strips: readonly Strip[],
    piece: Interval,
    units: readonly { readonly unit: ReferenceUnit; readonly strip: number }[],
  ): Promise<Lines[]> {
    const { product, seed } = this.#job
    const wanted = strips.map(({ column }, strip) => {
      const one = units.find(each => each.strip === strip)
      const drawn = one === undefined ? [] : samplesOf(seed, one.unit.unit, one.unit.tile).columns
      return drawn.map(index => column + index)
    })
    const lines = await this.#lines('b', product.b, true, piece, new Set(wanted.flat()))
    return wanted.map(columns => new Map(columns.map(column => [column, lines.get(column) ?? noLine])))
  }

  async #addProducts(
    { tile }: ReferenceUnit,
    { rows, columns }: Samples,
    piece: Interval,
    columnsOfB: Lines,
    sums: Float64Array,
  ): Promise<void> {
    if (piece.end === piece.start) return
    const wanted = new Set(rows.map(row => tile.row + row))
    const lines = await this.#lines('a', this.#job.product.a, false, piece, wanted)
    for (const [down, row] of rows.entries()) {
      const a = lines.get(tile.row + row) ?? noLine
      for (const [across, column] of columns.entries()) {
        const at = down * columns.length + across
        sums[at] = this.#addTerms(sums[at] ?? 0, a, columnsOfB.get(tile.column + column) ?? noLine)
      }
    }
  }

  async #addAdded(
    { tile, depth }: ReferenceUnit,
    { rows, columns }: Samples,
    sums: Float64Array,
  ): Promise<void> {
    const { product, semiring, beta } = this.#job
    if (product.added === undefined || beta === 0 || depth.start > 0) return
    const { add } = algebraOf(semiring, product.dtype)
    const across = { start: tile.column, end: tile.column + tile.columns }
    const lines = await this.#lines(
      'c',
      product.added,
      false,
      across,
      new Set(rows.map(row => tile.row + row)),
    )
    for (const [down, row] of rows.entries()) {
      const line = lines.get(tile.row + row) ?? noLine
      for (const [index, column] of columns.entries()) {
        const at = down * columns.length + index
        sums[at] = add(sums[at] ?? 0, line[column] ?? Number.NaN)
      }
    }
  }

  /**
   * Some rows of op(X), or columns, of the elements that `along` says. Alone where they are contiguous as stored; else all between
   * the first and the last is read, as a file is faster read on end than by single elements.
   */
  async #lines(
    name: OperandName,
    operand: StoredOperand,
    areColumns: boolean,
    along: Interval,
    wanted: ReadonlySet<number>,
  ): Promise<Lines> {
    const length = along.end - along.start
    const lines: Lines = new Map([...wanted].map(line => [line, new Float64Array(length)]))
    if (length === 0 || wanted.size === 0) return lines
    const contiguous = areColumns === operand.transposed
    const [first, last] = [Math.min(...wanted), Math.max(...wanted)]
    const spans = contiguous
      ? [...wanted].map(line => ({ first: line, count: 1 }))
      : [{ first, count: last + 1 - first }]
    for (const { first, count } of spans) {
      const part: Rectangle = areColumns
        ? { row: along.start, rows: length, column: first, columns: count }
        : { row: first, rows: count, column: along.start, columns: length }
      const { dtype } = this.#job.product
      const chunks = chunksOf(name, operand, part, bytesPerElement[dtype], this.#read, this, 0)
      for await (const chunk of chunks) {
        this.#signal.throwIfAborted()
        const elements = new arrayOf[dtype](this.#buffer, chunk.offset, chunk.rows * chunk.columns)
        // As stored: whether a line goes down the chunk or across it.
        const down = areColumns !== chunk.transposed
        const ofChunk = areColumns ? chunk.part.column : chunk.part.row
        const from = (areColumns ? chunk.part.row : chunk.part.column) - along.start
        const count = down ? chunk.rows : chunk.columns
        for (const [place, line] of lines) {
          const index = place - ofChunk
          if (index < 0 || index >= (down ? chunk.columns : chunk.rows)) continue
          const start = down ? index : index * chunk.columns
          const step = down ? chunk.columns : 1
          for (let i = 0; i < count; i++) line[from + i] = elements[start + i * step] ?? Number.NaN
        }
      }
    }
    return lines
  }

  bytesAt(offset: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#buffer, offset, bytes)
  }
}

/** Rows or columns by their place. */
type Lines = Map<number, Float64Array>
const noLine = new Float64Array()

/** The sum of what there was and of the products of two lines. */
type AddTerms = (sum: number, a: Float64Array, b: Float64Array) => number

/** Floats of 4 bytes are rounded as such, whole numbers wrap. */
function termsAdder(semiring: Semiring, dtype: Dtype): AddTerms {
  const { add, multiply } = algebraOf(semiring, dtype)
  const rounded = dtype === 'float32' ? Math.fround : (value: number) => value
  return (sum, a, b) => {
    let total = sum
    for (let l = 0; l < a.length; l++)
      total = add(total, rounded(multiply(a[l] ?? Number.NaN, b[l] ?? Number.NaN)))
    return total
  }
}

function bytesOf(dtype: Dtype, values: Float64Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * bytesPerElement[dtype])
  new arrayOf[dtype](bytes.buffer).set(values)
  return bytes
}
