/** What master-combine knows of a job: which tiles there are, which are placed, and what to do with one that arrives. */
import { GemmeshError } from '../errors.ts'
import { area, cover, intersect, type Rectangle } from './geometry.ts'
import type { Shape } from './matrix.ts'

/**
 * - `write`: nothing is placed there yet; write the bytes, then say `placed`. Offered again with the same digest
 *   before that, it is `write` again: the bytes are the same.
 * - `already-placed`: the very same bytes are in place; acknowledge and write nothing.
 * - `conflict`: other bytes are in place, or are being written; write nothing.
 */
export type Verdict = 'write' | 'already-placed' | 'conflict'

interface Offer {
  readonly attempt: number
  readonly digest: string
}

/** Placing is idempotent and happens once a unit; digests are those of a tile's payload bytes. */
export class Placement {
  readonly #tiles: readonly Rectangle[]
  readonly #offered = new Map<number, Offer>()
  readonly #placed = new Map<number, string>()
  #elementsPlaced = 0

  /** GEMMESH_TILE_REFUSED unless `tiles`, by unit number, cover a matrix of `shape` exactly once. */
  constructor(tiles: readonly Rectangle[], [rows, columns]: Shape) {
    cover(tiles, { row: 0, column: 0, rows, columns })
    this.#tiles = tiles
  }

  get unitsTotal(): number {
    return this.#tiles.length
  }

  get unitsPlaced(): number {
    return this.#placed.size
  }

  get elementsPlaced(): number {
    return this.#elementsPlaced
  }

  /** Every element of the matrix is placed; so it is from the start where there are none. */
  get complete(): boolean {
    return this.#placed.size === this.#tiles.length
  }

  /** Where a unit's tile belongs; GEMMESH_TILE_REFUSED where the job has no such unit. */
  tile(unit: number): Rectangle {
    const tile = this.#tiles[unit]
    if (tile !== undefined) return tile
    throw new GemmeshError(
      'GEMMESH_TILE_REFUSED',
      this.#tiles.length === 0
        ? `unit ${unit} is not one of this job, which has no units`
        : `unit ${unit} is not one of this job, whose units are 0 to ${this.#tiles.length - 1}`,
    )
  }

  isPlaced(unit: number): boolean {
    this.tile(unit)
    return this.#placed.has(unit)
  }

  /** The tiles that have elements of `region` and are not placed. */
  missingIn(region: Rectangle): Rectangle[] {
    return this.#tiles.filter(
      (tile, unit) => !this.#placed.has(unit) && intersect(tile, region) !== undefined,
    )
  }

  /** A whole tile of this digest has arrived. GEMMESH_TILE_REFUSED where the job has no such unit. */
  offer(unit: number, attempt: number, digest: string): Verdict {
    this.tile(unit)
    const placed = this.#placed.get(unit)
    if (placed !== undefined) return placed === digest ? 'already-placed' : 'conflict'
    const offered = this.#offered.get(unit)
    // Two different answers must never be written into one place at a time: a mix of them would be neither.
    if (offered !== undefined && offered.digest !== digest) return 'conflict'
    if (offered === undefined) this.#offered.set(unit, { attempt, digest })
    return 'write'
  }

  /** What `attempt` was told to write will not be placed after all (the disk refused, a newer attempt took over). */
  withdraw(unit: number, attempt: number): void {
    if (this.#offered.get(unit)?.attempt === attempt) this.#offered.delete(unit)
  }

  /**
   * The bytes of this digest are in place for good. True the first time; saying it again changes nothing. GEMMESH_INTERNAL
   * where other bytes are in place already, or other bytes were the ones to be written.
   */
  placed(unit: number, digest: string): boolean {
    const tile = this.tile(unit)
    const before = this.#placed.get(unit) ?? this.#offered.get(unit)?.digest
    if (before !== undefined && before !== digest) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `unit ${unit} was placed with the digest ${digest} over one with the digest ${before}`,
      )
    }
    if (this.#placed.has(unit)) return false
    this.#offered.delete(unit)
    this.#placed.set(unit, digest)
    this.#elementsPlaced += area(tile)
    return true
  }

  /** Unit numbers in place, in the order of placing. */
  placedUnits(): number[] {
    return [...this.#placed.keys()]
  }

  /** Unit numbers not in place, ascending. */
  missing(): number[] {
    const missing: number[] = []
    for (const unit of this.#tiles.keys()) if (!this.#placed.has(unit)) missing.push(unit)
    return missing
  }
}
