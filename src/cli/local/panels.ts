/** The places in the arena that one operand's panels (or the tiles of C) lie in, one after the other. */
import { GemmeshError } from '../../errors.ts'

interface Place {
  readonly offset: number
  holds: string
  /** Settles when what fills the place, or what empties it, has ended. */
  busy: Promise<void>
}

export class Panels {
  readonly #places: readonly Place[]
  #current = 0

  constructor(offsets: readonly number[]) {
    this.#places = offsets.map(offset => ({ offset, holds: '', busy: Promise.resolve() }))
  }

  /** The offset of the panel named `name`; where it does not lie there yet, the next place is filled with it. */
  take(name: string, fill: (offset: number) => Promise<void>): { offset: number; ready: Promise<void> } {
    let place = this.#places[this.#current]
    if (place === undefined) throw new GemmeshError('GEMMESH_INTERNAL', 'panels without a place')
    if (place.holds !== name) {
      this.#current = (this.#current + 1) % this.#places.length
      place = this.#places[this.#current] ?? place
      place.holds = name
      this.#occupy(place, fill)
    }
    return { offset: place.offset, ready: place.busy }
  }

  /** Keeps the current place from being filled anew until `empty` has carried its content away. */
  release(offset: number, empty: (offset: number) => Promise<void>): void {
    const place = this.#places.find(one => one.offset === offset)
    if (place !== undefined) this.#occupy(place, empty)
  }

  /** Waits for everything under way, and throws its first error. */
  async settle(): Promise<void> {
    await Promise.all(this.#places.map(place => place.busy))
  }

  /** Waits for everything under way, whatever becomes of it. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#places.map(place => place.busy))
  }

  #occupy(place: Place, work: (offset: number) => Promise<void>): void {
    place.busy = place.busy.then(() => work(place.offset))
    // Whoever needs the place meets the error there; until then it is not an unhandled one.
    place.busy.catch(() => {})
  }
}
