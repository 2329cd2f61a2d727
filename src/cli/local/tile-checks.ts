/**
 * The checks of a local product's tiles, as master-combine checks those of slaves (docs/VERIFICATION.md): products with secret
 * vectors are compared with what A, B and C0 say, which are read once more for it, while the threads compute.
 */
import { setImmediate as yieldOnce } from 'node:timers/promises'
import { describeRectangle, gridRectangles, type Rectangle, split } from '../../core/geometry.ts'
import { bytesPerElement } from '../../core/matrix.ts'
import type { Semiring } from '../../core/semiring.ts'
import { type Method, methodOf } from '../../core/verify/method.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { GemmeshError } from '../../errors.ts'
import { TileCheck } from '../../verification/checks/tile-check.ts'
import { TileVectors } from '../../verification/checks/tile-vectors.ts'
import { KeptChecker } from '../../verification/references/kept-checker.ts'
import type { ReadOperand, ReferenceJob, ReferenceUnit } from '../../verification/references/reference-job.ts'
import { makeReferences } from '../../verification/references/references.ts'
import type { Operands } from './operands.ts'
import { ReferencesInOrder } from './references-in-order.ts'
import type { Tiling } from './tiling.ts'

export interface TileChecksRequest {
  readonly operands: Operands
  readonly alpha: number
  readonly beta: number
  /** Default: plus-times. */
  readonly semiring?: Semiring
  readonly reproducible?: boolean
  readonly tiling: Pick<Tiling, 'mt' | 'nt' | 'kt'>
  /** `seedBytes` of core/verify/vectors.ts, at random. */
  readonly seed: Uint8Array
  readonly signal: AbortSignal
}

/** What was checked, and found right. */
export interface CheckFigures {
  readonly method: Method
  readonly tiles: number
  /** Numbers that are not finite, or sums that may overflow: no bound holds. */
  readonly rowsUnchecked: number
  /** The largest residual as a part of its bound; 0 where sums are exact. */
  readonly worst: number
}

/**
 * Tiles are checked in parts of at most so many rows and columns. The bound grows with the square root of the columns, the work
 * with the number of parts across: with half as many columns, what A takes doubles.
 */
const edge = 1024
/** Of rows that are apart in a tile. */
const gatheredBytes = 128 * 1024

export class TileChecks {
  readonly #job: ReferenceJob
  readonly #tiling: TileChecksRequest['tiling']
  readonly #read: ReadOperand
  readonly #ending = new AbortController()
  readonly #signal: AbortSignal
  readonly #vectors: TileVectors
  readonly #checker: KeptChecker
  readonly #gathered = new Uint8Array(gatheredBytes)
  #figures: CheckFigures
  /** Of the tiles from this column on. */
  #column = 0
  #references: ReferencesInOrder
  /** One tile after the other. */
  #tail: Promise<unknown> = Promise.resolve()

  /** The first references are begun at once. */
  constructor({ operands, tiling, seed, signal, ...request }: TileChecksRequest) {
    const { product, a, b, added } = operands
    const { semiring = 'plus-times', alpha, beta, reproducible = false } = request
    this.#job = { product, semiring, alpha, beta, reproducible, stepDepth: tiling.kt, seed }
    this.#tiling = tiling
    this.#read = async (name, stored, target) =>
      (name === 'a' ? a : name === 'b' ? b : added)?.readStored(stored, target)
    this.#signal = AbortSignal.any([signal, this.#ending.signal])
    const method = methodOf(semiring, product.dtype)
    this.#figures = { method, tiles: 0, rowsUnchecked: 0, worst: 0 }
    const summed = method === 'sampled' ? [] : [product.dtype]
    this.#vectors = new TileVectors(summed)
    this.#checker = new KeptChecker(summed)
    this.#references = this.#begin()
  }

  get figures(): CheckFigures {
    return this.#figures
  }

  /**
   * `bytes`: of the tile, row by row. Tiles come in the order in which they are computed (`stepsOf`). GEMMESH_VERIFICATION_FAILED
   * where it is not the product.
   */
  check(tile: Rectangle, bytes: Uint8Array): Promise<void> {
    const checked = this.#tail.then(() => this.#check(tile, bytes))
    this.#tail = checked.catch(() => {})
    return checked
  }

  /** Nothing is read any more when this has ended. */
  async close(): Promise<void> {
    this.#ending.abort()
    await this.#references.end()
  }

  async #check(tile: Rectangle, bytes: Uint8Array): Promise<void> {
    if (tile.column !== this.#column) {
      this.#column = tile.column
      await this.#references.end()
      this.#references = this.#begin()
    }
    for (const unit of this.#unitsOf(tile)) {
      const reference = await this.#references.of(unit.unit)
      // The threads are handed their work in turns of the event loop.
      await yieldOnce()
      this.#judge(unit, tile, bytes, reference)
    }
    this.#figures = { ...this.#figures, tiles: this.#figures.tiles + 1 }
  }

  /** For the tiles of one column of them. */
  #begin(): ReferencesInOrder {
    const { m, n } = this.#job.product
    const { mt, nt } = this.#tiling
    const units: ReferenceUnit[] = []
    for (let row = 0; row < m; row += mt) {
      const [rows, columns] = [Math.min(mt, m - row), Math.min(nt, n - this.#column)]
      units.push(...this.#unitsOf({ row, column: this.#column, rows, columns }))
    }
    return new ReferencesInOrder(makeReferences(this.#job, units, this.#read, this.#signal, this.#checker))
  }

  /** A tile's parts. */
  #unitsOf({ row, column, rows, columns }: Rectangle): ReferenceUnit[] {
    const { n, k } = this.#job.product
    const edges = (start: number, length: number) => split(start, length, Math.ceil(length / edge))
    return gridRectangles(edges(row, rows), edges(column, columns)).map(tile => ({
      unit: tile.row * n + tile.column,
      tile,
      depth: { start: 0, end: k },
    }))
  }

  #judge({ unit, tile: part }: ReferenceUnit, tile: Rectangle, bytes: Uint8Array, reference: UnitReference) {
    const { product, semiring, seed } = this.#job
    const { dtype } = product
    const check = new TileCheck({ unit, tile: part, dtype, semiring, seed }, this.#vectors)
    let taken = 0
    for (const rows of this.#rowsOf(part, tile, bytes)) {
      check.data(taken, rows)
      taken += rows.length
    }
    const { right, rowsUnchecked, worst, residual, bound, row } = check.verdict(reference)
    if (!right) throw wrong(this.#figures.method, part, part.row + row, residual, bound)
    const before = this.#figures
    this.#figures = {
      ...before,
      rowsUnchecked: before.rowsUnchecked + rowsUnchecked,
      worst: Math.max(before.worst, worst),
    }
  }

  /** Of a part of a tile, one row after the other without gaps: some at a time. */
  *#rowsOf(part: Rectangle, tile: Rectangle, bytes: Uint8Array): Generator<Uint8Array> {
    const size = bytesPerElement[this.#job.product.dtype]
    const [rowBytes, strideBytes] = [part.columns * size, tile.columns * size]
    const start = (part.row - tile.row) * strideBytes + (part.column - tile.column) * size
    if (rowBytes === strideBytes) {
      yield bytes.subarray(start, start + part.rows * rowBytes)
      return
    }
    const most = Math.floor(gatheredBytes / rowBytes)
    for (let first = 0; first < part.rows; first += most) {
      const rows = Math.min(most, part.rows - first)
      for (let row = 0; row < rows; row++) {
        const at = start + (first + row) * strideBytes
        this.#gathered.set(bytes.subarray(at, at + rowBytes), row * rowBytes)
      }
      yield this.#gathered.subarray(0, rows * rowBytes)
    }
  }
}

function wrong(method: Method, part: Rectangle, row: number, residual: number, bound: number): GemmeshError {
  const found = {
    real: `row ${row}, times a secret vector, is ${residual} from what the operands say, and rounding explains ${bound} at most`,
    modular: `row ${row}, times a secret vector, is not what the operands say`,
    sampled: `an element of row ${row} is ${residual} from what the operands say`,
  }
  return new GemmeshError(
    'GEMMESH_VERIFICATION_FAILED',
    `${describeRectangle(part)} of the product are wrong: ${found[method]}. The result was not kept. Did a file change meanwhile? ` +
      'Else memory or processor err here: multiply again, and test the memory.',
  )
}
