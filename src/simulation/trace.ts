/** A digest of all that happened, in its order: the same for the same seed, so that a replay proves itself. */
export class Trace {
  #high = 0x811c9dc5
  #low = 0xcbf29ce4

  /** Numbers are taken as 32 bits, after rounding to thousandths. */
  add(...figures: readonly number[]): void {
    for (const figure of figures) {
      const bits = Math.round(figure * 1000) | 0
      this.#high = Math.imul(this.#high ^ bits, 0x01000193) ^ (bits >>> 15)
      this.#low = Math.imul(this.#low ^ (bits + (this.#high >>> 7)), 0x85ebca6b) ^ (this.#low >>> 13)
    }
  }

  get hash(): string {
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0')
    return hex(this.#high) + hex(this.#low)
  }
}
