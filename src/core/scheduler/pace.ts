/** How fast each slave gets on with one job, as its master sees it: from handing a unit out to having it back. */

/** What one more unit counts at least, so that a slave that has become slow is known to be after one or two of them. */
const newestWeight = 0.4

interface Pace {
  msPerFlop: number
  units: number
  /** How long the first unit took; 0 once it is known how much of that was the start. */
  firstMs: number
}

/**
 * Unlike the figures that plans are made with, these take in all that a unit costs (transfer, too), are of this job
 * alone, and follow the latest units. Slaves that have not finished one are taken to be as fast, compared with those
 * that have, as their performance says.
 */
export class JobPace {
  readonly #performanceOf: (slave: string) => number
  readonly #performances = new Map<string, number>()
  readonly #paces = new Map<string, Pace>()
  /** Over the slaves that have finished a unit. */
  #ratesSum = 0
  #performancesSum = 0
  #measured = 0
  #startsMs = 0
  #starts = 0

  constructor(performanceOf: (slave: string) => number) {
    this.#performanceOf = performanceOf
  }

  /** Rates are flops a millisecond; before that, only their proportions mean something. */
  get isTimed(): boolean {
    return this.#performancesSum > 0
  }

  /** A unit was finished `ms` after the one before, or after it was handed out to a slave that had none. */
  record(slave: string, flops: number, ms: number): void {
    if (!(ms > 0)) return
    const pace = this.#paces.get(slave)
    if (pace === undefined) {
      this.#paces.set(slave, { msPerFlop: ms / flops, units: 1, firstMs: ms })
      this.#performancesSum += this.#performance(slave)
      this.#measured++
      this.#ratesSum += flops / ms
      return
    }
    pace.units++
    const weight = Math.max(newestWeight, 1 / pace.units)
    this.#ratesSum -= 1 / pace.msPerFlop
    pace.msPerFlop += weight * (ms / flops - pace.msPerFlop)
    this.#ratesSum += 1 / pace.msPerFlop
  }

  /**
   * Of the unit that was just finished the slave computed for `computeMs`. Where it was its first, the rest of it was the start:
   * blocks of the next unit came, too, and those that all its units share.
   */
  settle(slave: string, flops: number, computeMs: number): void {
    const pace = this.#paces.get(slave)
    if (pace === undefined || pace.firstMs === 0) return
    const startMs = pace.firstMs - computeMs
    pace.firstMs = 0
    if (pace.units > 1 || !(computeMs > 0 && startMs > 0)) return
    this.#ratesSum -= 1 / pace.msPerFlop
    pace.msPerFlop = computeMs / flops
    this.#ratesSum += 1 / pace.msPerFlop
    this.#startsMs += startMs
    this.#starts++
  }

  /** What a slave's first unit takes longer than another; 0 for one that has finished it. */
  startMs(slave: string): number {
    return this.#starts === 0 || this.#paces.has(slave) ? 0 : this.#startsMs / this.#starts
  }

  /** Compared with the average of those that have finished a unit; 1 where none has. */
  relative(slave: string): number {
    return this.isTimed ? (this.rate(slave) * this.#measured) / this.#ratesSum : 1
  }

  rate(slave: string): number {
    const pace = this.#paces.get(slave)
    if (pace !== undefined) return 1 / pace.msPerFlop
    const scale = this.isTimed ? this.#ratesSum / this.#performancesSum : 1
    return this.#performance(slave) * scale
  }

  #performance(slave: string): number {
    const known = this.#performances.get(slave)
    if (known !== undefined) return known
    const performance = this.#performanceOf(slave)
    this.#performances.set(slave, performance)
    return performance
  }
}
