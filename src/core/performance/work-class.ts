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
  /** What it adds to the sums below; undefined while it is not trusted. */
  counted: Beforehand | undefined
  logRate: number
}

/** Fewer units are the warm-up of a just started pool more often than a rate; two will do where they took long. */
const unitsTrusted = 3
const longUnitsTrusted = 2
const computeMsTrusted = 200

/** Sums are kept as units come in, so that a question costs the same with ten slaves and with ten thousand. */
export class WorkClass {
  readonly #entries = new Map<string, Entry>()
  /** Over trusted slaves: ln(prior/rate). */
  #scaleSum = 0
  #trusted = 0
  /** Over trusted slaves that measured themselves: ln(rate/own rate). */
  #yieldSum = 0
  #withOwn = 0

  /** ln of figure over rate, undefined while no slave is trusted: it brings rates to the configuration's scale. */
  get logScale(): number | undefined {
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
    const entry = this.#entries.get(slave)
    return entry?.counted === undefined ? 0 : entry.rates.count
  }

  /** ln of its rate, undefined while it is not trusted. */
  logRateOf(slave: string): number | undefined {
    const entry = this.#entries.get(slave)
    return entry?.counted === undefined ? undefined : entry.logRate
  }

  /** ln of the rate to expect of a slave that measured itself, by what others make of theirs here. */
  expectedLogRate(logOwn: number): number | undefined {
    return this.#withOwn === 0 ? undefined : logOwn + this.#yieldSum / this.#withOwn
  }

  add(slave: string, rate: number, computeMs: number, beforehand: Beforehand): void {
    const entry = this.#entries.get(slave) ?? {
      rates: new Samples(),
      computeMs: 0,
      counted: undefined,
      logRate: Number.NaN,
    }
    this.#discount(entry)
    if (entry.rates.add(rate)) {
      this.#entries.set(slave, entry)
      entry.computeMs += computeMs
      entry.logRate = Math.log(entry.rates.fast)
    }
    this.#count(entry, beforehand)
  }

  /** What is known of the slave beforehand has changed. */
  refresh(slave: string, beforehand: Beforehand): void {
    const entry = this.#entries.get(slave)
    if (entry === undefined) return
    this.#discount(entry)
    this.#count(entry, beforehand)
  }

  forget(slave: string): void {
    const entry = this.#entries.get(slave)
    if (entry === undefined) return
    this.#discount(entry)
    this.#entries.delete(slave)
  }

  #count(entry: Entry, beforehand: Beforehand): void {
    if (!isTrusted(entry)) return
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
