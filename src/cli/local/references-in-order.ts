/** References of tiles' parts as they are asked for: one is always being made ahead. */
import type { UnitReference } from '../../core/verify/reference.ts'
import { GemmeshError } from '../../errors.ts'

export class ReferencesInOrder {
  readonly #made: AsyncGenerator<UnitReference, void, void>
  #coming: Promise<IteratorResult<UnitReference, void>>
  /** Made before one that was asked for. */
  readonly #early = new Map<number, UnitReference>()

  constructor(made: AsyncGenerator<UnitReference, void, void>) {
    this.#made = made
    this.#coming = this.#next()
  }

  /** Once for each unit. Ends with what making references ends with. */
  async of(unit: number): Promise<UnitReference> {
    for (;;) {
      const early = this.#early.get(unit)
      if (early !== undefined) {
        this.#early.delete(unit)
        return early
      }
      const { value } = await this.#coming
      if (value === undefined)
        throw new GemmeshError('GEMMESH_INTERNAL', `there is no reference of unit ${unit}`)
      this.#coming = this.#next()
      this.#early.set(value.unit, value)
    }
  }

  /** Waits for what is being made. */
  async end(): Promise<void> {
    await this.#coming.catch(() => {})
    await this.#made.return()
  }

  #next(): Promise<IteratorResult<UnitReference, void>> {
    const coming = this.#made.next()
    coming.catch(() => {}) // met where it is asked for
    return coming
  }
}
