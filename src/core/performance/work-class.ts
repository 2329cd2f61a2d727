/** Slaves that did like work (one dtype, one semiring, one size), and how they compare in it. Logarithms are natural. */
import { Samples } from './samples.ts'

/** What is known of a slave before it did any work here. */
export interface Beforehand {
  readonly logPrior: number
  /** Of the rate that the slave measured by itself; undefined where it did not. */
  readonly logOwn: number | undefined
}

interface Entry {
  readonly rates: Samples
  /** Of all its units, ms. */
  computeMs: number
  beforehand: Beforehand
  /** What follows is of before its latest units. */
  isStale: boolean
  /** What it adds to the sums below; undefined while it is not trusted. */
  counted: Beforehand | undefined
  logRate: number
}

/** Fewer units are the warm-up of a just started pool more often than a rate; two will do where they took long. */
const unitsTrusted = 3
const longUnitsTrusted = 2
const computeMsTrusted = 200

/**
 * Units come in by the thousand a second, and questions seldom: then what has changed since the last one is added up. Of all
 * slaves there are sums, so that a question costs the same with ten and with ten thousand that did nothing since.
 */
export class WorkClass {
  readonly #entries = new Map<string, Entry>()
  readonly #stale: Entry[] = []
  /** Over trusted slaves: ln(prior/rate). */
  #scaleSum = 0
  #trusted = 0
  /** Over trusted slaves that measured themselves: ln(rate/own rate). */
  #yieldSum = 0
  #withOwn = 0

  /** ln of figure over rate, undefined while no slave is trusted: it brings rates to the configuration's scale. */
  get logScale(): number | undefined {
    this.#settle()
    return this.#trusted === 0 ? undefined : this.#scaleSum / this.#trusted
  }

  /** Flops a millisecond, oldest first. */
  ratesOf(slave: string): number[] {
    return this.#entries.get(slave)?.rates.values ?? []
  }

  computeMsOf(slave: string): number {
    return this.#entries.get(slave)?.computeMs ?? 0
  }

  /** How many units its rate comes from; 0 while it is not trusted. */
  weightOf(slave: string): number {
    this.#settle()
    const entry = this.#entries.get(slave)
    return entry?.counted === undefined ? 0 : entry.rates.count
  }

  /** ln of its rate, undefined while it is not trusted. */
  logRateOf(slave: string): number | undefined {
    this.#settle()
    const entry = this.#entries.get(slave)
    return entry?.counted === undefined ? undefined : entry.logRate
  }

  /** ln of the rate to expect of a slave that measured itself, by what others make of theirs here. */
  expectedLogRate(logOwn: number): number | undefined {
    this.#settle()
    return this.#withOwn === 0 ? undefined : logOwn + this.#yieldSum / this.#withOwn
  }

  /** What is known of a slave beforehand is asked when its first unit comes in; `refresh` says when it has changed. */
  add(slave: string, rate: number, computeMs: number, beforehand: () => Beforehand): void {
    const entry = this.#entries.get(slave) ?? this.#enter(slave, beforehand())
    if (!entry.rates.add(rate)) return
    entry.computeMs += computeMs
    this.#touch(entry)
  }

  /** What is known of the slave beforehand has changed. */
  refresh(slave: string, beforehand: Beforehand): void {
    const entry = this.#entries.get(slave)
    if (entry === undefined) return
    entry.beforehand = beforehand
    this.#touch(entry)
  }

  forget(slave: string): void {
    const entry = this.#entries.get(slave)
    if (entry === undefined) return
    this.#settle()
    this.#discount(entry)
    this.#entries.delete(slave)
  }

  #enter(slave: string, beforehand: Beforehand): Entry {
    const entry: Entry = {
      rates: new Samples(),
      computeMs: 0,
      beforehand,
      isStale: false,
      counted: undefined,
      logRate: Number.NaN,
    }
    this.#entries.set(slave, entry)
    return entry
  }

  #touch(entry: Entry): void {
    if (entry.isStale) return
    entry.isStale = true
    this.#stale.push(entry)
  }

  #settle(): void {
    for (const entry of this.#stale) {
      entry.isStale = false
      this.#discount(entry)
      entry.logRate = Math.log(entry.rates.fast)
      this.#count(entry)
    }
    this.#stale.length = 0
  }

  #count(entry: Entry): void {
    if (!isTrusted(entry)) return
    const { beforehand } = entry
    entry.counted = beforehand
    this.#trusted++
    this.#scaleSum += beforehand.logPrior - entry.logRate
    if (beforehand.logOwn === undefined) return
    this.#withOwn++
    this.#yieldSum += entry.logRate - beforehand.logOwn
  }

  #discount(entry: Entry): void {
    const { counted } = entry
    if (counted === undefined) return
    entry.counted = undefined
    this.#trusted--
    this.#scaleSum -= counted.logPrior - entry.logRate
    if (counted.logOwn === undefined) return
    this.#withOwn--
    this.#yieldSum -= entry.logRate - counted.logOwn
  }
}

const isTrusted = ({ rates, computeMs }: Entry): boolean =>
  rates.count >= unitsTrusted || (rates.count >= longUnitsTrusted && computeMs >= computeMsTrusted)
