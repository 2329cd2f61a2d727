/** Products with a vector: pieces of the one row of C, from a B that is read once and not packed. */
import { depthOf, evenPart, stripOffset } from './blocking.ts'
import type { KernelCalls } from './kernel.ts'
import type { Phase, PhaseLimits } from './phase.ts'
import type { GemmTask } from './task.ts'

/** Their sums, 16 or 32 KiB, stay in the caches next to a core; with fewer, less of each row is read from one end to the other. */
const mostColumns = 4096
/** A whole number of the columns that assembly/row.ts takes at a time. */
const columnsMultiple = 16
const leastColumns = 256
const piecesPerThread = 2

/** Whether one row of C is asked for, of a B that is contiguous one way or the other. Of plus-times alone: so are the functions. */
export const isRow = ({ semiring = 'plus-times', pairs, m, b }: GemmTask): boolean =>
  semiring === 'plus-times' && !pairs && m === 1 && (b.columnStride === 1 || b.rowStride === 1)

/** The one phase of a task with one row (`isRow`). */
export function rowPhase(task: GemmTask, { threads }: PhaseLimits): Phase {
  const { dtype, n, k, reproducible } = task
  const wanted = threads === 1 ? n : Math.max(leastColumns, Math.ceil(n / (threads * piecesPerThread)))
  const width = evenPart(n, Math.min(mostColumns, wanted), columnsMultiple)
  const kc = depthOf(dtype, k, reproducible)
  return {
    pieces: Math.ceil(n / width),
    after: [],
    run: (kernel, piece, workspace) => {
      const column = piece * width
      const columns = Math.min(width, n - column)
      kernel.row(task, { column, columns, kc }, workspace + stripOffset)
    },
  }
}

/** All of C, by the calling thread. */
export function computeRow(task: GemmTask, kc: number, kernel: KernelCalls, workspace: number): void {
  const width = evenPart(task.n, mostColumns, columnsMultiple)
  for (let column = 0; column < task.n; column += width) {
    kernel.row(task, { column, columns: Math.min(width, task.n - column), kc }, workspace + stripOffset)
  }
}
