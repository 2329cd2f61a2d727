export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Of at least one number. */
export function summary(values: readonly number[]): Summary {
  const sorted = [...values].sort((x, y) => x - y)
  const at = (index: number) => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}

/** Of at least one positive number: the mean of ratios, in which 2 and 0.5 cancel out. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
