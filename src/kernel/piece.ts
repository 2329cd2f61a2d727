/** Pieces of work on a panel of packed B: offsets in bytes, all else in elements. */

/** kc rows of B, `columns` of them from `column`, packed into a panel at `target`. */
export interface PackPiece {
  readonly row: number
  readonly rows: number
  readonly column: number
  readonly columns: number
  readonly target: number
}

/** A rectangle of C over a part of k, and the packed panel of B that it needs. */
export interface ComputePiece {
  readonly row: number
  readonly rows: number
  readonly column: number
  readonly columns: number
  /** The part of k: where it begins, and its length. */
  readonly k: number
  readonly depth: number
  readonly beta: number
  /** Offset in bytes of the panel, the columns that it holds, and the one where this piece begins. */
  readonly packed: number
  readonly packedColumns: number
  readonly packedColumn: number
  readonly kc: number
  readonly mc: number
}
