/**
 * gemmesh as a library: matrix products on this machine, on all cores. docs/LIBRARY.md has examples. The functions here
 * share one `Gemmesh`, with all defaults; `createGemmesh` makes others. `gemmesh/client` is the way to a cluster.
 */
import { Gemmesh } from './library/gemmesh.ts'
import type { GemmeshOptions } from './library/options.ts'

export { type ChainOrder, type ChainTree, chainOrder } from './core/chain.ts'
export type { Dtype, Matrix, Shape } from './core/matrix.ts'
export type { Semiring } from './core/semiring.ts'
export { type ErrorCode, GemmeshError } from './errors.ts'
export type { Factor, Gemmesh } from './library/gemmesh.ts'
export { type Int8Matrix, type MatrixView, matrix } from './library/operand.ts'
export type {
  ChainOptions,
  GemmeshOptions,
  GemmOptions,
  MultiplyOptions,
  RunOptions,
} from './library/options.ts'

const shared = new Gemmesh()

/** Threads and memory of one's own: several are independent of each other, and of the functions here. */
export const createGemmesh = (options: GemmeshOptions = {}): Gemmesh => new Gemmesh(options)

/** alpha * op(A) * op(B) + beta * C as a new matrix: {@link Gemmesh.multiply}. */
export const multiply: Gemmesh['multiply'] = shared.multiply.bind(shared)

/** C = alpha * op(A) * op(B) + beta * C in place: {@link Gemmesh.gemm}. */
export const gemm: Gemmesh['gemm'] = shared.gemm.bind(shared)

/** The product of many matrices in the cheapest order: {@link Gemmesh.multiplyChain}. */
export const multiplyChain: Gemmesh['multiplyChain'] = shared.multiplyChain.bind(shared)

/** A matrix in the memory that the threads compute in, so that products copy nothing: {@link Gemmesh.allocate}. */
export const allocate: Gemmesh['allocate'] = shared.allocate.bind(shared)

/** Gives the memory of an allocated matrix back: {@link Gemmesh.release}. */
export const release: Gemmesh['release'] = shared.release.bind(shared)

/** Ends all threads, after the products that are under way, and frees their memory. A later product starts them anew. */
export const close: Gemmesh['close'] = shared.close.bind(shared)
