/** gemmesh as a library: matrix products on this machine, on all cores. `gemmesh/client` is the way to a cluster. */
import { totalmem } from 'node:os'
import { type Dtype, dtypes, type Matrix, productShape, type Shape, transposed } from './core/matrix.ts'
import { GemmeshError } from './errors.ts'
import { Arena, arenaLimitBytes } from './kernel/arena.ts'
import { type LoadedProcessor, readProcessorImages } from './kernel/processor.ts'
import { selectProcessor } from './kernel/select.ts'
import { multiplyOutside } from './pool/multiply-outside.ts'
import { Pool } from './pool/pool.ts'
import { usableThreads } from './pool/usable-threads.ts'

export type { Dtype, Matrix, Shape } from './core/matrix.ts'
export { type ErrorCode, GemmeshError } from './errors.ts'

export interface MultiplyOptions {
  /** Multiply by the transpose of A, of B. No copy is made for it. */
  readonly transA?: boolean
  readonly transB?: boolean
  /** Default 1. For int32 a whole number of 32 bits. */
  readonly alpha?: number
  /** A matrix to add, of the shape of the product; it is not changed. */
  readonly c?: Matrix
  /** What `c` is multiplied by: 1 by default. 0 leaves `c` unread, NaN in it too. */
  readonly beta?: number
  /** Default: the cores that this process may use. The first use of a number starts so many threads; `close` ends them. */
  readonly threads?: number
  /** Stops the product; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal
}

/** What all products of this process share; made by the first of them. */
interface Shared {
  readonly arena: Arena
  readonly processor: LoadedProcessor
  readonly pools: Map<number, Promise<Pool>>
}
let shared: Promise<Shared> | undefined
/** Products queue up: each takes what it needs of the arena, and all threads. */
let tail: Promise<unknown> = Promise.resolve()

/**
 * A row-major matrix over `data`, which is not copied. GEMMESH_DTYPE_UNSUPPORTED when `data` is none of Float32Array,
 * Float64Array and Int32Array, GEMMESH_SHAPE_MISMATCH when its length is not rows times columns.
 */
export function matrix(data: Matrix['data'], shape: Shape): Matrix {
  return checked('The matrix', { data, shape, dtype: dtypeOf(data) })
}

/**
 * alpha * op(A) * op(B) + beta * C as a new matrix, m x n, of the operands' dtype. Floats overflow, and NaN and Inf travel,
 * as IEEE 754 says; int32 wraps. Zero rows or columns give an empty matrix, a zero inner dimension beta * C.
 *
 * Faults: GEMMESH_SHAPE_MISMATCH, GEMMESH_DTYPE_MISMATCH, GEMMESH_USAGE (an option that does not fit),
 * GEMMESH_MEMORY_EXCEEDED.
 */
export async function multiply(a: Matrix, b: Matrix, options: MultiplyOptions = {}): Promise<Matrix> {
  const { transA = false, transB = false, alpha = 1, c, threads = usableThreads(), signal } = options
  const beta = c === undefined ? 0 : (options.beta ?? 1)
  if (c === undefined && options.beta !== undefined && options.beta !== 0) {
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `beta is ${options.beta}, but there is no c to add. Give c, or leave beta out.`,
    )
  }
  for (const [name, value] of Object.entries({ alpha, beta })) {
    if (typeof value !== 'number')
      throw new GemmeshError('GEMMESH_USAGE', `${name} is ${value}, not a number.`)
  }
  checked('A', a)
  checked('B', b)
  const { dtype } = a
  if (b.dtype !== dtype) throw dtypeMismatch('B', b.dtype, dtype)
  const [m, n, k] = productShape(a.shape, b.shape, transA, transB)
  if (c !== undefined) checkAdded(checked('C', c), dtype, [m, n])
  const data = beta !== 0 && c !== undefined ? c.data.slice() : emptyData(dtype, m * n)
  const result: Matrix = { data, shape: [m, n], dtype }
  const product = { a, b, transA, transB, alpha, c: result, beta, m, n, k }
  const run = tail.then(async () => {
    signal?.throwIfAborted()
    const { arena, pool } = await poolOf(threads)
    await multiplyOutside(pool, arena, product, signal)
    return result
  })
  tail = run.catch(() => {})
  return run
}

/** Ends all threads, after the products that are under way, and frees their memory. A later product starts them anew. */
export function close(): Promise<void> {
  const closing = tail.then(async () => {
    const ending = await shared?.catch(() => undefined)
    shared = undefined
    for (const pool of ending?.pools.values() ?? []) await (await pool.catch(() => undefined))?.close()
  })
  tail = closing.catch(() => {})
  return closing
}

async function poolOf(threads: number): Promise<{ arena: Arena; pool: Pool }> {
  shared ??= share()
  const { arena, processor, pools } = await shared.catch(error => {
    shared = undefined
    throw error
  })
  const started = pools.get(threads) ?? Pool.start({ arena, processor, threads })
  pools.set(threads, started)
  try {
    return { arena, pool: await started }
  } catch (error) {
    pools.delete(threads)
    throw error
  }
}

/** Half of the machine's memory at most, of which the system gives only what is used. */
async function share(): Promise<Shared> {
  const { chosen } = await selectProcessor(await readProcessorImages())
  const arena = Arena.create(Math.min(arenaLimitBytes, Math.floor(totalmem() / 2)))
  return { arena, processor: chosen, pools: new Map() }
}

function dtypeOf(data: unknown): Dtype {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  const found = data instanceof Object ? data.constructor.name : typeof data
  throw new GemmeshError(
    'GEMMESH_DTYPE_UNSUPPORTED',
    `The data is ${found}; gemmesh multiplies ${dtypes.join(', ')}: pass a Float32Array, Float64Array or Int32Array.`,
  )
}

const emptyData = (dtype: Dtype, length: number): Matrix['data'] =>
  dtype === 'float32'
    ? new Float32Array(length)
    : dtype === 'float64'
      ? new Float64Array(length)
      : new Int32Array(length)

function checked(name: string, given: Matrix): Matrix {
  const { data, shape, dtype } = given
  const found = dtypeOf(data)
  if (found !== dtype) throw dtypeMismatch(`The data of ${name}`, found, dtype)
  const whole =
    Array.isArray(shape) && shape.length === 2 && shape.every(edge => Number.isSafeInteger(edge) && edge >= 0)
  if (!whole) {
    throw new GemmeshError(
      'GEMMESH_SHAPE_MISMATCH',
      `${name} has the shape ${JSON.stringify(shape)}; it has to be [rows, columns], whole numbers from 0.`,
    )
  }
  const [rows, columns] = shape
  if (data.length === rows * columns) return given
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `${name} is ${rows}x${columns}, which takes ${rows * columns} elements, but its data has ${data.length}.`,
  )
}

function checkAdded(c: Matrix, dtype: Dtype, [m, n]: Shape): void {
  if (c.dtype !== dtype) throw dtypeMismatch('C', c.dtype, dtype)
  const [rows, columns] = c.shape
  if (rows === m && columns === n) return
  const [turnedRows, turnedColumns] = transposed([m, n])
  const mean =
    rows === turnedRows && columns === turnedColumns ? ' It is its transpose: transpose it first.' : ''
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `C is ${rows}x${columns}, but the product is ${m}x${n}: they cannot be added.${mean}`,
  )
}

const dtypeMismatch = (name: string, found: Dtype, wanted: Dtype) =>
  new GemmeshError(
    'GEMMESH_DTYPE_MISMATCH',
    `${name} is ${found}, but the rest is ${wanted}: convert one, so that all are of one dtype.`,
  )
