/**
 * Suspicion that grows with silence: N. Hayashibara, X. Défago, R. Yared and T. Katayama, "The phi accrual failure detector"
 * (SRDS 2004). From the intervals at which heartbeats came, taken to be normally distributed, follows how likely it is that
 * the next one is still to come after such a silence; phi is minus the decimal logarithm of that. At a threshold of 8 one
 * suspicion in 10^8 is wrong, as far as the intervals to come are like those before.
 *
 * Unlike in the paper, old intervals fade instead of falling out of a window, so that a slave takes four numbers; and no
 * deviation is less than a quarter of the interval: punctual slaves should not be suspected for one late heartbeat.
 */

/** What the latest interval counts. */
const newest = 1 / 16
const leastDeviation = 1 / 4
/** No interval counts as longer than so many: after one long pause, suspicion should not be off for minutes. */
const longestInterval = 4

export class PhiAccrual {
  readonly #expectedMs: number
  #mean: number
  #variance: number
  #heardAt: number

  /** Of one that is to be heard each `expectedMs`, and was heard `now`. */
  constructor(expectedMs: number, now: number) {
    this.#expectedMs = expectedMs
    this.#mean = expectedMs
    this.#variance = (expectedMs * leastDeviation) ** 2
    this.#heardAt = now
  }

  hear(now: number): void {
    const interval = Math.min(now - this.#heardAt, this.#expectedMs * longestInterval)
    const off = interval - this.#mean
    this.#mean += off * newest
    this.#variance = (1 - newest) * (this.#variance + newest * off * off)
    this.#heardAt = now
  }

  phi(now: number): number {
    return phiOf((now - this.#heardAt - this.#usualMs) / this.#deviationMs)
  }

  /** When phi reaches what `deviationsAt` was told, if nothing is heard before. */
  reaches(deviations: number): number {
    return this.#heardAt + this.#usualMs + deviations * this.#deviationMs
  }

  /** Doubled heartbeats are no reason to expect more of them. */
  get #usualMs(): number {
    return Math.max(this.#mean, this.#expectedMs)
  }

  get #deviationMs(): number {
    return Math.max(Math.sqrt(this.#variance), this.#expectedMs * leastDeviation)
  }
}

/** No silence shorter than this reaches it, in ms. */
export const leastSilence = (expectedMs: number, deviations: number): number =>
  expectedMs * (1 + deviations * leastDeviation)

/** At how many standard deviations beyond the mean phi is `threshold`, 0.31 or more. */
export function deviationsAt(threshold: number): number {
  let low = 0
  let high = 100
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (phiOf(middle) < threshold) low = middle
    else high = middle
  }
  return high
}

/**
 * Of a normal distribution's tail, by its logistic approximation, which is within 0.00014 of the probability (S. Bowling et
 * al., JIEM 2(1), 2009) and, unlike the error function's usual ones, goes on beyond where the tail is below 2^-53.
 */
function phiOf(deviations: number): number {
  const exponent = deviations * (1.5976 + 0.070566 * deviations * deviations)
  return (exponent > 30 ? exponent : Math.log1p(Math.exp(exponent))) / Math.LN10
}
