/** Averages are over this many latest samples, and robust: one that met a cold cache or a busy machine does not move them. */
export const samplesKept = 15

/** The latest of a slave's rates, and robust averages of them. */
export class Samples {
  readonly #latest: number[] = []
  #next = 0

  get count(): number {
    return this.#latest.length
  }

  /** NaN where there is none. */
  get median(): number {
    const sorted = this.#sorted()
    const middle = sorted.length >> 1
    const upper = sorted[middle] ?? Number.NaN
    return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
  }

  /**
   * The upper quartile, NaN where there is none. What else runs on a slave's cores makes units slower and never faster: blocks
   * that come, a master beside it, a neighbour. So this is nearer to what it does when left alone than the median is
   * (`npm run bench:measured`, twelve first jobs: off by 10 instead of 13 percent on average, by 22 instead of 45 at most).
   */
  get fast(): number {
    const sorted = this.#sorted()
    return sorted[Math.floor(0.75 * sorted.length)] ?? Number.NaN
  }

  /** Oldest first. */
  get values(): number[] {
    return [...this.#latest.slice(this.#next), ...this.#latest.slice(0, this.#next)]
  }

  /** False where `value` is no rate: it is left out. */
  add(value: number): boolean {
    if (!(value > 0 && Number.isFinite(value))) return false
    this.#latest[this.#next] = value
    this.#next = (this.#next + 1) % samplesKept
    return true
  }

  /** Units bring one more all the time, and are asked for seldom. */
  #sorted(): number[] {
    return this.#latest.toSorted((a, b) => a - b)
  }
}
