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
  /** Inner edges become multiples of this where shares are large enough for it; a power of two, in elements. */
  readonly granule: number
  /** What rounding one edge may take from or give to a share, in elements of C, as far as whole elements allow. */
  readonly toleranceElements: number
}

/**
 * The granule is at most this fraction of the thinnest part beside an edge, as far as whole elements allow. An edge then
 * moves by at most half of it; with an edge on each of its four sides a share grows by at most (1 + 1/70)^2 < 1.03.
 */
const granuleShare = 1 / 70

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
  const granule = fittingGranule(cut, end - start, crossLength, rounding)
  let weightBefore = 0
  let from = start
  for (const [index, part] of cut.parts.entries()) {
    weightBefore += part.weight
    // Edges are rounded from the sum so far, so that errors do not add up along the cut.
    const ideal = start + ((end - start) * weightBefore) / cut.weight
    const rounded = Math.min(end, Math.max(from, Math.round(ideal / granule) * granule))
    const to = index === cut.parts.length - 1 ? end : rounded
    const rectangle = down
      ? { ...whole, row: from, rows: to - from }
      : { ...whole, column: from, columns: to - from }
    roundCuts(part, rectangle, rounding, place)
    from = to
  }
}

function fittingGranule(
  cut: Extract<Cut, { parts: readonly Cut[] }>,
  length: number,
  crossLength: number,
  { granule, toleranceElements }: Rounding,
): number {
  const thinnest = cut.parts.reduce((least, part) => Math.min(least, part.weight), Number.POSITIVE_INFINITY)
  const shiftLimit = Math.min(
    (length * thinnest * granuleShare) / cut.weight,
    toleranceElements / (2 * crossLength),
  )
  let fitting = granule
  while (fitting > 1 && fitting > shiftLimit) fitting /= 2
  return fitting
}
