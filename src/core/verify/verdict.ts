/** What a check says of one tile. */

export interface TileVerdict {
  /** Whether the tile is what it should be, as far as was checked. */
  readonly right: boolean
  /** Rows that were looked at. */
  readonly rows: number
  /** Of these the ones that could not be checked: numbers that are not finite, or sums that may overflow. */
  readonly rowsUnchecked: number
  /** The largest residual as a part of its bound: over 1 where the tile is wrong. Where sums are exact 0, or Infinity. */
  readonly worst: number
  /** Of that residual: how large it is, what it may be, and in which row of the tile. */
  readonly residual: number
  readonly bound: number
  readonly row: number
}

type Numbers = Float64Array | Float32Array | Int32Array

/** `sums` and `wanted`: some vectors of a sum for each row, one after the other; `bounds`: for each row, as `rowBounds` gives them. */
export function judgeReal(sums: Float64Array, wanted: Float64Array, bounds: Float64Array): TileVerdict {
  const rows = bounds.length
  let found = { worst: 0, residual: 0, bound: 0, row: 0 }
  let rowsUnchecked = 0
  for (let row = 0; row < rows; row++) {
    const limit = bounds[row] ?? 0
    if (limit === Number.POSITIVE_INFINITY || (limit < 0 && !areFinite(sums, row, rows))) {
      rowsUnchecked++
      continue
    }
    const bound = Math.abs(limit)
    for (let at = row; at < sums.length; at += rows) {
      const difference = Math.abs((sums[at] ?? 0) - (wanted[at] ?? 0))
      // A NaN in the tile is as wrong as can be: its bound is finite.
      const residual = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
      const worst = residual === 0 ? 0 : residual / bound
      if (worst > found.worst) found = { worst, residual, bound, row }
    }
  }
  return { right: found.worst <= 1, rows, rowsUnchecked, ...found }
}

function areFinite(sums: Float64Array, row: number, rows: number): boolean {
  for (let at = row; at < sums.length; at += rows) if (!Number.isFinite(sums[at])) return false
  return true
}

/** Equal, or wrong. `rowOf` says to which row of the tile a number belongs, `rows` how many were looked at. */
export function judgeExact(
  found: Numbers,
  wanted: Numbers,
  rowOf: (index: number) => number,
  rows: number,
): TileVerdict {
  for (let index = 0; index < found.length; index++) {
    const [number, want] = [found[index] ?? 0, wanted[index] ?? 0]
    // 0 and -0 are equal here: both are right.
    if (number === want) continue
    const residual = Math.abs(number - want)
    return {
      ...{ right: false, rows, rowsUnchecked: 0, worst: Number.POSITIVE_INFINITY },
      ...{ residual, bound: 0, row: rowOf(index) },
    }
  }
  return { right: true, rows, rowsUnchecked: 0, worst: 0, residual: 0, bound: 0, row: 0 }
}
