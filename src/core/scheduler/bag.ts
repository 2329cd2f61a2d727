/** A set with O(1) of everything and fair samples of itself; its order is that of adding until something is deleted. */
export class Bag<T> {
  readonly #items: T[] = []
  readonly #places = new Map<T, number>()
  #cursor = 0

  get size(): number {
    return this.#items.length
  }

  has(item: T): boolean {
    return this.#places.has(item)
  }

  add(item: T): void {
    if (this.#places.has(item)) return
    this.#places.set(item, this.#items.length)
    this.#items.push(item)
  }

  delete(item: T): boolean {
    const place = this.#places.get(item)
    if (place === undefined) return false
    this.#places.delete(item)
    const last = this.#items.pop()
    if (last !== undefined && last !== item) {
      this.#items[place] = last
      this.#places.set(last, place)
    }
    return true
  }

  values(): IterableIterator<T> {
    return this.#items.values()
  }

  /** All of it where that is at most `limit`, else the next `limit` items: each comes in its turn. */
  *sample(limit: number): Generator<T> {
    const items = this.#items
    const count = Math.min(limit, items.length)
    const start = items.length <= limit ? 0 : this.#cursor
    this.#cursor = (start + count) % Math.max(1, items.length)
    for (let i = 0; i < count; i++) {
      const item = items[(start + i) % items.length]
      if (item !== undefined) yield item
    }
  }
}
