/** How fast each slave is: the configuration's figure, corrected by what was measured. */
import type { Dtype } from './matrix.ts'

export interface Measurement {
  readonly dtype: Dtype
  /** 2*rows*columns*k of the work unit. */
  readonly flops: number
  readonly computeMs: number
}

export interface PerformanceOptions {
  readonly slaves: readonly { readonly name: string; readonly performance: number }[]
  /** Off: the configuration's figures alone decide. */
  readonly measured: boolean
}

/** Of one slave in one class: the latest rates, in flops a millisecond. */
interface Rates {
  readonly latest: number[]
  next: number
  /** ln of their median. */
  logRate: number
}

/** Slaves that did work alike: one dtype, one size class. */
interface WorkClass {
  readonly dtype: Dtype
  readonly rates: Map<string, Rates>
  /** ln(prior/rate) summed over the slaves with enough samples, and how many they are. */
  logScaleSum: number
  trusted: number
}

/** The median of this many latest samples: one that met a cold cache or a busy machine does not move it. */
const samplesKept = 15
/** Fewer are the warm-up of a just started pool more often than a rate. */
const samplesTrusted = 3

/**
 * Figures stay on the scale of the configuration: in each class rates are multiplied by the geometric mean of prior/rate
 * over the slaves measured in it. So measured slaves together keep the weight that their priors gave them, slaves not
 * measured yet compare with them by their priors, and a measurement of one slave alone, which says nothing about
 * proportions, changes nothing. Rates are compared within a class of like work only: small units are slower everywhere.
 */
export class Performance {
  readonly #priors: ReadonlyMap<string, number>
  readonly #measured: boolean
  readonly #classes = new Map<string, WorkClass>()

  constructor({ slaves, measured }: PerformanceOptions) {
    this.#priors = new Map(slaves.map(({ name, performance }) => [name, performance]))
    this.#measured = measured
  }

  /** A unit was computed. Figures that give no rate (no work, no time, an unknown slave) are left out. */
  record(slave: string, { dtype, flops, computeMs }: Measurement): void {
    const prior = this.#priors.get(slave)
    const rate = flops / computeMs
    if (!this.#measured || prior === undefined || !(rate > 0 && Number.isFinite(rate))) return
    const workClass = this.#classOf(dtype, flops)
    const rates = workClass.rates.get(slave) ?? { latest: [], next: 0, logRate: 0 }
    workClass.rates.set(slave, rates)
    if (isTrusted(rates)) workClass.logScaleSum -= Math.log(prior) - rates.logRate
    else if (rates.latest.length === samplesTrusted - 1) workClass.trusted++
    rates.latest[rates.next] = rate
    rates.next = (rates.next + 1) % samplesKept
    rates.logRate = Math.log(median(rates.latest))
    if (isTrusted(rates)) workClass.logScaleSum += Math.log(prior) - rates.logRate
  }

  /** The configuration's figure; 0 for a slave that is not in it. */
  prior(slave: string): number {
    return this.#priors.get(slave) ?? 0
  }

  /** The figure to plan with, on the configuration's scale. */
  of(slave: string, dtype: Dtype): number {
    const prior = this.prior(slave)
    let logSum = 0
    let samples = 0
    for (const { dtype: measuredDtype, rates, logScaleSum, trusted } of this.#classes.values()) {
      const own = rates.get(slave)
      if (measuredDtype !== dtype || own === undefined || !isTrusted(own)) continue
      logSum += own.latest.length * (own.logRate + logScaleSum / trusted)
      samples += own.latest.length
    }
    return samples === 0 ? prior : Math.exp(logSum / samples)
  }

  /** A factor of 8 in work, that is of 2 in the edge of a unit, makes another class. */
  #classOf(dtype: Dtype, flops: number): WorkClass {
    const key = `${dtype} ${Math.floor(Math.log2(flops) / 3)}`
    const known = this.#classes.get(key)
    if (known !== undefined) return known
    const made: WorkClass = { dtype, rates: new Map(), logScaleSum: 0, trusted: 0 }
    this.#classes.set(key, made)
    return made
  }
}

const isTrusted = (rates: Rates): boolean => rates.latest.length >= samplesTrusted

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
