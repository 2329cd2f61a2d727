/** A panel of packed B, and the two phases of work on it. */
import { bytesPerElement } from '../core/matrix.ts'
import { evenPart } from './blocking.ts'
import type { Buffered, Chain, Phase, PhaseLimits } from './phase.ts'
import type { GemmTask } from './task.ts'

/** Pieces that each thread should find to do where C has few rows, so that a slow core does not hold the rest. */
const piecesPerThread = 4
/** Below these a piece re-reads its panel of B, or packs A, more often than pays. */
const leastRows = 48
const leastColumns = 128
/** The last pieces are no smaller than this, in multiply-adds: some 20 microseconds. */
const leastWork = 1e6
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
export class Panel implements Buffered {
  readonly #task: GemmTask
  readonly #limits: PhaseLimits
  readonly #target: number
  readonly #extent: PanelExtent
  readonly #paddedColumns: number
  readonly #pieceShape: PieceShape

  constructor(task: GemmTask, limits: PhaseLimits, target: number, extent: PanelExtent) {
    const { nr } = limits.microTiles[task.dtype]
    this.#task = task
    this.#limits = limits
    this.#target = target
    this.#extent = extent
    this.#paddedColumns = Math.ceil(extent.columns / nr) * nr
    this.#pieceShape = pieceShape(task, extent.columns, extent.kc, limits)
  }

  /** All pieces together fill the panel. */
  fillPhase(after: readonly number[]): Phase {
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

  /** Of `usePhase`: the same for all panels of the same columns, so that a piece of one goes on with that of another. */
  get pieces(): number {
    const { edges, width } = this.#pieceShape
    return (edges.length - 1) * Math.ceil(this.#extent.columns / width)
  }

  /** All pieces together add this panel's part to its columns of C. */
  usePhase(after: readonly number[], chain?: Chain): Phase {
    const task = this.#task
    const { column, columns, k, depth, kc } = this.#extent
    const { edges, width } = this.#pieceShape
    const across = Math.ceil(columns / width)
    return {
      pieces: this.pieces,
      after,
      ...(chain && { chain }),
      run: (kernel, piece, workspace) => {
        const index = Math.floor(piece / across)
        const row = edges[index] ?? 0
        const start = (piece % across) * width
        kernel.compute(
          task,
          {
            row,
            rows: (edges[index + 1] ?? 0) - row,
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
}

interface PieceShape {
  /** The rows where pieces begin, and m. */
  readonly edges: readonly number[]
  /** Their columns. */
  readonly width: number
}

/** Across only where m is too small for every thread to find some rows. A function of what all panels of a task share. */
function pieceShape(task: GemmTask, columns: number, kc: number, limits: PhaseLimits): PieceShape {
  const { m, dtype } = task
  const { threads, microTiles, mc } = limits
  const { mr, nr } = microTiles[dtype]
  const least = Math.ceil(leastWork / (columns * kc * mr))
  const most = Math.max(least, mc[dtype] / mr)
  if (threads === 1) return { edges: edgesOf(m, mr, () => most), width: columns }
  if (m >= leastRows * threads) {
    const height = (left: number) => Math.min(most, Math.max(least, Math.ceil(left / (2 * threads))))
    return { edges: edgesOf(m, mr, height), width: columns }
  }
  const down = Math.max(1, Math.floor(m / leastRows))
  const across = Math.max(
    1,
    Math.min(Math.ceil((threads * piecesPerThread) / down), Math.floor(columns / leastColumns)),
  )
  const height = evenPart(Math.ceil(m / mr), Math.ceil(m / mr / down))
  return {
    edges: edgesOf(m, mr, () => height),
    width: evenPart(columns, Math.ceil(columns / across / nr) * nr, nr),
  }
}

/**
 * Whole micro-tiles each, `height` of what is left: with several threads half of what would be each one's, then half of the
 * rest and so on (guided self-scheduling, Polychronopoulos and Kuck 1987), so that they end together.
 */
function edgesOf(m: number, mr: number, height: (left: number) => number): number[] {
  const edges = [0]
  for (let row = 0; row < m; ) {
    row = Math.min(m, row + height(Math.ceil((m - row) / mr)) * mr)
    edges.push(row)
  }
  return edges
}
