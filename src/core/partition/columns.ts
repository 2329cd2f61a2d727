/**
 * The column-based arrangement: shares sorted by area, cut into full-height columns by a dynamic programme that
 * minimises the sum of half-perimeters over all column-based arrangements. O(p^2) time, O(p) space.
 *
 * O. Beaumont, V. Boudet, F. Rastello, Y. Robert, "Partitioning a square into rectangles: NP-completeness and
 * approximation algorithms", Algorithmica 34 (2002): some optimal arrangement has columns that are runs of the sorted
 * areas, and its cost is at most 1.75 times the lower bound 2*sum(sqrt(area)), in practice a few percent above it.
 */
import type { Cut } from './cuts.ts'

export interface Arrangement {
  readonly cut: Cut
  /** The sum of half-perimeters before rounding, in elements. */
  readonly halfPerimeters: number
}

/** Arranges shares of the weights given (all positive) in a rows x columns rectangle, in columns or, if cheaper, in rows. */
export function arrangeInColumns(rows: number, columns: number, weights: readonly number[]): Arrangement {
  const upright = columnRuns(rows, columns, weights)
  const lying = columnRuns(columns, rows, weights)
  const [best, along, across] =
    upright.halfPerimeters <= lying.halfPerimeters
      ? ([upright, 'columns', 'rows'] as const)
      : ([lying, 'rows', 'columns'] as const)
  const sum = (cuts: readonly Cut[]) => cuts.reduce((total, cut) => total + cut.weight, 0)
  const parts = best.runs.map((shares): Cut => {
    const leaves = shares.map((share): Cut => ({ share, weight: weights[share] ?? 0 }))
    return { along: across, parts: leaves, weight: sum(leaves) }
  })
  return { cut: { along, parts, weight: sum(parts) }, halfPerimeters: best.halfPerimeters }
}

/**
 * least[q] is the least cost of arranging the q smallest shares. A last column of the shares p+1..q, with the area A,
 * is A/height wide, so its half-perimeters add up to (q-p)*A/height + height.
 */
function columnRuns(
  height: number,
  width: number,
  weights: readonly number[],
): { runs: number[][]; halfPerimeters: number } {
  const order = weights.map((_, share) => share)
  order.sort((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0) || a - b)
  const count = order.length
  const sums = new Float64Array(count + 1)
  for (const [q, share] of order.entries()) sums[q + 1] = (sums[q] ?? 0) + (weights[share] ?? 0)
  const widthPerWeight = width / (sums[count] ?? 1)
  const least = new Float64Array(count + 1)
  const runStart = new Uint32Array(count + 1)
  for (let q = 1; q <= count; q++) {
    let best = Number.POSITIVE_INFINITY
    let bestStart = 0
    for (let p = 0; p < q; p++) {
      const runWidth = ((sums[q] ?? 0) - (sums[p] ?? 0)) * widthPerWeight
      const cost = (least[p] ?? 0) + (q - p) * runWidth + height
      if (cost < best) {
        best = cost
        bestStart = p
      }
    }
    least[q] = best
    runStart[q] = bestStart
  }
  const runs: number[][] = []
  for (let q = count; q > 0; q = runStart[q] ?? 0) runs.unshift(order.slice(runStart[q], q))
  return { runs, halfPerimeters: least[count] ?? 0 }
}
