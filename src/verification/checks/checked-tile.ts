/** A tile that is to be checked. */
import type { Rectangle } from '../../core/geometry.ts'
import type { Dtype } from '../../core/matrix.ts'
import type { Semiring } from '../../core/semiring.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import type { TileVerdict } from '../../core/verify/verdict.ts'

export interface CheckedTile {
  readonly unit: number
  /** Only its columns, and its size, matter. */
  readonly tile: Rectangle
  readonly dtype: Dtype
  readonly semiring: Semiring
  /** Of the job: `seedBytes` of core/verify/vectors.ts. */
  readonly seed: Uint8Array
}

/** One of the two ways to check. */
export interface TileTest {
  /** Whole elements, in their order. */
  add(bytes: Uint8Array): void
  verdict(reference: UnitReference): TileVerdict
}
