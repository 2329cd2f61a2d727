/**
 * What is due when: a binary heap, O(log n) in and out. What is due at the same time comes in the order of adding. Its entries
 * are three arrays side by side, so that comparing them looks at numbers alone.
 */
export class EventQueue<T> {
  readonly #times: number[] = []
  readonly #ordinals: number[] = []
  readonly #whats: T[] = []
  #added = 0

  get size(): number {
    return this.#whats.length
  }

  add(at: number, what: T): void {
    const ordinal = this.#added++
    let place = this.#whats.length
    while (place > 0) {
      const above = (place - 1) >> 1
      if (this.#isBefore(above, at, ordinal)) break
      this.#move(above, place)
      place = above
    }
    this.#put(place, at, ordinal, what)
  }

  take(): { readonly at: number; readonly what: T } | undefined {
    const at = this.#times[0]
    const what = this.#whats[0]
    const lastAt = this.#times.pop()
    const lastOrdinal = this.#ordinals.pop()
    const last = this.#whats.pop()
    if (at === undefined || what === undefined) return undefined
    if (lastAt === undefined || lastOrdinal === undefined || last === undefined) return undefined
    if (this.#whats.length > 0) this.#sink(lastAt, lastOrdinal, last)
    return { at, what }
  }

  /** From the first place to where it belongs. */
  #sink(at: number, ordinal: number, what: T): void {
    const { length } = this.#whats
    let place = 0
    for (let below = 1; below < length; below = 2 * place + 1) {
      const right = below + 1
      if (right < length && this.#isBefore(right, this.#at(below), this.#ordinal(below))) below = right
      if (!this.#isBefore(below, at, ordinal)) break
      this.#move(below, place)
      place = below
    }
    this.#put(place, at, ordinal, what)
  }

  #isBefore(place: number, at: number, ordinal: number): boolean {
    const ownAt = this.#at(place)
    return ownAt < at || (ownAt === at && this.#ordinal(place) < ordinal)
  }

  #at(place: number): number {
    return this.#times[place] ?? Number.POSITIVE_INFINITY
  }

  #ordinal(place: number): number {
    return this.#ordinals[place] ?? Number.POSITIVE_INFINITY
  }

  #move(from: number, to: number): void {
    const what = this.#whats[from]
    if (what !== undefined) this.#put(to, this.#at(from), this.#ordinal(from), what)
  }

  #put(place: number, at: number, ordinal: number, what: T): void {
    this.#times[place] = at
    this.#ordinals[place] = ordinal
    this.#whats[place] = what
  }
}
