import { setImmediate } from 'node:timers'

interface Waiting {
  readonly order: number
  readonly begin: () => void
}

/**
 * One at a time, and of those that wait the one with the smallest number first: the pool computes the oldest unit whose
 * blocks are there. First come, first served would let units take turns step by step: all would end at the same time, their
 * tiles would leave together, and nothing would be left to compute while the next units' blocks arrive.
 */
export class Turns {
  readonly #waiting: Waiting[] = []
  #isTaken = false

  async run<T>(order: number, action: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ order, begin: resolve })
    if (!this.#isTaken) this.#next()
    await promise
    try {
      return await action()
    } finally {
      // A turn of the event loop later: who had this turn may want the next one, too.
      setImmediate(() => this.#next())
    }
  }

  #next(): void {
    const [first] = this.#waiting.toSorted((a, b) => a.order - b.order)
    this.#isTaken = first !== undefined
    if (first === undefined) return
    this.#waiting.splice(this.#waiting.indexOf(first), 1)
    first.begin()
  }
}
