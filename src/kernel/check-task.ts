/** What the checker is called with. */
import type { Dtype } from '../core/matrix.ts'

/** What the fourth sums are, of floats: none, those of the squares of the elements, or of their magnitudes times the fourth vector. */
export type Fourth = 'none' | 'squares' | 'weights'

/** What a call of the checker reads, and what it adds to: byte offsets of its memory; lengths and strides in elements. */
export interface CheckTask {
  readonly dtype: Dtype
  readonly rows: number
  readonly columns: number
  /** The matrix: rows `stride` elements apart, each contiguous. */
  readonly matrix: number
  readonly stride: number
  /** Three vectors of float64, or four, `xStride` elements apart; for int32 eight of int32. */
  readonly x: number
  readonly xStride: number
  /** As many sums, `yStride` elements apart. They are added to. */
  readonly y: number
  readonly yStride: number
  /** Of int32: none. */
  readonly fourth: Fourth
}

/** Vectors of a task, and sums. */
export const vectorsOf = ({ dtype, fourth }: Pick<CheckTask, 'dtype' | 'fourth'>): number =>
  dtype === 'int32' ? 8 : fourth === 'none' ? 3 : 4
