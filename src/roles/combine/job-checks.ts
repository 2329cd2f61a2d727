/** The checks of one job's tiles: references as they come from master-assign, and tiles that wait for theirs. */
import type { Rectangle } from '../../core/geometry.ts'
import type { TileCheck as CheckFacts } from '../../core/receipt.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { GemmeshError } from '../../errors.ts'
import type { OpenJob, UnitRef } from '../../protocol/messages.ts'
import { TileCheck } from '../../verification/checks/tile-check.ts'
import type { TileVectors } from '../../verification/checks/tile-vectors.ts'

/** Of references of one job; master-assign sends 64 MiB ahead of what slaves have at hand. */
const mostBytes = 2 ** 30

export class JobChecks {
  readonly #description: OpenJob
  readonly #seed: Uint8Array
  readonly #vectors: TileVectors
  readonly #references = new Map<number, UnitReference>()
  #bytes = 0
  /** By unit: who waits for its reference. */
  readonly #waiting = new Map<number, Set<() => void>>()
  #isEnded = false

  constructor(description: OpenJob, seed: string, vectors: TileVectors) {
    this.#description = description
    this.#seed = new Uint8Array(Buffer.from(seed, 'hex'))
    this.#vectors = vectors
  }

  /** Of references that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** `tile`: as in the description. Its bytes go to the check as they arrive. */
  begin(unit: number, tile: Rectangle): TileCheck {
    const { dtype, semiring } = this.#description
    return new TileCheck({ unit, tile, dtype, semiring, seed: this.#seed }, this.#vectors)
  }

  /** GEMMESH_BUSY, and nothing is taken, where there would be too much. */
  take(references: readonly UnitReference[]): void {
    const bytes = references.reduce((sum, reference) => sum + bytesOf(reference), 0)
    if (this.#bytes + bytes > mostBytes && this.#references.size > 0) {
      throw new GemmeshError(
        'GEMMESH_BUSY',
        `job ${this.#description.job} has ${this.#bytes} bytes of references, and ${mostBytes} is the limit: send them when tiles have come`,
      )
    }
    for (const reference of references) {
      this.forget(reference.unit)
      this.#references.set(reference.unit, reference)
      this.#bytes += bytesOf(reference)
      this.#wake(reference.unit)
    }
  }

  /** The unit is placed: nobody will ask for its reference again. */
  forget(unit: number): void {
    const known = this.#references.get(unit)
    if (known === undefined) return
    this.#bytes -= bytesOf(known)
    this.#references.delete(unit)
  }

  /**
   * What came of the check of a tile that has arrived whole, as soon as its reference is there. GEMMESH_TILE_WRONG with what was
   * found and what is allowed; undefined where the tile is not wanted any more, as `isWanted` says, or the checks ended.
   */
  async verdict(
    { job, unit, attempt }: UnitRef,
    check: TileCheck,
    isWanted: () => boolean,
  ): Promise<CheckFacts | undefined> {
    for (;;) {
      if (this.#isEnded || !isWanted()) return undefined
      const reference = this.#references.get(unit)
      if (reference !== undefined) {
        const { right, worst, residual, bound, row, rowsUnchecked } = check.verdict(reference)
        if (right) return { worst, residual, rowsUnchecked }
        throw new GemmeshError(
          'GEMMESH_TILE_WRONG',
          `attempt ${attempt} of unit ${unit} of job ${job} is not the product of its operands: row ${row} of its tile, times a secret ` +
            `vector, is ${residual} from what it has to be, and rounding explains ${bound} at most`,
        )
      }
      await new Promise<void>(resolve => {
        const waiting = this.#waiting.get(unit) ?? new Set()
        this.#waiting.set(unit, waiting.add(resolve))
      })
    }
  }

  /** Whoever waits for this unit's reference looks again whether it is wanted. */
  lookAgain(unit: number): void {
    this.#wake(unit)
  }

  /** Nobody waits any more. */
  end(): void {
    this.#isEnded = true
    for (const unit of [...this.#waiting.keys()]) this.#wake(unit)
    this.#references.clear()
    this.#bytes = 0
  }

  #wake(unit: number): void {
    const waiting = this.#waiting.get(unit)
    this.#waiting.delete(unit)
    for (const resolve of waiting ?? []) resolve()
  }
}

const bytesOf = ({ values, bounds }: UnitReference): number => values.length + bounds.length
