/** Products of matrices that lie anywhere: in the arena they are used where they are, others pass through a stage in it. */
import { setImmediate as yieldOnce } from 'node:timers/promises'
import type { Dtype } from '../core/matrix.ts'
import type { Semiring } from '../core/semiring.ts'
import type { Algorithm } from '../kernel/algorithm.ts'
import type { Arena } from '../kernel/arena.ts'
import { strassenPays } from '../kernel/strassen.ts'
import { swapped } from '../kernel/task.ts'
import { isInside, Lane, type Part, type Place } from './lane.ts'
import { type Int8Place, PairLane } from './pair-lane.ts'
import type { GemmTask, Pool } from './pool.ts'
import { planStaging, type Staging, stagedBytes, stageLimitBytes } from './staging.ts'

/** C = alpha * op(A) * op(B) + beta * C. C must overlap neither A nor B. */
export interface OutsideProduct {
  readonly dtype: Dtype
  readonly m: number
  readonly n: number
  readonly k: number
  /** int8 for both of A and B where dtype is int32, else of the dtype. */
  readonly a: Place | Int8Place
  readonly transA: boolean
  readonly b: Place | Int8Place
  readonly transB: boolean
  readonly alpha: number
  readonly c: Place
  /** 0: what C holds is overwritten unread. */
  readonly beta: number
  /** Default: plus-times. */
  readonly semiring?: Semiring
  /** As of a task. */
  readonly reproducible?: boolean
  /** As of a task. Strassen's algorithm takes a larger stage than `stageLimitBytes` where it pays. */
  readonly algorithm?: Algorithm
}

/** One gemm: a rectangle of C, and a part of k. */
interface Step {
  readonly c: Part
  readonly k: number
  readonly depth: number
  /** Which of the two buffers of A and B it uses: 0, 1. */
  readonly buffer: number
}

/**
 * Computes the product, and returns how many bytes were copied for it: none where all three matrices are in the arena.
 * Others are copied by blocks, the next ones while the threads compute, within `stageLimitBytes` and what the arena has
 * free. GEMMESH_MEMORY_EXCEEDED when not even small blocks fit. After an error what C holds is undefined.
 */
export async function multiplyOutside(
  pool: Pool,
  arena: Arena,
  product: OutsideProduct,
  signal?: AbortSignal,
): Promise<number> {
  const { dtype, m, n, transA, transB, alpha, beta, semiring = 'plus-times', reproducible = false } = product
  const { algorithm = 'classical' } = product
  if (m === 0 || n === 0) return 0
  const pairs = isInt8(product.a)
  // Pairs of k, where A and B are int8.
  const k = alpha === 0 ? 0 : pairs ? Math.ceil(product.k / 2) : product.k
  const copied = {
    a: isInt8(product.a) || !isInside(arena, product.a),
    b: isInt8(product.b) || !isInside(arena, product.b),
    c: !isInside(arena, product.c),
  }
  const staged = { dtype, m, n, k: Math.max(1, k), copied, reproducible }
  const large = planStaging({ ...staged, isDeep: true }, arena.largestFreeBytes)
  const isLarge =
    stagedBytes(large) <= arena.largestFreeBytes &&
    strassenPays({ dtype, semiring, reproducible, algorithm, m: large.m, n: large.n, k: large.k })
  const staging = isLarge ? large : planStaging(staged, Math.min(stageLimitBytes, arena.largestFreeBytes))
  const lane = (place: Place | Int8Place, alongColumns: boolean) =>
    isInt8(place) ? new PairLane(arena, place, alongColumns, product.k) : new Lane(arena, dtype, place)
  const a = lane(product.a, !transA)
  const b = lane(product.b, transB)
  const c = new Lane(arena, dtype, product.c)
  const bytes = stagedBytes(staging)
  const atC = bytes === 0 ? 0 : arena.allocate(bytes)

  /** Copies what a step needs of A and B to its buffers. */
  const enter = (step: Step): GemmTask => {
    const atA = atC + staging.cBytes + step.buffer * (staging.aBytes + staging.bBytes)
    const atB = atA + staging.aBytes
    const { row, rows, column, columns } = step.c
    const partOfA = turnedIf(transA, { row, rows, column: step.k, columns: step.depth })
    const partOfB = turnedIf(transB, { row: step.k, rows: step.depth, column, columns })
    if (step.depth > 0) {
      a.load(partOfA, atA)
      b.load(partOfB, atB)
    }
    const viewA = a.view(partOfA, atA)
    const viewB = b.view(partOfB, atB)
    return {
      dtype,
      semiring,
      m: rows,
      n: columns,
      k: step.depth,
      alpha,
      beta: step.k === 0 ? beta : 1,
      a: transA ? swapped(viewA) : viewA,
      b: transB ? swapped(viewB) : viewB,
      c: c.view(step.c, atC),
      reproducible,
      algorithm,
      pairs,
    }
  }

  const options = signal ? { signal } : {}
  const steps = stepsOf(m, n, k, staging)
  try {
    let step = steps.next().value
    let task = step && enter(step)
    while (step && task) {
      if (step.k === 0 && beta !== 0) c.load(step.c, atC)
      const running = pool.gemm([task], options)
      running.catch(() => {}) // it may fail before it is awaited below, which is where that is dealt with
      const next = steps.next().value
      try {
        // The threads are handed their work in the turns of the event loop, so it has to have one before the copying.
        if (next) await yieldOnce()
        task = next && enter(next)
      } finally {
        await running
      }
      if (step.k + step.depth >= k) c.store(step.c, atC)
      step = next
    }
    return a.copiedBytes + b.copiedBytes + c.copiedBytes
  } finally {
    if (bytes > 0) arena.release(atC)
  }
}

const isInt8 = (place: Place | Int8Place): place is Int8Place => place.data instanceof Int8Array

/** Block of C after block of C, and in each all of k, which comes to the same block of C in order. */
function* stepsOf(m: number, n: number, k: number, staging: Staging): Generator<Step, undefined> {
  let count = 0
  for (let row = 0; row < m; row += staging.m) {
    const rows = Math.min(staging.m, m - row)
    for (let column = 0; column < n; column += staging.n) {
      const c = { row, rows, column, columns: Math.min(staging.n, n - column) }
      let p = 0
      do {
        const depth = stepDepth(k, p, staging)
        yield { c, k: p, depth, buffer: count++ % 2 }
        p += depth
      } while (p < k)
    }
  }
  return undefined
}

/**
 * The kernel cuts what it is given into near-equal blocks. So that these are the blocks that it would cut all of k into, a
 * shorter last one is a step by itself: the same sums in the same order, the same bits, wherever the matrices lie.
 */
function stepDepth(k: number, from: number, staging: Staging): number {
  const depth = Math.min(staging.k, k - from)
  if (from === 0 || depth <= staging.kc) return depth
  return depth - (depth % staging.kc)
}

/** The part of the matrix as it is stored. */
const turnedIf = (isTransposed: boolean, { row, rows, column, columns }: Part): Part =>
  isTransposed ? { row: column, rows: columns, column: row, columns: rows } : { row, rows, column, columns }
