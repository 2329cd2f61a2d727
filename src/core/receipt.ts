/** What is kept of each tile that was placed, and what a job's receipt says of all of them. */

/** What came of the check of one tile that passed it. */
export interface TileCheck {
  /** Of the largest residual what the bound allows: at most 1, and 0 where sums are exact. */
  readonly worst: number
  /** The bound says nothing of them: their sums overflow, or an operand has an infinity or a NaN there. */
  readonly rowsUnchecked: number
}

/** Who computed a tile, with what, and what came of its check. */
export interface PlacedTile {
  readonly unit: number
  readonly epoch: number
  readonly attempt: number
  readonly slave: string
  /** Of the tile's bytes, hex. */
  readonly digest: string
  readonly bytes: number
  /** Of the processor that computed it, as the slave says. */
  readonly variant: string
  readonly processor: string
  /** Absent: it was placed unchecked, as the job asked for. */
  readonly check?: TileCheck | undefined
}

/** A tile that failed its check. */
export interface WrongTile {
  readonly unit: number
  readonly epoch: number
  readonly attempt: number
  readonly slave: string
  /** What was found, and what is allowed. */
  readonly message: string
}

/** Of all tiles of a job that are placed. */
export interface ReceiptTotals {
  readonly placed: number
  readonly checked: number
  readonly rowsUnchecked: number
  readonly worst: number
  /** Tiles that failed their check: each was computed again, by another slave. */
  readonly wrong: number
}

/** More wrong tiles than this are counted, and not listed. */
export const wrongTilesListed = 256

export function receiptTotals(tiles: Iterable<PlacedTile>, wrong: number): ReceiptTotals {
  let [placed, checked, rowsUnchecked, worst] = [0, 0, 0, 0]
  for (const { check } of tiles) {
    placed++
    if (check === undefined) continue
    checked++
    rowsUnchecked += check.rowsUnchecked
    worst = Math.max(worst, check.worst)
  }
  return { placed, checked, rowsUnchecked, worst, wrong }
}
