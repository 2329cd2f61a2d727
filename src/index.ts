/**
 * gemmesh as a library: matrix products on this machine, on all cores. docs/LIBRARY.md has examples. The functions here
 * share one `Gemmesh`, with all defaults; `createGemmesh` makes others. `gemmesh/client` is the way to a cluster.
 */
import type { Dtype, Matrix, Shape } from './core/matrix.ts'
import { type Factor, Gemmesh } from './library/gemmesh.ts'
import type { MatrixView } from './library/operand.ts'
import type { ChainOptions, GemmeshOptions, GemmOptions, MultiplyOptions } from './library/options.ts'

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
export const multiply = (a: Factor, b: Factor, options?: MultiplyOptions): Promise<Matrix> =>
  shared.multiply(a, b, options)

/** C = alpha * op(A) * op(B) + beta * C in place: {@link Gemmesh.gemm}. */
export const gemm = (a: Factor, b: Factor, c: MatrixView, options?: GemmOptions): Promise<void> =>
  shared.gemm(a, b, c, options)

/** The product of many matrices in the cheapest order: {@link Gemmesh.multiplyChain}. */
export const multiplyChain = (matrices: readonly MatrixView[], options?: ChainOptions): Promise<Matrix> =>
  shared.multiplyChain(matrices, options)

/** A matrix in the memory that the threads compute in, so that products copy nothing: {@link Gemmesh.allocate}. */
export const allocate = (shape: Shape, dtype: Dtype): Matrix => shared.allocate(shape, dtype)

/** Gives the memory of an allocated matrix back: {@link Gemmesh.release}. */
export const release = (matrix: Matrix): void => shared.release(matrix)

/** Ends all threads, after the products that are under way, and frees their memory. A later product starts them anew. */
export const close = (): Promise<void> => shared.close()
