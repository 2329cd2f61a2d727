/** Products on this machine: the facade in front of arena, pool and queue. */
import { type ChainTree, chainOrder } from '../core/chain.ts'
import { type Dtype, dtypes, inPrograms, type Matrix, productShape, type Shape } from '../core/matrix.ts'
import { checkFactors } from '../core/semiring.ts'
import { GemmeshError } from '../errors.ts'
import { multiplyOutside, type OutsideProduct } from '../pool/multiply-outside.ts'
import type { Pool } from '../pool/pool.ts'
import { Engine } from './engine.ts'
import {
  asFactor,
  asOperand,
  checkC,
  checkShape,
  copyOf,
  dtypeMismatch,
  type Int8Matrix,
  type Int8Operand,
  type MatrixView,
  type Operand,
  zeros,
} from './operand.ts'
import {
  type ChainOptions,
  checkAlgorithm,
  checkFactor,
  checkPlain,
  checkSemiring,
  completed,
  type GemmeshOptions,
  type GemmOptions,
  type MultiplyOptions,
  type RunOptions,
} from './options.ts'
import { overlaps } from './overlap.ts'

type Factors = Pick<OutsideProduct, 'transA' | 'transB' | 'alpha' | 'beta'> &
  Required<Pick<OutsideProduct, 'semiring' | 'algorithm'>>

/** What A and B may be. */
export type Factor = MatrixView | Int8Matrix

/** A product that fits together, but for its C. */
interface Inputs extends Omit<OutsideProduct, 'c'> {
  readonly a: Operand | Int8Operand
  readonly b: Operand | Int8Operand
}

/**
 * Threads and memory of one's own. They are taken when they are first needed, and `close` gives them back. Products queue
 * up: each has all threads. The operands of a product must not be changed before its promise is settled.
 */
export class Gemmesh implements AsyncDisposable {
  readonly #options: Required<GemmeshOptions>
  #engine: Engine | undefined
  #tail: Promise<unknown> = Promise.resolve()
  /** Products that wait or run. */
  #waiting = 0
  #copiedBytes = 0

  /** GEMMESH_USAGE for options that do not fit. */
  constructor(options: GemmeshOptions = {}) {
    this.#options = completed(options)
  }

  /** What all products so far copied into the arena and out of it. Products of allocated matrices add nothing. */
  get copiedBytes(): number {
    return this.#copiedBytes
  }

  /**
   * alpha * op(A) * op(B) + beta * C as a new matrix, m x n, of the operands' dtype; of int8, int32. Floats overflow, and NaN and Inf
   * travel, as IEEE 754 says; int32 wraps. Zero rows or columns give an empty matrix, a zero inner dimension beta * C.
   *
   * Faults: GEMMESH_SHAPE_MISMATCH, GEMMESH_DTYPE_MISMATCH, GEMMESH_USAGE (an option that does not fit),
   * GEMMESH_MEMORY_EXCEEDED.
   */
  multiply<D extends Dtype>(a: MatrixView<D>, b: MatrixView<D>, options?: MultiplyOptions): Promise<Matrix<D>>
  multiply(a: Int8Matrix, b: Int8Matrix, options?: MultiplyOptions): Promise<Matrix<'int32'>>
  multiply(a: Factor, b: Factor, options?: MultiplyOptions): Promise<Matrix>
  async multiply(a: Factor, b: Factor, options: MultiplyOptions = {}): Promise<Matrix> {
    const {
      transA = false,
      transB = false,
      alpha = 1,
      semiring = 'plus-times',
      algorithm = 'classical',
      c,
    } = options
    const beta = c === undefined ? 0 : (options.beta ?? 1)
    if (c === undefined && options.beta !== undefined && options.beta !== 0) {
      throw new GemmeshError(
        'GEMMESH_USAGE',
        `beta is ${options.beta}, but there is no c to add. Give c, or leave beta out.`,
      )
    }
    const product = this.#product(a, b, { transA, transB, alpha, beta, semiring, algorithm })
    const { dtype, m, n } = product
    const added = c && this.#operand('C', c)
    if (added) checkC(added, dtype, [m, n])
    return this.#queue(options, async (engine, pool) => {
      const result = added && beta !== 0 ? copyOf(added) : zeros(dtype, [m, n])
      const place = { data: result.data, offset: 0, rowStride: n }
      this.#copiedBytes += await multiplyOutside(pool, engine.arena, { ...product, c: place }, options.signal)
      return result
    })
  }

  /**
   * C = alpha * op(A) * op(B) + beta * C in place. C must share no element with A or B: GEMMESH_USAGE. When the promise is
   * rejected after the product began (an abort), what C holds is undefined. Otherwise as `multiply`.
   */
  async gemm(a: Factor, b: Factor, c: MatrixView, options: GemmOptions = {}): Promise<void> {
    const {
      transA = false,
      transB = false,
      alpha = 1,
      beta = 0,
      semiring = 'plus-times',
      algorithm = 'classical',
    } = options
    const product = this.#product(a, b, { transA, transB, alpha, beta, semiring, algorithm })
    const target = this.#operand('C', c)
    checkC(target, product.dtype, [product.m, product.n])
    for (const [name, operand] of [
      ['A', product.a],
      ['B', product.b],
    ] as const) {
      if (!overlaps(operand, target)) continue
      throw new GemmeshError(
        'GEMMESH_USAGE',
        `C shares elements with ${name}, which is read while C is written. Copy one of them, or use multiply.`,
      )
    }
    return this.#queue(options, async (engine, pool) => {
      this.#copiedBytes += await multiplyOutside(
        pool,
        engine.arena,
        { ...product, c: target },
        options.signal,
      )
    })
  }

  /**
   * The product of all matrices, left to right, in the order that takes the fewest operations: `chainOrder` says which.
   * One matrix alone gives a copy of it. The matrices in between are freed as soon as they are used up.
   */
  multiplyChain<D extends Dtype>(
    matrices: readonly MatrixView<D>[],
    options?: ChainOptions,
  ): Promise<Matrix<D>>
  async multiplyChain(matrices: readonly MatrixView[], options: ChainOptions = {}): Promise<Matrix> {
    const operands = matrices.map((given, index) => this.#operand(`Matrix ${index + 1}`, given))
    const { tree } = chainOrder(operands.map(({ shape }) => shape))
    const [first] = operands
    for (const [index, { dtype }] of operands.entries()) {
      if (first !== undefined && dtype !== first.dtype) {
        throw dtypeMismatch(`Matrix ${index + 1}`, dtype, first.dtype)
      }
    }
    // These alone: a factor that slipped in would be applied to every product of the chain.
    const { threads = this.#options.threads, semiring = 'plus-times', signal } = options
    checkSemiring(semiring)
    const runOptions: ChainOptions = { threads, semiring, ...(signal && { signal }) }
    const run = async (part: ChainTree): Promise<Matrix> => {
      if (typeof part !== 'number') return this.multiply(await run(part[0]), await run(part[1]), runOptions)
      const operand = operands[part]
      if (operand === undefined)
        throw new GemmeshError('GEMMESH_INTERNAL', `The chain has no matrix ${part}.`)
      return operand
    }
    const product = await run(tree)
    return typeof tree === 'number' ? copyOf(asOperand('Matrix 1', product)) : product
  }

  /**
   * A matrix of zeros in the memory that the threads compute in: products of such matrices copy nothing, and `gemm` writes
   * into one directly. `release` gives it back. GEMMESH_MEMORY_EXCEEDED when the `memory` of the options has no room for it.
   */
  allocate<D extends Dtype>(shape: Shape, dtype: D): Matrix<D>
  allocate(shape: Shape, dtype: Dtype): Matrix {
    checkShape('The matrix', shape)
    if (!dtypes.includes(dtype)) {
      throw new GemmeshError(
        'GEMMESH_DTYPE_UNSUPPORTED',
        `The dtype is ${dtype}, none of ${dtypes.join(', ')}.`,
      )
    }
    return this.#started().allocations.allocate(shape, dtype)
  }

  /**
   * Gives the memory of an allocated matrix back, after the products that wait or run. It must not be used any more.
   * GEMMESH_USAGE when it is not one that `allocate` handed out, or was released before.
   */
  release(matrix: Matrix): void {
    const allocations = this.#engine?.allocations
    const free = allocations?.forget(matrix)
    if (free === undefined) {
      throw new GemmeshError(
        'GEMMESH_USAGE',
        'The matrix is not one that allocate handed out, or it has been released already.',
      )
    }
    if (this.#waiting === 0) free()
    else this.#tail = this.#tail.then(free)
  }

  /**
   * Ends all threads, after the products that wait or run, and gives the memory back as soon as no allocated matrix refers to
   * it. A later product starts anew; matrices that were allocated before are then copied as any other.
   */
  close(): Promise<void> {
    const closing = this.#tail.then(async () => {
      const engine = this.#engine
      this.#engine = undefined
      await engine?.close()
    })
    this.#tail = closing.catch(() => {})
    return closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #started(): Engine {
    const { memory, reproducible } = this.#options
    this.#engine ??= new Engine(memory, reproducible)
    return this.#engine
  }

  #product(a: Factor, b: Factor, factors: Factors): Inputs {
    checkFactor('alpha', factors.alpha)
    checkFactor('beta', factors.beta)
    checkSemiring(factors.semiring)
    checkAlgorithm(factors.algorithm, this.#options.reproducible)
    const [operandA, operandB] = [asFactor('A', a), asFactor('B', b)]
    this.#engine?.allocations.check('A', operandA)
    this.#engine?.allocations.check('B', operandB)
    if (operandB.dtype !== operandA.dtype) throw dtypeMismatch('B', operandB.dtype, operandA.dtype)
    const dtype = operandA.dtype === 'int8' ? 'int32' : operandA.dtype
    if (operandA.dtype === 'int8') checkPlain(factors.semiring)
    checkFactors(factors.semiring, dtype, factors.alpha, factors.beta)
    const [m, n, k] = productShape(operandA.shape, operandB.shape, factors.transA, factors.transB, inPrograms)
    const { reproducible } = this.#options
    return { ...factors, dtype, m, n, k, a: operandA, b: operandB, reproducible }
  }

  #operand(name: string, given: MatrixView): Operand {
    const operand = asOperand(name, given)
    this.#engine?.allocations.check(name, operand)
    return operand
  }

  /** Runs a product when its turn has come; one that is aborted before that is rejected at once. */
  async #queue<T>(
    { threads = this.#options.threads, signal }: RunOptions,
    run: (engine: Engine, pool: Pool) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const giveUp = () => reject(signal?.reason)
    signal?.addEventListener('abort', giveUp)
    this.#waiting++
    const turn = this.#tail.then(async () => {
      try {
        signal?.removeEventListener('abort', giveUp)
        signal?.throwIfAborted()
        const engine = this.#started()
        return await run(engine, engine.running(threads) ?? (await engine.start(threads)))
      } finally {
        this.#waiting--
      }
    })
    this.#tail = turn.catch(() => {})
    turn.then(resolve, reject)
    return promise
  }
}
