/** Chance that is the same for the same seed: splitmix32, by Steele, Lea and Flood, with its 32-bit finisher. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to 1, the latter not included. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** From 1/`most` to `most`, as often above 1 as below. */
  factor(most: number): number {
    return most ** this.between(-1, 1)
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability
  }

  /** A log-normal factor around 1 whose mean is 1; `spread` is the standard deviation of its logarithm. */
  noise(spread: number): number {
    if (spread === 0) return 1
    // Box-Muller; 1 - next() is never 0.
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
    return Math.exp(spread * normal - (spread * spread) / 2)
  }
}
