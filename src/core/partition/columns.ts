/**
 * The column-based arrangement: shares sorted by area, cut into full-height columns by a dynamic programme that
 * minimises the sum of half-perimeters over all column-based arrangements.
 *
 * O. Beaumont, V. Boudet, F. Rastello, Y. Robert, "Partitioning a square into rectangles: NP-completeness and
 * approximation algorithms", Algorithmica 34 (2002): some optimal arrangement has columns that are runs of the sorted
 * areas, and its cost is at most 1.75 times the lower bound 2*sum(sqrt(area)), in practice a few percent above it.
 */
import type { Arrangement, Cut } from './cuts.ts'
import { type SortedShares, weightOf } from './sorted-shares.ts'

/** Arranges the shares `from` to `to` (not included) of the order in a rows x columns rectangle, in columns or, if cheaper, in rows. */
export function columnsOf(
  shares: SortedShares,
  from: number,
  to: number,
  rows: number,
  columns: number,
): Arrangement {
  const upright = columnRuns(shares, from, to, rows, columns)
  const lying = columnRuns(shares, from, to, columns, rows)
  const [best, along, across] =
    upright.halfPerimeters <= lying.halfPerimeters
      ? ([upright, 'columns', 'rows'] as const)
      : ([lying, 'rows', 'columns'] as const)
  return {
    halfPerimeters: best.halfPerimeters,
    cut() {
      const runs = best.runs().map(
        ([start, end]): Cut => ({
          along: across,
          parts: shares.order
            .slice(start, end)
            .map((share): Cut => ({ share, weight: shares.weights[share] ?? 0 })),
          weight: weightOf(shares, start, end),
        }),
      )
      return { along, parts: runs, weight: weightOf(shares, from, to) }
    },
  }
}

/**
 * least[q] is the least cost of arranging the first q shares. A last column of the shares p+1..q, with the area A, is
 * A/height wide, so its half-perimeters add up to (q-p)*A/height + height.
 *
 * That cost satisfies the quadrangle inequality (weights are positive), so the best p never falls as q grows: with the
 * search beginning at the last one, p shares take O(p*sqrt(p)) steps where columns have about sqrt(p) of them.
 */
function columnRuns(
  { sums }: SortedShares,
  from: number,
  to: number,
  height: number,
  width: number,
): { halfPerimeters: number; runs: () => (readonly [start: number, end: number])[] } {
  const count = to - from
  const sum = (q: number) => sums[from + q] ?? 0
  const widthPerWeight = width / (sum(count) - sum(0))
  const least = new Float64Array(count + 1)
  const runStart = new Uint32Array(count + 1)
  let bestStart = 0
  for (let q = 1; q <= count; q++) {
    let best = Number.POSITIVE_INFINITY
    for (let p = bestStart; p < q; p++) {
      const cost = (least[p] ?? 0) + (q - p) * (sum(q) - sum(p)) * widthPerWeight + height
      if (cost >= best) continue
      best = cost
      bestStart = p
    }
    least[q] = best
    runStart[q] = bestStart
  }
  return {
    halfPerimeters: least[count] ?? 0,
    runs() {
      const runs: (readonly [start: number, end: number])[] = []
      for (let q = count; q > 0; q = runStart[q] ?? 0) runs.push([from + (runStart[q] ?? 0), from + q])
      return runs.reverse()
    },
  }
}
