/** Products with few rows: strips of columns, each of which whoever takes it packs and computes by itself. */
import { bytesPerElement } from '../core/matrix.ts'
import { depthOf, evenPart, stripBytes, stripOffset } from './blocking.ts'
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
export function stripPhase(task: GemmTask, { threads, microTiles, mc: rows }: PhaseLimits): Phase {
  const { dtype, n, k, reproducible } = task
  const { nr } = microTiles[dtype]
  const mc = rows[dtype]
  const kc = depthOf(dtype, k, reproducible)
  const widest = Math.floor(stripBytes / (kc * bytesPerElement[dtype]))
  const wanted =
    threads === 1 ? n : Math.max(leastMicroTiles * nr, Math.ceil(n / (threads * stripsPerThread)))
  const width = evenPart(n, Math.min(widest, wanted), nr)
  return {
    pieces: Math.ceil(n / width),
    after: [],
    run: (kernel, piece, workspace) => {
      const column = piece * width
      const columns = Math.min(width, n - column)
      const packed = workspace + stripOffset
      for (let p = 0; p < k; p += kc) {
        const depth = Math.min(kc, k - p)
        kernel.pack(task, { row: p, rows: depth, column, columns, target: packed })
        kernel.compute(
          task,
          {
            row: 0,
            rows: task.m,
            column,
            columns,
            k: p,
            depth,
            beta: p === 0 ? task.beta : 1,
            packed,
            packedColumns: Math.ceil(columns / nr) * nr,
            packedColumn: 0,
            kc,
            mc,
          },
          workspace,
        )
      }
    },
  }
}

/** Rows up to which a strip's own packing of A and B costs less than a panel that threads share. */
const flatRows = 96

export const isFlat = ({ m }: GemmTask): boolean => m <= flatRows
