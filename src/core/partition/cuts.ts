/**
 * A guillotine arrangement: a rectangle cut straight through into parts, each a share or cut again. Every algorithm
 * that arranges shares answers with one, and one rounding turns any of them into whole elements.
 */
import { area, columnEnd, type Rectangle, rowEnd } from '../geometry.ts'

export type Cut =
  | { readonly weight: number; readonly share: number }
  | { readonly weight: number; readonly along: 'rows' | 'columns'; readonly parts: readonly Cut[] }

export interface Arrangement {
  /** The sum of half-perimeters before rounding, in elements. */
  readonly halfPerimeters: number
  /** Made when asked for: most arrangements are only compared. */
  readonly cut: () => Cut
}

export interface Rounding {
  /**
   * Inner edges become multiples of these where shares are large enough for it, else of a half, a quarter and so on; in
   * elements along rows (m) and along columns (n).
   */
  readonly granule: { readonly rows: number; readonly columns: number }
  /** What rounding one edge may take from or give to a share, in elements of C, as far as whole elements allow. */
  readonly toleranceElements: number
}

/**
 * An edge moves by at most this fraction of the thinnest part beside it, as far as whole elements allow. With an edge on each
 * of its four sides a share grows by at most (1 + 2/140)^2 < 1.03.
 */
const shiftShare = 1 / 140

/** Rounds an arrangement to whole elements: calls `place` once for each share that has any. Covers `whole` exactly once. */
export function roundCuts(
  cut: Cut,
  whole: Rectangle,
  rounding: Rounding,
  place: (share: number, rectangle: Rectangle) => void,
): void {
  if (area(whole) === 0) return
  if ('share' in cut) {
    place(cut.share, whole)
    return
  }
  const down = cut.along === 'rows'
  const [start, end] = down ? [whole.row, rowEnd(whole)] : [whole.column, columnEnd(whole)]
  const crossLength = down ? whole.columns : whole.rows
  const shiftLimit = shiftLimitOf(cut, end - start, crossLength, rounding)
  const granule = down ? rounding.granule.rows : rounding.granule.columns
  let weightBefore = 0
  let from = start
  for (const [index, part] of cut.parts.entries()) {
    weightBefore += part.weight
    // Edges are rounded from the sum so far, so that errors do not add up along the cut.
    const ideal = start + ((end - start) * weightBefore) / cut.weight
    const rounded = Math.min(end, Math.max(from, nearestEdge(ideal, granule, shiftLimit)))
    const to = index === cut.parts.length - 1 ? end : rounded
    const rectangle = down
      ? { ...whole, row: from, rows: to - from }
      : { ...whole, column: from, columns: to - from }
    roundCuts(part, rectangle, rounding, place)
    from = to
  }
}

/** How far an edge may move from where it should be, in elements. */
function shiftLimitOf(
  cut: Extract<Cut, { parts: readonly Cut[] }>,
  length: number,
  crossLength: number,
  { toleranceElements }: Rounding,
): number {
  const thinnest = cut.parts.reduce((least, part) => Math.min(least, part.weight), Number.POSITIVE_INFINITY)
  return Math.min((length * thinnest * shiftShare) / cut.weight, toleranceElements / (4 * crossLength))
}

/** The multiple of the granule where one is near enough, else of its half, its quarter, ...; at last of 1. */
function nearestEdge(ideal: number, granule: number, shiftLimit: number): number {
  for (let fitting = granule; fitting > 1; fitting = fitting % 2 === 0 ? fitting / 2 : 1) {
    const edge = Math.round(ideal / fitting) * fitting
    if (Math.abs(edge - ideal) <= shiftLimit) return edge
  }
  return Math.round(ideal)
}
