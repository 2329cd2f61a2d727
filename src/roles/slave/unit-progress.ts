/**
 * What renews a unit's lease: a number that is another one whenever something has been done for the unit. It follows the
 * work and not the clock, so a unit that stands still is seen to, however lively its slave is otherwise.
 */
export class UnitProgress {
  #steps = 0
  readonly #watched = new Set<() => number>()

  /** While `action` runs, every change of `source`, a whole number from 0, is progress; and so is its end. */
  async during<T>(source: () => number, action: () => Promise<T>): Promise<T> {
    const watched = () => source()
    this.#watched.add(watched)
    try {
      return await action()
    } finally {
      this.#watched.delete(watched)
      this.#steps++
    }
  }

  get count(): number {
    let count = this.#steps
    for (const source of this.#watched) count += source()
    return count
  }
}
