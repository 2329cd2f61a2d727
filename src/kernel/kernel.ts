/** A processor at work: its WASM functions, typed, over one memory. */
import { bytesPerElement, type Dtype } from '../core/matrix.ts'
import type { Semiring } from '../core/semiring.ts'
import { GemmeshError } from '../errors.ts'
import { checkMicroTile, type MicroTile } from './blocking.ts'
import type { ComputePiece, PackPiece } from './piece.ts'
import { type SumCalls, SumKernel } from './sum-kernel.ts'
import type { GemmTask } from './task.ts'

export type { ComputePiece, PackPiece } from './piece.ts'

/** The meaning of a processor's exports: `abi` of assembly/abi.ts. */
export const supportedAbi = 7

/** Columns of the one row of a C, `columns` of them from `column`. */
export interface RowPiece {
  readonly column: number
  readonly columns: number
  readonly kc: number
}

/** Rows of C, `rows` of them from `row`, over one block of k. `beta`: for what these elements hold. */
export interface SmallPiece {
  readonly row: number
  readonly rows: number
  readonly k: number
  readonly depth: number
  readonly beta: number
}

/** A part of k of a dot product: the sums of its blocks of kc go to `target`, an element each. */
export interface InnerPiece {
  readonly k: number
  readonly depth: number
  readonly kc: number
  readonly target: number
}

/** `rows` rows of C from `row`, and where `count` matrices m x n, one after the other, hold what is to be added to them. */
export interface MergePiece {
  readonly row: number
  readonly rows: number
  readonly source: number
  readonly count: number
  readonly beta: number
}

/** What phases ask of a kernel; offsets in bytes, all else in elements. */
export interface KernelCalls {
  /** Packs a piece of B, so that `compute` can read it. */
  pack(task: GemmTask, piece: PackPiece): void
  /** C = alpha * A * B + beta * C for a piece of C. `workspace`: offset of `workspaceBytes` that nobody else uses. */
  compute(task: GemmTask, piece: ComputePiece, workspace: number): void
  /** C = alpha * A * B + beta * C for a piece of C, plus-times alone, A, B and C contiguous by rows. `workspace`: as `compute`'s. */
  small(task: GemmTask, piece: SmallPiece, workspace: number): void
  /**
   * C = alpha * A * B + beta * C for a piece of the one row of C, plus-times alone, B not packed: one of its strides is 1. `sums`: offset of as many
   * elements that nobody else uses.
   */
  row(task: GemmTask, piece: RowPiece, sums: number): void
  /** alpha * A * B for each block of a part of k, of one row and one column, both contiguous; plus-times alone. */
  inner(task: GemmTask, piece: InnerPiece): void
  /** C = beta * C + what is in `source`, one matrix after the other; alpha is already in it. */
  merge(task: GemmTask, piece: MergePiece): void
  /** C = beta * C for `rows` rows of C from `row`. */
  scale(task: GemmTask, row: number, rows: number): void
  /** As pack and compute, for products of sums of blocks: of float32 and float64, plus-times alone. */
  readonly sums: SumCalls
}

type Numeric = (...args: number[]) => void
interface Functions {
  readonly gemm: Numeric
  readonly merge: Numeric
  readonly scale: Numeric
}

/**
 * Instantiates a processor over a shared memory, with one of its shapes for each dtype, and checks what it says of itself:
 * `abi`; for a shape such as float32_6x16 `pack_*`, `small_*`, `row_*` and `inner_*` (of floats also `sum_*` and `spread_*`), and for each operation and shape such as
 * `min_plus_float32_6x16` that function, its `merge_*` and its `scale_*`. `shapes`: where none is named, the module's first.
 * GEMMESH_PROCESSOR_REJECTED when something is missing or does not fit.
 */
export class Kernel implements KernelCalls {
  readonly microTiles: Readonly<Record<Dtype, MicroTile>>
  readonly sums: SumCalls
  readonly #packs: Readonly<Record<Dtype, Numeric>>
  readonly #smalls: Readonly<Record<Dtype, Numeric>>
  readonly #rows: Readonly<Record<Dtype, Numeric>>
  readonly #inners: Readonly<Record<Dtype, Numeric>>
  readonly #functions: Readonly<Record<Semiring, Readonly<Record<Dtype, Functions>>>>
  /** gemm of pairs. */
  readonly #pairs: Numeric

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, shapes: Shapes = {}) {
    const { exports } = instantiate(module, memory)
    const abi = constant(exports, 'abi')
    if (abi !== supportedAbi) {
      throw rejected(
        `has abi ${abi}, this version runs abi ${supportedAbi}. Use the processor of the same version`,
      )
    }
    const existing = shapesOf(module)
    const chosen = forDtypes(dtype => {
      const shape = shapes[dtype] ?? existing[dtype][0]
      if (shape === undefined) throw rejected(`has no shape for ${dtype}`)
      return shape
    })
    this.microTiles = forDtypes(dtype => {
      const [mr = 0, nr = 0] = chosen[dtype].split('x').map(Number)
      checkMicroTile(dtype, { mr, nr })
      return { mr, nr }
    })
    this.#packs = forDtypes(dtype => callable(exports, `pack_${dtype}_${chosen[dtype]}`))
    this.#smalls = forDtypes(dtype => callable(exports, `small_${dtype}_${chosen[dtype]}`))
    this.#rows = forDtypes(dtype => callable(exports, `row_${dtype}_${chosen[dtype]}`))
    this.#pairs = callable(exports, `dot_int32_${chosen.int32}`)
    const sumFunctions = (dtype: Dtype) => ({
      pack: this.#packs[dtype],
      sum: callable(exports, `sum_${dtype}_${chosen[dtype]}`),
      spread: callable(exports, `spread_${dtype}_${chosen[dtype]}`),
    })
    this.sums = new SumKernel({ float32: sumFunctions('float32'), float64: sumFunctions('float64') }, memory)
    this.#inners = forDtypes(dtype => callable(exports, `inner_${dtype}_${chosen[dtype]}`))
    const functions = (operation: string) =>
      forDtypes(dtype => ({
        gemm: callable(exports, `${operation}_${dtype}_${chosen[dtype]}`),
        merge: callable(exports, `merge_${operation}_${dtype}_${chosen[dtype]}`),
        scale: callable(exports, `scale_${operation}_${dtype}_${chosen[dtype]}`),
      }))
    this.#functions = {
      'plus-times': functions('gemm'),
      'min-plus': functions('min_plus'),
      'max-plus': functions('max_plus'),
      'max-min': functions('max_min'),
      'or-and': functions('or_and'),
    }
  }

  pack({ dtype, b }: GemmTask, piece: PackPiece): void {
    const size = bytesPerElement[dtype]
    const source = b.offset + (piece.row * b.rowStride + piece.column * b.columnStride) * size
    this.#packs[dtype](piece.rows, piece.columns, source, b.rowStride, b.columnStride, piece.target)
  }

  compute(
    { dtype, semiring = 'plus-times', pairs, alpha, a, c }: GemmTask,
    piece: ComputePiece,
    workspace: number,
  ): void {
    const size = bytesPerElement[dtype]
    const gemm = pairs ? this.#pairs : this.#functions[semiring][dtype].gemm
    gemm(
      piece.rows,
      piece.columns,
      piece.depth,
      alpha,
      a.offset + (piece.row * a.rowStride + piece.k * a.columnStride) * size,
      a.rowStride,
      a.columnStride,
      piece.packed,
      piece.packedColumns,
      piece.packedColumn,
      piece.beta,
      c.offset + (piece.row * c.rowStride + piece.column * c.columnStride) * size,
      c.rowStride,
      c.columnStride,
      workspace,
      piece.mc,
      piece.kc,
    )
  }

  small(
    { dtype, n, alpha, a, b, c }: GemmTask,
    { row, rows, k, depth, beta }: SmallPiece,
    workspace: number,
  ): void {
    const size = bytesPerElement[dtype]
    this.#smalls[dtype](
      rows,
      n,
      depth,
      alpha,
      a.offset + (row * a.rowStride + k) * size,
      a.rowStride,
      b.offset + k * b.rowStride * size,
      b.rowStride,
      beta,
      c.offset + row * c.rowStride * size,
      c.rowStride,
      workspace,
    )
  }

  row({ dtype, k, alpha, a, b, beta, c }: GemmTask, { column, columns, kc }: RowPiece, sums: number): void {
    const size = bytesPerElement[dtype]
    this.#rows[dtype](
      columns,
      k,
      alpha,
      a.offset,
      a.columnStride,
      b.offset + column * b.columnStride * size,
      b.rowStride,
      b.columnStride,
      beta,
      c.offset + column * c.columnStride * size,
      c.columnStride,
      sums,
      kc,
    )
  }

  inner({ dtype, alpha, a, b }: GemmTask, { k, depth, kc, target }: InnerPiece): void {
    const size = bytesPerElement[dtype]
    this.#inners[dtype](depth, alpha, a.offset + k * size, b.offset + k * size, target, kc)
  }

  merge(
    { dtype, semiring = 'plus-times', m, n, c }: GemmTask,
    { row, rows, source, count, beta }: MergePiece,
  ): void {
    const size = bytesPerElement[dtype]
    const from = source + row * n * size
    const to = c.offset + row * c.rowStride * size
    const step = m * n * size
    this.#functions[semiring][dtype].merge(rows, n, from, count, beta, to, c.rowStride, c.columnStride, step)
  }

  scale({ dtype, semiring = 'plus-times', n, beta, c }: GemmTask, row: number, rows: number): void {
    const offset = c.offset + row * c.rowStride * bytesPerElement[dtype]
    this.#functions[semiring][dtype].scale(rows, n, beta, offset, c.rowStride, c.columnStride)
  }
}

/** The micro-tile that a processor is to use for a dtype, such as `6x16`: rows and columns of gemm's. */
export type Shapes = Readonly<Partial<Record<Dtype, string>>>

/** The shapes that a processor has for each dtype, in its own order: the first one stands where nothing was measured. */
export function shapesOf(module: WebAssembly.Module): Readonly<Record<Dtype, readonly string[]>> {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name)
  return forDtypes(dtype => {
    const prefix = `gemm_${dtype}_`
    return names.filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length))
  })
}

const forDtypes = <T>(make: (dtype: Dtype) => T): Record<Dtype, T> => ({
  float32: make('float32'),
  float64: make('float64'),
  int32: make('int32'),
})

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, { env: { memory } })
  } catch (cause) {
    throw rejected(`cannot be instantiated: ${cause instanceof Error ? cause.message : cause}`, cause)
  }
}

function constant(exports: WebAssembly.Exports, name: string): number {
  const found = exports[name]
  const value: unknown = found instanceof WebAssembly.Global ? found.value : undefined
  if (typeof value !== 'number') throw rejected(`does not export the constant ${name}`)
  return value
}

function callable(exports: WebAssembly.Exports, name: string): Numeric {
  const found = exports[name]
  if (!isNumeric(found)) throw rejected(`does not export the function ${name}`)
  return found
}

/** What its arguments are is a matter of the abi: nothing tells it of a function. */
const isNumeric = (value: unknown): value is Numeric => typeof value === 'function'

const rejected = (what: string, cause?: unknown) =>
  new GemmeshError('GEMMESH_PROCESSOR_REJECTED', `The processor ${what}.`, { cause })
