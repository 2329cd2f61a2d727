/** Work of one kind (semiring and dtype), by the size of its units. Logarithms are natural. */
import type { Dtype } from '../matrix.ts'
import type { Semiring } from '../semiring.ts'
import { WorkClass } from './work-class.ts'

/** A factor of 8 in work, that is of 2 in the edge of a unit, makes another class. */
const sizeOf = (flops: number): number => Math.log2(flops) / 3
export const sizeClassOf = (flops: number): number => Math.floor(sizeOf(flops))

export class WorkKind {
  readonly semiring: Semiring
  readonly dtype: Dtype
  readonly #classes = new Map<number, WorkClass>()

  constructor(semiring: Semiring, dtype: Dtype) {
    this.semiring = semiring
    this.dtype = dtype
  }

  get classes(): ReadonlyMap<number, WorkClass> {
    return this.#classes
  }

  classAt(size: number): WorkClass {
    const known = this.#classes.get(size)
    if (known !== undefined) return known
    const workClass = new WorkClass()
    this.#classes.set(size, workClass)
    return workClass
  }

  unitsOf(slave: string): number {
    let units = 0
    for (const one of this.#classes.values()) units += one.weightOf(slave)
    return units
  }

  /** ln of a slave's figure by its own units: the mean over sizes, each counting for as many units as it comes from. */
  logFigure(slave: string): number | undefined {
    let sum = 0
    let units = 0
    for (const one of this.#classes.values()) {
      const [logRate, logScale, weight] = [one.logRateOf(slave), one.logScale, one.weightOf(slave)]
      if (logRate === undefined || logScale === undefined) continue
      sum += weight * (logRate + logScale)
      units += weight
    }
    return units === 0 ? undefined : sum / units
  }

  /** ln of the figure to expect of a slave that measured itself, where others did both: that and units. */
  expectedLogFigure(logOwn: number): number | undefined {
    let sum = 0
    let count = 0
    for (const one of this.#classes.values()) {
      const [logRate, logScale] = [one.expectedLogRate(logOwn), one.logScale]
      if (logRate === undefined || logScale === undefined) continue
      sum += logRate + logScale
      count++
    }
    return count === 0 ? undefined : sum / count
  }

  /** The class to expect a slave's rate from: the nearest in size that it is trusted in, else that anybody is. */
  nearest(slave: string, flops: number | undefined): WorkClass | undefined {
    const known = [...this.#classes].filter(([, one]) => one.logScale !== undefined)
    const own = known.filter(([, one]) => one.weightOf(slave) > 0)
    const candidates = own.length > 0 ? own : known
    // Without a size the largest: there rates are least disturbed by what comes with each unit.
    const wanted = flops === undefined ? Number.POSITIVE_INFINITY : sizeOf(flops) - 0.5
    const distance = (size: number) => (wanted === Number.POSITIVE_INFINITY ? -size : Math.abs(size - wanted))
    const [best] = candidates.sort(([x], [y]) => distance(x) - distance(y))
    return best?.[1]
  }
}
