/** Shares C out: one rectangle a slave, in proportion to its weight, with little data to move. */
import { GemmeshError } from '../errors.ts'
import { area, type Rectangle } from './geometry.ts'
import { type Rounding, roundCuts } from './partition/cuts.ts'
import { arrange } from './partition/divide.ts'

export interface Partition {
  /** By index of the weights; undefined for a share that whole elements leave nothing of. They cover C exactly once. */
  readonly rectangles: readonly (Rectangle | undefined)[]
  /**
   * The sum of rows + columns over the rectangles: a rectangle of C needs that many rows of A and columns of B, so
   * times k it is the elements that move.
   */
  readonly halfPerimeters: number
  /** The same before rounding to whole elements. */
  readonly arrangedHalfPerimeters: number
  /** 2*sum(sqrt(area)) over the same areas: no rectangles of these areas have less, squares would have it. */
  readonly lowerBound: number
}

/**
 * Cuts a rows x columns matrix into rectangles in proportion to `weights` (positive, any scale). Deterministic; a
 * thousand weights take milliseconds.
 */
export function partition(
  rows: number,
  columns: number,
  weights: readonly number[],
  rounding: Rounding,
): Partition {
  const rectangles: (Rectangle | undefined)[] = weights.map(() => undefined)
  if (rows === 0 || columns === 0)
    return { rectangles, halfPerimeters: 0, arrangedHalfPerimeters: 0, lowerBound: 0 }
  const wrong = weights.findIndex(weight => !(weight > 0 && Number.isFinite(weight)))
  if (weights.length === 0 || wrong >= 0) {
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      weights.length === 0
        ? `a ${rows}x${columns} matrix cannot be shared out among no slaves`
        : `weight ${wrong} of a partition is ${weights[wrong]}; it has to be a finite number above 0`,
    )
  }
  const arranged = arrange(rows, columns, weights)
  roundCuts(arranged.cut(), { row: 0, column: 0, rows, columns }, rounding, (share, rectangle) => {
    rectangles[share] = rectangle
  })
  let halfPerimeters = 0
  let lowerBound = 0
  for (const rectangle of rectangles) {
    if (rectangle === undefined) continue
    halfPerimeters += rectangle.rows + rectangle.columns
    lowerBound += 2 * Math.sqrt(area(rectangle))
  }
  return { rectangles, halfPerimeters, arrangedHalfPerimeters: arranged.halfPerimeters, lowerBound }
}
