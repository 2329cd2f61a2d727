/**
 * C = alpha*op(A)*op(B) + beta*C0 of matrix files on this machine: read by ranges straight into the memory that the
 * threads share, multiplied there, written from there. Whatever does not fit is taken tile by tile.
 */
import type { Rectangle } from '../../core/geometry.ts'
import { bytesPerElement, type Dtype } from '../../core/matrix.ts'
import type { Product } from '../../core/product.ts'
import { Arena, alignmentBytes, arenaLimitBytes } from '../../kernel/arena.ts'
import { type LoadedProcessor, readProcessorImages } from '../../kernel/processor.ts'
import { reproducibleDepth } from '../../kernel/reproducible.ts'
import { strassenPays } from '../../kernel/strassen.ts'
import { poolBytes } from '../../pool/pool.ts'
import { usableThreads } from '../../pool/usable-threads.ts'
import type { ProgressState } from '../progress.ts'
import { gflopsOf } from '../units.ts'
import { type OperandFiles, type Operands, openOperands } from './operands.ts'
import { createResult, type Result } from './result.ts'
import { startPool, tooLittle } from './start-pool.ts'
import type { CheckFigures } from './tile-checks.ts'
import { multiplyTiles, type StepFigures } from './tiles.ts'
import { chooseTiling, type Tiling } from './tiling.ts'

export interface FilesRequest extends OperandFiles {
  /** Where C goes; without one it is only computed, and kept if it is small. */
  readonly output?: string
  readonly threads?: number
  /** Default: `chooseProcessor`'s. */
  readonly processor?: LoadedProcessor
  /** For matrices and the threads' work space together. */
  readonly memoryBytes: number
  /** Tiles are checked before they are written, with secret vectors that follow from it: `seedBytes` of core/verify/vectors.ts. */
  readonly verificationSeed?: Uint8Array
  readonly signal: AbortSignal
  readonly onProgress: (state: ProgressState) => void
}

export interface FilesResult {
  readonly dtype: Dtype
  /** Of C as its file says it: one or two dimensions. */
  readonly shape: readonly number[]
  readonly product: readonly [m: number, n: number, k: number]
  readonly elapsedMs: number
  readonly computeMs: number
  readonly flops: number
  /** Of the computing alone. */
  readonly gflops: number
  readonly readBytes: number
  readonly writtenBytes: number
  readonly memoryBytes: number
  readonly threads: number
  readonly variant: string
  readonly steps: number
  readonly checks?: CheckFigures
  /** The elements, where C is small enough to show and is not written. */
  readonly values?: Result['values']
}

/** What is wrong with the files is found before anything is computed; whatever goes wrong leaves no output behind. */
export async function multiplyFiles(request: FilesRequest): Promise<FilesResult> {
  const startedMs = performance.now()
  const images = readProcessorImages()
  images.catch(() => {}) // met where it is awaited
  await using operands = await openOperands(request)
  const { dtype, m, n, k, shape } = operands.product
  const result = await createResult(request.output, operands.product)
  const sum = new Sum(request, 2 * m * n * k, startedMs)
  try {
    request.signal.throwIfAborted()
    const { threads = usableThreads() } = request
    const budgetBytes = Math.min(request.memoryBytes, arenaLimitBytes)
    const tiling = tilingFor(budgetBytes, threads, request, operands.product)
    const arena = Arena.create(Math.min(budgetBytes, arenaBytesFor(tiling, threads)))
    // The threads start while the first panels are read.
    const starting = startPool({ ...request, arena, threads, dtype, images })
    const pool = starting.then(started => started.pool)
    pool.catch(() => {}) // met where it is awaited
    const checking = startChecks(request, operands, tiling)
    checking.catch(() => {}) // likewise
    try {
      const onStep = (done: StepFigures) => sum.add(done)
      const write = async (tile: Rectangle, bytes: Uint8Array) => {
        await (await checking)?.check(tile, bytes)
        await result.write(tile, bytes)
      }
      await multiplyTiles({ ...request, operands, tiling, arena, pool, result: { ...result, write }, onStep })
      const checks = await checking
      await result.commit()
      return {
        dtype,
        shape,
        product: [m, n, k],
        ...sum.figures(),
        memoryBytes: tiling.bytes,
        threads,
        variant: (await starting).processor.image.variant,
        ...(checks && { checks: checks.figures }),
        ...(result.values && { values: result.values }),
      }
    } finally {
      await checking.then(
        checks => checks?.close(),
        () => {},
      )
      await pool.then(
        started => started.close(),
        () => {},
      )
    }
  } catch (error) {
    await result.discard()
    throw error
  }
}

/** Loaded when it is wanted. (And not where there is `using`: TypeScript would leave the name of the file as it is.) */
async function startChecks(request: FilesRequest, operands: Operands, tiling: Tiling) {
  const { verificationSeed: seed } = request
  if (seed === undefined) return undefined
  const { TileChecks } = await import('./tile-checks.ts')
  return new TileChecks({ ...request, operands, tiling, seed })
}

const mostPanels = 6

/** An arena of this size has room for whatever a pool of this many threads likes to have. */
const roomyBytes = 64 * 2 ** 20

/**
 * No more than is used, though what is not touched is not taken: a thread that gets an arena collects garbage, and the longer the
 * larger it is (4 GiB: 10 ms of each thread).
 */
const arenaBytesFor = (tiling: Tiling, threads: number): number =>
  Math.max(roomyBytes, tiling.bytes + mostPanels * alignmentBytes + poolBytes(threads))

/** In what the pool will leave of the budget; each panel loses a little to alignment. */
function tilingFor(budgetBytes: number, threads: number, request: FilesRequest, product: Product): Tiling {
  const { dtype, m, n, k } = product
  const limitBytes = budgetBytes - poolBytes(threads, budgetBytes) - mostPanels * alignmentBytes
  if (limitBytes < 0) throw tooLittle(budgetBytes, threads)
  return chooseTiling(
    {
      ...{ m, n, k, elementBytes: bytesPerElement[dtype] },
      ...(request.reproducible && { depthMultiple: reproducibleDepth }),
      preferred: tile => strassenPays({ ...request, dtype, ...tile }),
    },
    limitBytes,
  )
}

/** What was done so far. */
class Sum {
  readonly #request: FilesRequest
  readonly #flops: number
  readonly #startedMs: number
  #doneFlops = 0
  #computeMs = 0
  #readBytes = 0
  #writtenBytes = 0
  #steps = 0

  constructor(request: FilesRequest, flops: number, startedMs: number) {
    this.#request = request
    this.#flops = flops
    this.#startedMs = startedMs
  }

  add(done: StepFigures): void {
    this.#doneFlops += done.flops
    this.#computeMs += done.computeMs
    this.#readBytes += done.readBytes
    this.#writtenBytes += done.writtenBytes
    this.#steps++
    const elapsedMs = performance.now() - this.#startedMs
    this.#request.onProgress({
      fraction: this.#flops === 0 ? 1 : this.#doneFlops / this.#flops,
      gflops: gflopsOf(this.#doneFlops, elapsedMs),
      gigabytesPerSecond: (this.#readBytes + this.#writtenBytes) / elapsedMs / 1e6,
    })
  }

  figures() {
    return {
      flops: this.#doneFlops,
      elapsedMs: performance.now() - this.#startedMs,
      computeMs: this.#computeMs,
      gflops: gflopsOf(this.#doneFlops, this.#computeMs),
      readBytes: this.#readBytes,
      writtenBytes: this.#writtenBytes,
      steps: this.#steps,
    }
  }
}
