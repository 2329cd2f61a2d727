/** How fast a pool is: square products on all its threads, repeated for a given time. */
import { bytesPerElement } from '../core/matrix.ts'
import type { Arena } from '../kernel/arena.ts'
import type { Pool } from './pool.ts'

/** GFLOPS, the mean over the time of the measurement. */
export interface MeasuredRates {
  readonly float32: number
  readonly float64: number
}

export interface MeasureOptions {
  /** Of the pool. */
  readonly arena: Arena
  /** Room in the arena; by default its own `allocate`. */
  readonly allocate?: (bytes: number) => number
  /** What the operands may take up of the arena. */
  readonly limitBytes: number
  /** How long each dtype is measured, at least; one product more may have begun. */
  readonly forMs: number
  readonly signal?: AbortSignal
}

/** For one thread a product of 512x512x512 takes some milliseconds; more threads get as much each. */
const edgeOfOneThread = 512
const edgeStep = 64

/**
 * Everything that holds the pool up meanwhile counts (a quota, a neighbour on the same core): what a machine gives is what
 * it gets done in the time. GEMMESH_MEMORY_EXCEEDED where not even small operands fit.
 */
export async function measureRates(pool: Pool, options: MeasureOptions): Promise<MeasuredRates> {
  const float32 = await measure(pool, 'float32', options)
  return { float32, float64: await measure(pool, 'float64', options) }
}

async function measure(pool: Pool, dtype: 'float32' | 'float64', options: MeasureOptions): Promise<number> {
  const { arena, allocate = bytes => arena.allocate(bytes), limitBytes, forMs, signal } = options
  const n = edge(pool.threads, limitBytes / (3 * bytesPerElement[dtype]))
  const offsets: number[] = []
  try {
    for (let operand = 0; operand < 3; operand++) {
      const offset = allocate(n * n * bytesPerElement[dtype])
      offsets.push(offset)
      arena.view(dtype, offset, n * n).fill(1)
    }
    const [a, b, c] = offsets.map(offset => ({ offset, rowStride: n, columnStride: 1 }))
    if (a === undefined || b === undefined || c === undefined) return 0
    const task = { dtype, m: n, n, k: n, alpha: 1, beta: 0, a, b, c }
    const multiply = () => pool.gemm([task], signal === undefined ? {} : { signal })
    await multiply() // the first one touches the memory
    const start = performance.now()
    let products = 0
    let elapsedMs = 0
    do {
      await multiply()
      products++
      elapsedMs = performance.now() - start
    } while (elapsedMs < forMs)
    return (products * 2 * n ** 3) / elapsedMs / 1e6
  } finally {
    for (const offset of offsets) arena.release(offset)
  }
}

function edge(threads: number, limitElements: number): number {
  const wanted = edgeOfOneThread * Math.cbrt(threads)
  const most = Math.sqrt(limitElements)
  return Math.max(edgeStep, Math.floor(Math.min(wanted, most) / edgeStep) * edgeStep)
}
