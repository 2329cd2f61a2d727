/**
 * Times things that share something, such as a link: while n run at once, each is charged an n-th of the time. So the
 * charges add up to the time in which anything ran, and bytes over charge is the rate of the link, however many share it.
 */
export class SharedClock {
  readonly #now: () => number
  #running = 0
  /** What one that runs all the time would have been charged by `#at`. */
  #share = 0
  #at = 0

  /** `now` in ms, on a clock that does not run backwards. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Runs `action` and says what it is charged, in ms, whether it succeeds or not. */
  async charge<T>(action: () => Promise<T>, toCharge: (ms: number) => void): Promise<T> {
    this.#advance()
    this.#running++
    const start = this.#share
    try {
      return await action()
    } finally {
      this.#advance()
      this.#running--
      toCharge(this.#share - start)
    }
  }

  #advance(): void {
    const now = this.#now()
    if (this.#running > 0) this.#share += (now - this.#at) / this.#running
    this.#at = now
  }
}
