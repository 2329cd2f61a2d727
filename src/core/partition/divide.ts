/**
 * Divide and conquer: the sorted shares are cut into the smaller and the larger ones where that halves the rectangle
 * best, each part gets its side of a straight cut, and so on; wherever columns are cheaper, columns are taken. So this is
 * never worse than columns alone, and with few or unlike shares, where whole columns cannot be near-square, it is clearly
 * better: docs/PLANNING.md has the figures.
 *
 * A cut that halves keeps sides in proportion: with a whole of at most 1:3, and no share of more than twice the next
 * smaller one, all rectangles stay within 1:3 (H. Nagamochi, Y. Abe, Discrete Applied Mathematics 155, 2007), which costs
 * at most 2/sqrt(3) = 1.155 of the lower bound. Shares of any kind: at most 1.203 of the optimum (R. Mohammadi,
 * M. Behroozi, arXiv 2308.16899).
 */
import { columnsOf } from './columns.ts'
import type { Arrangement, Cut } from './cuts.ts'
import { type SortedShares, sortShares, weightOf } from './sorted-shares.ts'

/** This near to the lower bound, no better arrangement is looked for. */
const goodEnough = 1.005
/** Of so many shares all places to cut are tried, and both directions up to `bothWaysUpTo`; of more, the best halving. */
const allCutsUpTo = 6
const bothWaysUpTo = 16
/** Of up to `bothWaysUpTo` shares: how many of the places nearest to a halving are tried. */
const cutsTried = 2

/** Arranges shares of the weights given (all positive) in a rows x columns rectangle. */
export function arrange(rows: number, columns: number, weights: readonly number[]): Arrangement {
  return divide(sortShares(weights), 0, weights.length, rows, columns)
}

function divide(shares: SortedShares, from: number, to: number, rows: number, columns: number): Arrangement {
  const count = to - from
  let best = columnsOf(shares, from, to, rows, columns)
  const weight = weightOf(shares, from, to)
  if (count <= 2 || best.halfPerimeters <= goodEnough * leastOf(shares, from, to, rows, columns)) return best
  for (const middle of places(shares, from, to)) {
    const part = weightOf(shares, from, middle) / weight
    for (const along of directions(count, rows, columns)) {
      const [r, c] = along === 'rows' ? [rows * part, columns] : [rows, columns * part]
      const [restR, restC] = along === 'rows' ? [rows - r, columns] : [rows, columns - c]
      const leastRest = leastOf(shares, middle, to, restR, restC)
      if (leastOf(shares, from, middle, r, c) + leastRest >= best.halfPerimeters) continue
      const first = divide(shares, from, middle, r, c)
      if (first.halfPerimeters + leastRest >= best.halfPerimeters) continue
      const second = divide(shares, middle, to, restR, restC)
      const halfPerimeters = first.halfPerimeters + second.halfPerimeters
      if (halfPerimeters >= best.halfPerimeters) continue
      best = { halfPerimeters, cut: (): Cut => ({ along, parts: [first.cut(), second.cut()], weight }) }
    }
  }
  return best
}

/**
 * No arrangement costs less: a share's half-perimeter is least as a square, or, where a square does not fit in, as wide as
 * the whole.
 */
function leastOf(shares: SortedShares, from: number, to: number, rows: number, columns: number): number {
  const narrow = Math.min(rows, columns)
  const areaPerWeight = (rows * columns) / weightOf(shares, from, to)
  const widest = narrow ** 2 / areaPerWeight
  let squares = to
  while (squares > from && (shares.weights[shares.order[squares - 1] ?? 0] ?? 0) > widest) squares--
  const roots = (shares.rootSums[squares] ?? 0) - (shares.rootSums[from] ?? 0)
  const strips = (to - squares) * narrow + (weightOf(shares, squares, to) * areaPerWeight) / narrow
  return 2 * Math.sqrt(areaPerWeight) * roots + strips
}

/** Where the run may be cut in two, the best halving first. */
function places({ sums }: SortedShares, from: number, to: number): number[] {
  const middle = ((sums[from] ?? 0) + (sums[to] ?? 0)) / 2
  let upper = from + 1
  while (upper < to - 1 && (sums[upper] ?? 0) < middle) upper++
  const found: number[] = []
  const limit = to - from <= allCutsUpTo ? to - from - 1 : to - from <= bothWaysUpTo ? cutsTried : 1
  let lower = upper - 1
  while (found.length < limit) {
    const belowIsNearer = upper >= to || middle - (sums[lower] ?? 0) <= (sums[upper] ?? 0) - middle
    found.push(lower > from && belowIsNearer ? lower-- : upper++)
  }
  return found
}

/** Across the longer side first. */
function directions(count: number, rows: number, columns: number): readonly ('rows' | 'columns')[] {
  const [longer, shorter] = rows > columns ? (['rows', 'columns'] as const) : (['columns', 'rows'] as const)
  return count <= bothWaysUpTo ? [longer, shorter] : [longer]
}
