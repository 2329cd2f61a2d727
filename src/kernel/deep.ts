/** Products with few elements of C and a large k: threads share k, and their parts are added in the order of k. */
import { bytesPerElement } from '../core/matrix.ts'
import { depthOf, evenPart, stripBytes } from './blocking.ts'
import { isDotProduct } from './dot.ts'
import type { KernelCalls } from './kernel.ts'
import type { Buffered, Chain, Phase, PhaseLimits } from './phase.ts'
import { computeRow, isRow } from './row.ts'
import { computeStrip, isFlat, stripPieces } from './strip.ts'
import type { GemmTask } from './task.ts'

/** Parts that each thread should find to do. */
const partsPerThread = 4
/** Blocks of k that an ordered dot product takes at a time, each in a lane of its own: assembly/inner.ts. */
const dotBlocks = 8

/** The blocks of k that a task is computed by, as many at a time as fit a buffer. */
export interface Depths {
  readonly kc: number
  readonly blocks: number
  readonly perPart: number
}

/** The blocks of a task that is better shared by k, or undefined for any other one. */
export function depthsOf(task: GemmTask, limits: PhaseLimits): Depths | undefined {
  const { dtype, m, n, k } = task
  const { threads, panelBytes } = limits
  const size = bytesPerElement[dtype]
  const kc = depthOf(dtype, k, task.reproducible)
  const blocks = Math.ceil(k / kc)
  const isDot = isDotProduct(task)
  const multiple = isDot ? dotBlocks : 1
  const most = Math.floor(panelBytes / (m * n * size * multiple)) * multiple
  const isDeep =
    isDot ||
    isLongRow(task, threads) ||
    (isFlat(task) && stripPieces(task, limits) < threads && n * kc * size <= stripBytes / 2)
  if (!isDeep || (!isDot && Math.min(blocks, most) < 2 * threads)) return undefined
  return { kc, blocks, perPart: evenPart(blocks, most, multiple) }
}

/** A row of C, and a B that is stored by rows: each thread then reads memory from one end to the other, not parts of each row. */
const isLongRow = (task: GemmTask, threads: number): boolean =>
  threads > 1 && isRow(task) && task.b.columnStride === 1

/**
 * Some blocks of k: alpha times the product of each goes to the buffer at `target`, m x n elements one after the other, and from
 * there to C, block after block. That is the order, and with it the bits, of a product that is not cut.
 */
export class DeepPart implements Buffered {
  readonly pieces: number
  readonly #task: GemmTask
  readonly #limits: PhaseLimits
  readonly #target: number
  readonly #kc: number
  readonly #first: number
  readonly #end: number
  readonly #isDot: boolean
  readonly #rows: number

  constructor(task: GemmTask, limits: PhaseLimits, target: number, depths: Depths, part: number) {
    this.#task = task
    this.#limits = limits
    this.#target = target
    this.#kc = depths.kc
    this.#first = part * depths.perPart
    this.#end = Math.min(depths.blocks, this.#first + depths.perPart)
    this.#isDot = isDotProduct(task)
    this.#rows = Math.ceil(task.m / limits.threads)
    this.pieces = Math.ceil(task.m / this.#rows)
  }

  fillPhase(after: readonly number[]): Phase {
    const blocks = this.#end - this.#first
    const wanted = Math.ceil(blocks / (this.#limits.threads * partsPerThread))
    const perPiece = evenPart(blocks, wanted, this.#isDot ? dotBlocks : 1)
    return {
      pieces: Math.ceil(blocks / perPiece),
      after,
      run: (kernel, piece, workspace) => {
        const task = this.#task
        const kc = this.#kc
        const first = this.#first + piece * perPiece
        const end = Math.min(this.#end, first + perPiece)
        if (this.#isDot) {
          const k = first * kc
          kernel.inner(task, { k, depth: Math.min(task.k, end * kc) - k, kc, target: this.#offset(first) })
          return
        }
        if (isRow(task)) {
          for (let block = first; block < end; block++) this.#runRow(kernel, block, workspace)
          return
        }
        for (let block = first; block < end; block++) {
          const c = { offset: this.#offset(block), rowStride: task.n, columnStride: 1 }
          const k = block * kc
          const extent = { column: 0, columns: task.n, k, depth: Math.min(kc, task.k - k), kc }
          computeStrip({ ...task, beta: 0, c }, this.#limits, kernel, workspace, extent)
        }
      },
    }
  }

  usePhase(after: readonly number[], chain?: Chain): Phase {
    return {
      pieces: this.pieces,
      after,
      ...(chain && { chain }),
      run: (kernel, piece) => {
        const row = piece * this.#rows
        const rows = Math.min(this.#rows, this.#task.m - row)
        const beta = this.#first === 0 ? this.#task.beta : 1
        const count = this.#end - this.#first
        kernel.merge(this.#task, { row, rows, source: this.#target, count, beta })
      },
    }
  }

  /** The block of a product with one row. */
  #runRow(kernel: KernelCalls, block: number, workspace: number): void {
    const { dtype, k, a, b, n } = this.#task
    const kc = this.#kc
    const from = block * kc
    const size = bytesPerElement[dtype]
    const part = {
      ...this.#task,
      k: Math.min(kc, k - from),
      beta: 0,
      a: { ...a, offset: a.offset + from * a.columnStride * size },
      b: { ...b, offset: b.offset + from * b.rowStride * size },
      c: { offset: this.#offset(block), rowStride: n, columnStride: 1 },
    }
    computeRow(part, kc, kernel, workspace)
  }

  #offset(block: number): number {
    const { dtype, m, n } = this.#task
    return this.#target + (block - this.#first) * m * n * bytesPerElement[dtype]
  }
}
