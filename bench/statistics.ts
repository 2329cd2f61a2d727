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
