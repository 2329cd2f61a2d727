/** What is due when: a binary heap, O(log n) in and out. What is due at the same time comes in the order of adding. */
export class EventQueue<T> {
  readonly #entries: Entry<T>[] = []
  #added = 0

  get size(): number {
    return this.#entries.length
  }

  add(at: number, what: T): void {
    const entries = this.#entries
    const entry = { at, ordinal: this.#added++, what }
    let place = entries.length
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = entries[above]
      if (parent === undefined || !isBefore(entry, parent)) break
      entries[place] = parent
      place = above
    }
    entries[place] = entry
  }

  take(): { readonly at: number; readonly what: T } | undefined {
    const entries = this.#entries
    const [first] = entries
    const last = entries.pop()
    if (last === undefined || last === first) return first
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      const left = entries[below]
      const right = entries[below + 1]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      if (isRight) below++
      const least = isRight ? right : left
      if (!isBefore(least, last)) break
      entries[place] = least
      place = below
    }
    entries[place] = last
    return first
  }
}

interface Entry<T> {
  readonly at: number
  readonly ordinal: number
  readonly what: T
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.ordinal < b.ordinal)
}
