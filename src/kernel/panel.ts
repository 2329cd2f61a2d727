/** A panel of packed B, and the two phases of work on it. */
import { bytesPerElement } from '../core/matrix.ts'
import { evenPart } from './blocking.ts'
import type { Phase, PhaseLimits } from './phase.ts'
import type { GemmTask } from './task.ts'

/** Pieces that each thread should find to do, so that a slow core does not hold the rest. */
const piecesPerThread = 4
/** Below these a piece re-reads its panel of B, or packs A, more often than pays. */
const leastRows = 48
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
    const { threads, microTiles } = this.#limits
    const { nr } = microTiles[task.dtype]
    const size = bytesPerElement[task.dtype]
    const width = evenPart(
      columns,
      threads === 1 ? packColumns : Math.min(packColumns, Math.ceil(columns / (threads * 2))),
      nr,
    )
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
    const { mr } = this.#limits.microTiles[task.dtype]
    const { down, width } = this.#pieceShape()
    const across = Math.ceil(columns / width)
    // Pieces differ by one micro-tile at most: a short last one would leave its thread idle.
    const microRows = Math.ceil(task.m / mr)
    const edge = (index: number) => Math.min(task.m, Math.floor((index * microRows) / down) * mr)
    return {
      pieces: down * across,
      after,
      run: (kernel, piece, workspace) => {
        const index = Math.floor(piece / across)
        const row = edge(index)
        const start = (piece % across) * width
        kernel.compute(
          task,
          {
            row,
            rows: edge(index + 1) - row,
            column: column + start,
            columns: Math.min(width, columns - start),
            k,
            depth,
            beta: k === 0 ? task.beta : 1,
            packed: this.#target,
            packedColumns: this.#paddedColumns,
            packedColumn: start,
            kc,
            mc: this.#limits.mc[task.dtype],
          },
          workspace,
        )
      },
    }
  }

  /** Enough pieces for every thread, in whole rounds of the threads, of at most mc rows; across only where m is small. */
  #pieceShape(): { down: number; width: number } {
    const { m, dtype } = this.#task
    const { threads, microTiles, mc } = this.#limits
    const { mr, nr } = microTiles[dtype]
    const { columns } = this.#extent
    const wanted = threads === 1 ? 1 : threads * piecesPerThread
    const least = Math.max(Math.ceil(m / mc[dtype]), Math.min(wanted, Math.floor(m / leastRows)), 1)
    if (least >= threads) {
      const down = Math.min(Math.ceil(least / threads) * threads, Math.ceil(m / mr))
      return { down, width: columns }
    }
    const across = Math.max(1, Math.min(Math.ceil(wanted / least), Math.floor(columns / leastColumns)))
    return { down: least, width: evenPart(columns, Math.ceil(columns / across), nr) }
  }
}
