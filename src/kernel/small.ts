/** Small products: operands are read where they are, since to pack them would take a good part of the time. */
import { bytesPerElement } from '../core/matrix.ts'
import { depthOf } from './blocking.ts'
import type { Phase, PhaseLimits } from './phase.ts'
import type { GemmTask } from './task.ts'

/** What is read where it is: the product's multiply-adds, and B's bytes, since each few rows of A go through it once. */
interface Most {
  readonly work: number
  readonly bytesOfB: number
}
/** Some 200 x 200 x 200: rows of B that begin within a vector, whose loads span two cache lines now and then. */
const skewed: Most = { work: 200 ** 3, bytesOfB: 256 * 1024 }
/** Some 288 x 288 x 288: beyond, packing is a small part. */
const alone: Most = { work: 288 ** 3, bytesOfB: 324 * 1024 }
/** Some 448 x 448 x 448: several threads would wait for each other's packing. */
const shared: Most = { work: 448 ** 3, bytesOfB: 784 * 1024 }
/** Rows of micro-tiles that each of several threads should find, so that they end together. */
const rowsPerThread = 8
/** Rows of B so far apart fall into the same set of the L1 cache (64 sets of 64 bytes), which does not hold them. */
const setBytes = 4096
const vectorBytes = 16
/** Pieces that each of several threads should find to do, so that one that comes late finds less; in multiply-adds some microseconds. */
const piecesPerThread = 2
const leastWork = 2 ** 18

/** Whether a task is better computed without packing. Of plus-times alone: so are the functions. */
export function isSmall(task: GemmTask, { threads, microTiles }: PhaseLimits): boolean {
  const { dtype, semiring = 'plus-times', pairs, m, n, k, a, b, c } = task
  const size = bytesPerElement[dtype]
  const rowBytes = b.rowStride * size
  const most = mostOf(rowBytes, threads > 1 && m >= rowsPerThread * threads * microTiles[dtype].mr)
  return (
    m * n * k <= most.work &&
    n * k * size <= most.bytesOfB &&
    rowBytes % setBytes !== 0 &&
    semiring === 'plus-times' &&
    !pairs &&
    a.columnStride === 1 &&
    b.columnStride === 1 &&
    c.columnStride === 1
  )
}

const mostOf = (rowBytes: number, isShared: boolean): Most => {
  if (rowBytes % vectorBytes !== 0) return skewed
  return isShared ? shared : alone
}

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
