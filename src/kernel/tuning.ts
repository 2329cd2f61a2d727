/** What is chosen for a machine besides the processor. None of it changes a bit of a result that the processor gives. */
import { type BlockRows, blockRows } from './blocking.ts'
import type { Shapes } from './kernel.ts'

export interface Tuning {
  /** Which of its shapes a processor uses; where none is named, its first. */
  readonly shapes: Shapes
  readonly mc: BlockRows
}

/** Where nothing is known of the machine. */
export const untuned: Tuning = { shapes: {}, mc: blockRows() }
