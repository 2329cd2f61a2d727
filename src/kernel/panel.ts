/** A panel of packed B, and the two phases of work on it. */
import { bytesPerElement } from '../core/matrix.ts'
import { blocking, evenPart } from './blocking.ts'
import type { Phase, PhaseLimits } from './phases.ts'
import type { GemmTask } from './task.ts'

/** Pieces that each thread should find to do, so that a slow core does not hold the rest. */
const piecesPerThread = 4
/** Below these a piece re-reads its panel of B, or packs A, more often than pays. */
const leastRows = 96
const leastColumns = 128
/** Columns packed as one piece: 256 KiB of 4-byte elements, some ten microseconds. */
const packColumns = 256

/** The part of B that a panel holds, in elements: columns and rows from, and how many; rows in blocks of kc. */
export interface PanelExtent {
  readonly column: number
  readonly columns: number
  readonly k: number
  readonly depth: number
  readonly kc: number
}

/**
 * One panel of packed B at `target`, as assembly/gemm.ts reads it: block after block of kc rows, in each micro-panel after
 * micro-panel of nr columns (the last filled up with zeros), in each kc times nr elements.
 */
export class Panel {
  readonly #task: GemmTask
  readonly #limits: PhaseLimits
  readonly #target: number
  readonly #extent: PanelExtent
  readonly #paddedColumns: number

  constructor(task: GemmTask, limits: PhaseLimits, target: number, extent: PanelExtent) {
    const { nr } = limits.microTiles[task.dtype]
    this.#task = task
    this.#limits = limits
    this.#target = target
    this.#extent = extent
    this.#paddedColumns = Math.ceil(extent.columns / nr) * nr
  }

  /** All pieces together fill the panel. */
  packPhase(after: readonly number[]): Phase {
    const task = this.#task
    const { column, columns, k, depth, kc } = this.#extent
    const { nr } = this.#limits.microTiles[task.dtype]
    const size = bytesPerElement[task.dtype]
    const width = evenPart(columns, packColumns, nr)
    const across = Math.ceil(columns / width)
    return {
      pieces: Math.ceil(depth / kc) * across,
      after,
      run: (kernel, piece) => {
        const down = Math.floor(piece / across) * kc
        const start = (piece % across) * width
        const rows = Math.min(kc, depth - down)
        kernel.pack(task, {
          row: k + down,
          rows,
          column: column + start,
          columns: Math.min(width, columns - start),
          target: this.#target + (down * this.#paddedColumns + start * rows) * size,
        })
      },
    }
  }

  /** All pieces together add this panel's part to its columns of C. */
  computePhase(after: readonly number[]): Phase {
    const task = this.#task
    const { column, columns, k, depth, kc } = this.#extent
    const { rows, width } = this.#pieceShape()
    const across = Math.ceil(columns / width)
    return {
      pieces: Math.ceil(task.m / rows) * across,
      after,
      run: (kernel, piece, workspace) => {
        const row = Math.floor(piece / across) * rows
        const start = (piece % across) * width
        kernel.compute(
          task,
          {
            row,
            rows: Math.min(rows, task.m - row),
            column: column + start,
            columns: Math.min(width, columns - start),
            k,
            depth,
            beta: k === 0 ? task.beta : 1,
            packed: this.#target,
            packedColumns: this.#paddedColumns,
            packedColumn: start,
            kc,
            mc: blocking[task.dtype].mc,
          },
          workspace,
        )
      },
    }
  }

  /** Enough pieces for every thread, in whole rounds of the threads, of at most mc rows; across only where m is small. */
  #pieceShape(): { rows: number; width: number } {
    const { m, dtype } = this.#task
    const { threads, microTiles } = this.#limits
    const { mr, nr } = microTiles[dtype]
    const wanted = threads === 1 ? 1 : threads * piecesPerThread
    const down = Math.max(Math.ceil(m / blocking[dtype].mc), Math.min(wanted, Math.floor(m / leastRows)), 1)
    const rounds = down < threads ? down : Math.ceil(down / threads) * threads
    const rows = Math.ceil(m / rounds / mr) * mr
    const { columns } = this.#extent
    const across = Math.max(1, Math.min(Math.ceil(wanted / rounds), Math.floor(columns / leastColumns)))
    return { rows, width: rounds < threads ? evenPart(columns, Math.ceil(columns / across), nr) : columns }
  }
}
