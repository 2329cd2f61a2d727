/** What users may say of a product, and of what computes it. */
import { totalmem } from 'node:os'
import { type Semiring, semirings } from '../core/semiring.ts'
import { GemmeshError } from '../errors.ts'
import { type Algorithm, algorithms } from '../kernel/algorithm.ts'
import { arenaLimitBytes } from '../kernel/arena.ts'
import { usableThreads } from '../pool/usable-threads.ts'
import type { MatrixView } from './operand.ts'

/** How a product is run, whatever it is. */
export interface RunOptions {
  /**
   * Default: those of `createGemmesh`, else the cores that this process may use. The first use of a number starts so many
   * threads; `close` ends them, and a fifth number the ones that were used least lately.
   */
  readonly threads?: number
  /** Stops the product; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface ChainOptions extends RunOptions {
  /** What stands for + and *; plus-times by default. */
  readonly semiring?: Semiring
}

export interface MultiplyOptions extends RunOptions {
  /** Multiply by the transpose of A, of B. No copy is made for it. */
  readonly transA?: boolean
  readonly transB?: boolean
  /** Default 1. For int32 a whole number of 32 bits. */
  readonly alpha?: number
  /** What stands for + and *; plus-times by default. Another has alpha 1, and beta 0 or 1 (docs/SEMIRINGS.md). */
  readonly semiring?: Semiring
  /**
   * `strassen`: fewer multiplications for large products of floats, within a weaker bound of the error (docs/STRASSEN.md), and
   * more of `memory` for operands that were not allocated. Others are computed as without it. Default: classical.
   */
  readonly algorithm?: Algorithm
  /** A matrix to add, of the shape of the product; it is not changed. */
  readonly c?: MatrixView
  /** What `c` is multiplied by: 1 by default. 0 leaves `c` unread, NaN in it too. */
  readonly beta?: number
}

export interface GemmOptions extends RunOptions {
  readonly transA?: boolean
  readonly transB?: boolean
  /** Default 1. For int32 a whole number of 32 bits. */
  readonly alpha?: number
  /** What stands for + and *; plus-times by default. Another has alpha 1, and beta 0 or 1 (docs/SEMIRINGS.md). */
  readonly semiring?: Semiring
  /**
   * `strassen`: fewer multiplications for large products of floats, within a weaker bound of the error (docs/STRASSEN.md), and
   * more of `memory` for operands that were not allocated. Others are computed as without it. Default: classical.
   */
  readonly algorithm?: Algorithm
  /** What C is multiplied by before the product is added: 0 by default, which overwrites it unread, NaN too. */
  readonly beta?: number
}

export interface GemmeshOptions {
  /** Default: the cores that this process may use. */
  readonly threads?: number
  /**
   * Bytes for everything beside the user's own arrays: what `allocate` hands out, what each thread works in, and copies of
   * parts of the operands. Products that do not fit are multiplied by blocks. Default: half of the machine's memory, at
   * most 4 GiB, of which the system gives only what is used.
   */
  readonly memory?: number
  /**
   * The same operands and options give the same bits on every machine, at the price of speed: the baseline processor, which
   * rounds each multiplication and each addition, is used everywhere. Otherwise the bits are the same for any number of
   * threads and any `memory`, but another machine may have another processor. NaNs may differ in their payload.
   */
  readonly reproducible?: boolean
}

/** The options with nothing left out; GEMMESH_USAGE where they are none. */
export function completed({
  threads = usableThreads(),
  memory = Math.min(arenaLimitBytes, Math.floor(totalmem() / 2)),
  reproducible = false,
}: GemmeshOptions): Required<GemmeshOptions> {
  if (!Number.isSafeInteger(memory) || memory < 1 || memory > arenaLimitBytes) {
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `memory is ${memory} bytes; it has to be a whole number up to ${arenaLimitBytes}. Larger products need no more: they are multiplied by blocks.`,
    )
  }
  return { threads, memory, reproducible }
}

/** GEMMESH_USAGE for what TypeScript would not let pass. */
export function checkFactor(name: string, value: number): void {
  if (typeof value !== 'number') {
    throw new GemmeshError('GEMMESH_USAGE', `${name} is ${value}, not a number.`)
  }
}

/** GEMMESH_USAGE for int8 in another semiring. */
export function checkPlain(semiring: Semiring): void {
  if (semiring === 'plus-times') return
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `A and B are int8, which has no ${semiring}: widen them, such as by Int32Array.from, or leave semiring out.`,
  )
}

/** As checkFactor. */
export function checkSemiring(semiring: Semiring): void {
  if (semirings.includes(semiring)) return
  throw new GemmeshError('GEMMESH_USAGE', `semiring is ${semiring}, none of ${semirings.join(', ')}.`)
}

/** GEMMESH_USAGE for an algorithm that there is not, and for one whose bits depend on the cut where they must not. */
export function checkAlgorithm(algorithm: Algorithm, reproducible: boolean): void {
  if (!algorithms.includes(algorithm)) {
    throw new GemmeshError('GEMMESH_USAGE', `algorithm is ${algorithm}, none of ${algorithms.join(', ')}.`)
  }
  if (algorithm === 'classical' || !reproducible) return
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `algorithm is ${algorithm}, which adds in an order of its own, but this instance is reproducible. Leave one of both out.`,
  )
}
