/** The shapes of several processors, timed in turns. */
import { setTimeout as pause } from 'node:timers/promises'
import { bytesPerElement, type Dtype, dtypes } from '../core/matrix.ts'
import { asGemmeshError } from '../errors.ts'
import type { BlockRows } from './blocking.ts'
import { shapesOf } from './kernel.ts'
import { LoneKernel } from './lone-kernel.ts'
import { type LoadedProcessor, optimizing } from './processor.ts'
import { type GemmTask, swapped } from './task.ts'

/** One shape of one processor. */
interface Entrant {
  readonly loaded: LoadedProcessor
  readonly dtype: Dtype
  readonly shape: string
  readonly run: () => void
  bestMs: number
}

export interface Lap extends Pick<Entrant, 'loaded' | 'dtype' | 'shape'> {
  readonly gflops: number
}

/** What a race has found: the laps, and what went wrong with a processor. */
export interface Results {
  readonly laps: readonly Lap[]
  readonly faults: ReadonlyMap<LoadedProcessor, string>
}

/** m and n of the timed product, multiples of every mr and nr: some hundred microseconds, in which packing does not hide the kernel. */
const edge = 144
const depth = 256
/**
 * Each shape's best run counts. They take turns, so that a busy moment of the machine meets all of them, in heats some
 * milliseconds apart, so that what passes by itself (a late compilation, a neighbour) does not decide: in one heat alone
 * about one start in five hundred timed a variant at half its speed.
 */
const heats = 4
const turnsPerHeat = 3
const restMs = 4
/** After a heat, whoever has less than this part of the best rate of its dtype is out. */
const hopeless = 0.6
/** Of a timed product of each dtype: A, B and C. */
const operandBytes =
  edge * (edge + 2 * depth) * dtypes.reduce((sum, dtype) => sum + bytesPerElement[dtype], 0)

/** Times every shape of every processor; some milliseconds each, most of it for compiling. */
export async function race(processors: readonly LoadedProcessor[], mc: BlockRows): Promise<Results> {
  const faults = new Map<LoadedProcessor, string>()
  const entrants: Entrant[] = []
  for (const loaded of processors) {
    try {
      entrants.push(...entrantsOf(loaded, mc))
    } catch (error) {
      faults.set(loaded, asGemmeshError(error).message)
    }
  }
  let racing: readonly Entrant[] = entrants
  for (let heat = 0; heat < heats; heat++) {
    if (heat > 0) await pause(restMs)
    for (let turn = 0; turn < turnsPerHeat; turn++) for (const entrant of racing) time(entrant)
    const limitMs = new Map(
      dtypes.map(dtype => [
        dtype,
        Math.min(...racing.filter(each => each.dtype === dtype).map(each => each.bestMs)) / hopeless,
      ]),
    )
    racing = racing.filter(({ dtype, bestMs }) => bestMs <= (limitMs.get(dtype) ?? 0))
  }
  const laps = entrants.map(({ loaded, dtype, shape, bestMs }) => ({
    ...{ loaded, dtype, shape },
    gflops: (2 * edge * edge * depth) / bestMs / 1e6,
  }))
  return { laps, faults }
}

/** A kernel for the first shapes of all dtypes, another for the second ones, and so on; their code is optimized when this returns. */
function entrantsOf(loaded: LoadedProcessor, mc: BlockRows): Entrant[] {
  const shapes = shapesOf(loaded.module)
  const most = Math.max(...dtypes.map(dtype => shapes[dtype].length))
  const entrants: Entrant[] = []
  for (let index = 0; index < most; index++) {
    const own = Object.fromEntries(dtypes.map(dtype => [dtype, shapes[dtype][index] ?? shapes[dtype][0]]))
    const kernel = new LoneKernel(loaded.module, operandBytes, { shapes: own, mc })
    for (const dtype of dtypes) {
      const shape = shapes[dtype][index]
      if (shape === undefined) continue
      const task = timedTask(kernel, dtype)
      const run = () => kernel.gemm(task)
      // Twice: the first time replaces V8's first code by optimized code, the second uses it.
      optimizing(() => {
        run()
        run()
      })
      entrants.push({ loaded, dtype, shape, run, bestMs: Number.POSITIVE_INFINITY })
    }
  }
  return entrants
}

function time(entrant: Entrant): void {
  const start = performance.now()
  entrant.run()
  entrant.bestMs = Math.min(entrant.bestMs, performance.now() - start)
}

/**
 * A is stored by columns, so that it is packed, as those of large products are: that is what shapes are chosen for. Its operands stay in
 * the kernel's arena, which is dropped with the kernel.
 */
function timedTask({ arena }: LoneKernel, dtype: Dtype): GemmTask {
  const operand = (rows: number, columns: number) => {
    const offset = arena.allocate(rows * columns * bytesPerElement[dtype])
    const values = arena.view(dtype, offset, rows * columns)
    for (let i = 0; i < values.length; i++) values[i] = (i % 7) - 3
    return { offset, rowStride: columns, columnStride: 1 }
  }
  const views = { a: swapped(operand(depth, edge)), b: operand(depth, edge), c: operand(edge, edge) }
  return { dtype, m: edge, n: edge, k: depth, alpha: 1, beta: 0, ...views }
}
