/** What a tile is compared with: made at master-assign, sent to master-combine. */

export interface UnitReference {
  readonly unit: number
  /**
   * Little-endian. `real`: three vectors of a float64 for each row of the tile, one after the other; `modular`: eight of
   * an int32; `sampled`: the entries that are compared (samples.ts), row by row, of the tile's type.
   */
  readonly values: Uint8Array
  /** Little-endian float64. `real`: how far each row's three sums may be from `values`, as `rowBounds` says it. Else empty. */
  readonly bounds: Uint8Array
}
