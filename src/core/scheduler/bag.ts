/** What can be in one bag. */
export interface Bagged {
  /** Its place in the bag; -1 while it is in none. */
  bagIndex: number
}

/**
 * A set with O(1) of everything and fair samples of itself; its order is that of adding until something is deleted. Where an item
 * stands, it says itself: a Map would be one more thing to look up with each event.
 */
export class Bag<T extends Bagged> {
  readonly #items: T[] = []
  #cursor = 0

  get size(): number {
    return this.#items.length
  }

  has({ bagIndex }: T): boolean {
    return bagIndex >= 0
  }

  add(item: T): void {
    if (item.bagIndex >= 0) return
    item.bagIndex = this.#items.length
    this.#items.push(item)
  }

  delete(item: T): void {
    const { bagIndex } = item
    if (bagIndex < 0) return
    item.bagIndex = -1
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    this.#items[bagIndex] = last
    last.bagIndex = bagIndex
  }

  values(): IterableIterator<T> {
    return this.#items.values()
  }

  /** All of it where that is at most `limit`, else the next `limit` items: each comes in its turn. Good until it changes. */
  sample(limit: number): readonly T[] {
    const items = this.#items
    const { length } = items
    if (length <= limit) {
      this.#cursor = 0
      return items
    }
    const start = this.#cursor % length
    const end = start + limit
    this.#cursor = end % length
    return end <= length ? items.slice(start, end) : [...items.slice(start), ...items.slice(0, end - length)]
  }
}
