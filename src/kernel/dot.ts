/** Dot products: one element of C, of a row and a column. */
import { bytesPerElement } from '../core/matrix.ts'
import { depthOf, stripBytes, stripOffset } from './blocking.ts'
import type { Phase } from './phase.ts'
import type { GemmTask } from './task.ts'

/** Of a row and a column that are contiguous. */
export const isDotProduct = ({ semiring = 'plus-times', pairs, m, n, a, b }: GemmTask): boolean =>
  semiring === 'plus-times' && !pairs && m === 1 && n === 1 && a.columnStride === 1 && b.rowStride === 1

/** The one phase of a dot product that no threads share: as many blocks of k at a time as their sums have room for. */
export function dotPhase(task: GemmTask): Phase {
  const { dtype, k, beta } = task
  const kc = depthOf(dtype, k, task.reproducible)
  const depth = Math.floor(stripBytes / bytesPerElement[dtype]) * kc
  return {
    pieces: 1,
    after: [],
    run: (kernel, _, workspace) => {
      const target = workspace + stripOffset
      for (let p = 0; p < k; p += depth) {
        const part = Math.min(depth, k - p)
        kernel.inner(task, { k: p, depth: part, kc, target })
        const count = Math.ceil(part / kc)
        kernel.merge(task, { row: 0, rows: 1, source: target, count, beta: p === 0 ? beta : 1 })
      }
    },
  }
}
