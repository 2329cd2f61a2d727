/** Small products: operands are read where they are, since to pack them would take a good part of the time. */
import { bytesPerElement } from '../core/matrix.ts'
import { depthOf } from './blocking.ts'
import type { Phase, PhaseLimits } from './phase.ts'
import type { GemmTask } from './task.ts'

/** In multiply-adds, some 200 x 200 x 200: beyond, packing is a small part. */
const mostWork = 2 ** 23
/** A larger B, read where it is once for each few rows of A, is no longer near enough. */
const mostBytesOfB = 256 * 1024
/** Pieces that each of several threads should find to do, so that one that comes late finds less; in multiply-adds some microseconds. */
const piecesPerThread = 2
const leastWork = 2 ** 18

/** Whether a task is better computed without packing. Of plus-times alone: so are the functions. */
export const isSmall = ({ dtype, semiring = 'plus-times', pairs, m, n, k, a, b, c }: GemmTask): boolean =>
  m * n * k <= mostWork &&
  n * k * bytesPerElement[dtype] <= mostBytesOfB &&
  semiring === 'plus-times' &&
  !pairs &&
  a.columnStride === 1 &&
  b.columnStride === 1 &&
  c.columnStride === 1

/** The one phase of a small task (`isSmall`): pieces of its rows. */
export function smallPhase(task: GemmTask, { threads, microTiles }: PhaseLimits): Phase {
  const { dtype, m, n, k, beta, reproducible } = task
  const { mr } = microTiles[dtype]
  const kc = depthOf(dtype, k, reproducible)
  const least = Math.ceil(leastWork / (mr * n * k))
  const height = threads === 1 ? m : mr * Math.max(least, Math.ceil(m / (mr * threads * piecesPerThread)))
  return {
    pieces: Math.ceil(m / height),
    after: [],
    run: (kernel, piece, workspace) => {
      const row = piece * height
      const rows = Math.min(height, m - row)
      for (let p = 0; p < k; p += kc) {
        const block = { row, rows, k: p, depth: Math.min(kc, k - p), beta: p === 0 ? beta : 1 }
        kernel.small(task, block, workspace)
      }
    },
  }
}
