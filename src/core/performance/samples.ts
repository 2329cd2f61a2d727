/** The median of this many latest samples: one that met a cold cache or a busy machine does not move it. */
export const samplesKept = 15

/** The latest of a slave's rates, and their median. */
export class Samples {
  readonly #latest: number[] = []
  #next = 0
  #median = Number.NaN

  get count(): number {
    return this.#latest.length
  }

  /** NaN where there is none. */
  get median(): number {
    return this.#median
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
    this.#median = medianOf(this.#latest)
    return true
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
