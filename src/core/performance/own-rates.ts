/** What slaves measured of themselves when they registered. Logarithms are natural, of flops a millisecond. */
import type { Dtype } from '../matrix.ts'

/** Rates on all threads of a slave, as it measured them by itself. GFLOPS, above 0. */
export interface OwnRates {
  readonly float32: number
  readonly float64: number
}

export const flopsPerMsOfGflops = 1e6

/** Slaves measure two dtypes: 4-byte integers compare as 4-byte floats do, and semirings as plus-times does. */
const measuredDtype = (dtype: Dtype): keyof OwnRates => (dtype === 'float64' ? 'float64' : 'float32')

export const logOwnRate = (own: OwnRates, dtype: Dtype): number =>
  Math.log(own[measuredDtype(dtype)] * flopsPerMsOfGflops)

/** How own rates compare with the configuration's figures, over the slaves that have both. */
export class OwnScale {
  readonly #sums = { float32: 0, float64: 0 }
  #count = 0

  add(logPrior: number, own: OwnRates): void {
    this.#count++
    this.#change(logPrior, own, 1)
  }

  remove(logPrior: number, own: OwnRates): void {
    this.#count--
    this.#change(logPrior, own, -1)
  }

  /** ln of figure over own rate; undefined while no slave has measured itself. */
  of(dtype: Dtype): number | undefined {
    return this.#count === 0 ? undefined : this.#sums[measuredDtype(dtype)] / this.#count
  }

  #change(logPrior: number, own: OwnRates, sign: 1 | -1): void {
    for (const dtype of ['float32', 'float64'] as const)
      this.#sums[dtype] += sign * (logPrior - logOwnRate(own, dtype))
  }
}
