/** The functions of a processor for products of sums of blocks, which Strassen's algorithm is made of. */
import { bytesPerElement } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { stripBytes, stripOffset } from './blocking.ts'
import type { ComputePiece, PackPiece } from './piece.ts'
import type { View } from './task.ts'
import {
  asView,
  type Extent,
  type FloatDtype,
  type Sum,
  type SumProduct,
  type Target,
  type Term,
  transposedTerms,
  within,
} from './term.ts'

/** What phases of Strassen's algorithm ask of a kernel: as `pack` and `compute` of KernelCalls. */
export interface SumCalls {
  /** Packs a piece of the sum of B. `workspace`: as for `compute`. */
  pack(product: SumProduct, piece: PackPiece, workspace: number): void
  /** Adds a piece of the product to every target. `workspace`: offset of `workspaceBytes` that nobody else uses. */
  compute(product: SumProduct, piece: ComputePiece, workspace: number): void
}

type Numeric = (...args: number[]) => void

/** What a processor has for one dtype. */
export interface SumFunctions {
  readonly pack: Numeric
  readonly sum: Numeric
  readonly spread: Numeric
}

/** A table of terms, `Term` of assembly/term.ts: five integers each. */
const integersPerTerm = 5
/** More than any sum of two levels has. */
const mostTerms = 8
const tableBytes = mostTerms * integersPerTerm * Int32Array.BYTES_PER_ELEMENT

/** `mode` of assembly/mode.ts. */
const [store, add, blend] = [0, 1, 2]

/** Columns of a sum of B that are computed, and then packed, at once: a multiple of every nr, 256 KiB at most. */
const packColumns = 128

/** Rows of a sum begin at cache lines of 4-byte elements. */
const strideMultiple = 16

export class SumKernel implements SumCalls {
  readonly #functions: Readonly<Record<FloatDtype, SumFunctions>>
  readonly #integers: Int32Array

  constructor(functions: Readonly<Record<FloatDtype, SumFunctions>>, memory: WebAssembly.Memory) {
    this.#functions = functions
    this.#integers = new Int32Array(memory.buffer)
  }

  pack({ dtype, b }: SumProduct, piece: PackPiece, workspace: number): void {
    const { row, rows, target } = piece
    const size = bytesPerElement[dtype]
    for (let start = 0; start < piece.columns; start += packColumns) {
      const columns = Math.min(packColumns, piece.columns - start)
      const source = this.#summed(dtype, b, { row, rows, column: piece.column + start, columns }, workspace)
      this.#functions[dtype].pack(
        rows,
        columns,
        source.offset,
        source.rowStride,
        source.columnStride,
        target + start * rows * size,
      )
    }
  }

  compute(product: SumProduct, piece: ComputePiece, workspace: number): void {
    const { dtype, alpha, beta, a, c } = product
    const size = bytesPerElement[dtype]
    const { mc } = piece
    for (let p = 0; p < piece.depth; p += piece.kc) {
      const depth = Math.min(piece.kc, piece.depth - p)
      const k = piece.k + p
      const packed = piece.packed + (p * piece.packedColumns + depth * piece.packedColumn) * size
      for (let i = 0; i < piece.rows; i += mc) {
        const [row, rows] = [piece.row + i, Math.min(mc, piece.rows - i)]
        const targets = within(dtype, c, { row, rows, column: piece.column, columns: piece.columns })
        if (targets.length === 0) continue
        const source = this.#summed(dtype, a, { row, rows, column: k, columns: depth }, workspace)
        const table = this.#write(
          targets,
          ({ beta }: Target) => (k > 0 || beta === 1 ? add : beta === 0 ? store : blend),
          workspace,
        )
        this.#functions[dtype].spread(
          rows,
          piece.columns,
          depth,
          alpha,
          source.offset,
          source.rowStride,
          source.columnStride,
          packed,
          beta,
          table,
          targets.length,
          c.rowStride,
          workspace,
        )
      }
    }
  }

  /** A view of the sum of a rectangle of every term: in place where that can be, else computed into the workspace. */
  #summed(dtype: FloatDtype, sum: Sum, extent: Extent, workspace: number): View {
    const terms = within(dtype, sum, extent)
    const view = asView(terms, extent, sum)
    if (view !== undefined) return view
    const byRows = sum.columnStride === 1
    const [rows, columns] = byRows ? [extent.rows, extent.columns] : [extent.columns, extent.rows]
    const stride = Math.ceil(columns / strideMultiple) * strideMultiple
    if (rows * stride * bytesPerElement[dtype] > stripBytes - tableBytes) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `A sum of ${rows}x${columns} ${dtype} does not fit a workspace.`,
      )
    }
    const table = this.#write(byRows ? terms : transposedTerms(terms), () => add, workspace)
    const offset = workspace + stripOffset
    const { rowStride, columnStride } = sum
    const given = byRows ? rowStride : columnStride
    this.#functions[dtype].sum(rows, columns, table, terms.length, given, offset, stride)
    return byRows
      ? { offset, rowStride: stride, columnStride: 1 }
      : { offset, rowStride: 1, columnStride: stride }
  }

  /** Writes a table of terms to the end of the workspace, and says where it is. */
  #write<T extends Term>(terms: readonly T[], modeOf: (term: T) => number, workspace: number): number {
    const table = workspace + stripOffset + stripBytes - tableBytes
    let at = table / Int32Array.BYTES_PER_ELEMENT
    for (const term of terms) {
      this.#integers[at++] = term.offset
      this.#integers[at++] = term.rows
      this.#integers[at++] = term.columns
      this.#integers[at++] = term.sign
      this.#integers[at++] = modeOf(term)
    }
    return table
  }
}
