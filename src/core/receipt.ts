/** What is kept of each tile that was placed, and what a job's receipt says of all of them. */

/** What came of the check of a tile that passed it. */
export interface TileCheck {
  /** The largest residual of its rows as a part of its bound: at most 1; 0 where sums are exact. */
  readonly worst: number
  /** That residual. */
  readonly residual: number
  /** Rows that the bound says nothing of: their sums may overflow, or an operand has an infinity or a NaN there. */
  readonly rowsUnchecked: number
}

/** Who computed a tile, with what, and what came of its check. */
export interface PlacedTile {
  readonly unit: number
  readonly epoch: number
  readonly attempt: number
  readonly slave: string
  /** Of the tile's bytes, as in its last Chunk: hex. */
  readonly digest: string
  readonly bytes: number
  /** Of the processor that computed it, as its slave says: its name, and its SHA-256 in hex. */
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

/** Of the wrong tiles of a job these many are kept, the others are counted. */
export const wrongTilesKept = 256

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
