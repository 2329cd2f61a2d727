/** Products with few rows: strips of columns, each of which whoever takes it packs and computes by itself. */
import { bytesPerElement } from '../core/matrix.ts'
import { depthOf, evenPart, stripBytes, stripOffset } from './blocking.ts'
import type { ComputePiece, KernelCalls } from './kernel.ts'
import type { Phase, PhaseLimits } from './phase.ts'
import type { GemmTask } from './task.ts'

/** Strips that each thread should find to do; narrower than this many micro-tiles they pack A too often. */
const stripsPerThread = 2
const leastMicroTiles = 8

/**
 * The one phase of a task with few rows (`isFlat`). Its packed B is read so seldom that sharing it does not pay: what it would cost
 * to write it to memory and read it back is more than to compute with it. So a strip takes B block of kc rows by block,
 * packs it into the thread's own workspace, where it stays in the L2 cache, and computes from there.
 */
export function stripPhase(task: GemmTask, limits: PhaseLimits): Phase {
  const { dtype, n, k, reproducible } = task
  const kc = depthOf(dtype, k, reproducible)
  const width = stripWidth(task, limits)
  return {
    pieces: Math.ceil(n / width),
    after: [],
    run: (kernel, piece, workspace) => {
      const column = piece * width
      const columns = Math.min(width, n - column)
      for (let p = 0; p < k; p += kc) {
        const beta = p === 0 ? task.beta : 1
        const block = { column, columns, k: p, depth: Math.min(kc, k - p), kc }
        computeStrip({ ...task, beta }, limits, kernel, workspace, block)
      }
    },
  }
}

/** How many strips the phase of a task has. */
export const stripPieces = (task: GemmTask, limits: PhaseLimits): number =>
  Math.ceil(task.n / stripWidth(task, limits))

function stripWidth({ dtype, n, k, reproducible }: GemmTask, { threads, microTiles }: PhaseLimits): number {
  const { nr } = microTiles[dtype]
  const widest = Math.floor(stripBytes / (depthOf(dtype, k, reproducible) * bytesPerElement[dtype]))
  const wanted =
    threads === 1 ? n : Math.max(leastMicroTiles * nr, Math.ceil(n / (threads * stripsPerThread)))
  // Whole micro-tiles: 33 columns are one strip, not 32 and 1.
  return evenPart(n, Math.min(widest, Math.ceil(wanted / nr) * nr), nr)
}

/** Some columns over one block of k, packed and computed by whoever calls. No more columns than a strip has. */
export function computeStrip(
  task: GemmTask,
  { microTiles, mc }: PhaseLimits,
  kernel: KernelCalls,
  workspace: number,
  block: Pick<ComputePiece, 'column' | 'columns' | 'k' | 'depth' | 'kc'>,
): void {
  const { nr } = microTiles[task.dtype]
  const { column, columns, k, depth } = block
  const packed = workspace + stripOffset
  kernel.pack(task, { row: k, rows: depth, column, columns, target: packed })
  kernel.compute(
    task,
    {
      ...block,
      row: 0,
      rows: task.m,
      beta: task.beta,
      packed,
      packedColumns: Math.ceil(columns / nr) * nr,
      packedColumn: 0,
      mc: mc[task.dtype],
    },
    workspace,
  )
}

/** Rows up to which a strip's own packing of A and B costs less than a panel that threads share. */
const flatRows = 96

export const isFlat = ({ m }: GemmTask): boolean => m <= flatRows
