/** Which processor this machine runs: the fastest of those that pass their self-test. */
import { bytesPerElement, type Dtype } from '../core/matrix.ts'
import { asGemmeshError, GemmeshError } from '../errors.ts'
import { LoneKernel } from './lone-kernel.ts'
import {
  compileProcessor,
  type LoadedProcessor,
  optimizing,
  type ProcessorImage,
  type Variant,
} from './processor.ts'
import type { GemmTask } from './task.ts'
import { findFault } from './verify-kernel.ts'

type Timed = 'float32' | 'float64'

/** What the self-test found of one processor. */
export interface Candidate {
  readonly variant: Variant
  readonly sha256: string
  /** Whether it answered right; only then it may be chosen. */
  readonly verified: boolean
  /** One thread, from a short run: for choosing, not for quoting. 0 where it was not timed. */
  readonly gflops: Readonly<Record<Timed, number>>
  /** Why it was chosen, or not, in words. */
  readonly reason: string
}

export interface Selection {
  readonly chosen: LoadedProcessor
  readonly candidates: readonly Candidate[]
}

/** n of the timed product: some hundred microseconds, large enough that packing and edges do not hide the kernel. */
const timedSize = 192
const timedRuns = 7
/** Operands of a timed product, and of any case of the self-test: three matrices of float64. */
const operandBytes = 4 * timedSize * timedSize * 8

interface Trial {
  readonly image: ProcessorImage
  readonly gflops: Readonly<Record<Timed, number>>
  readonly loaded?: LoadedProcessor
  readonly fault?: string
}

/**
 * Compiles every image, checks its answers against the naive reference and times it; some tens of milliseconds each. The
 * fastest right one is chosen, by the geometric mean of its float32 and float64 GFLOPS. GEMMESH_PROCESSOR_REJECTED, with
 * what each got wrong, when none is right.
 */
export async function selectProcessor(images: readonly ProcessorImage[]): Promise<Selection> {
  const trials = images.map(tryProcessor)
  const score = ({ gflops }: Trial) => Math.sqrt(gflops.float32 * gflops.float64)
  const best = trials
    .filter(trial => trial.fault === undefined)
    .reduce<Trial | undefined>((most, next) => (most && score(most) >= score(next) ? most : next), undefined)
  if (best?.loaded === undefined) {
    const faults = trials.map(trial => `${trial.image.variant}: ${trial.fault ?? 'not tried'}`)
    throw new GemmeshError(
      'GEMMESH_PROCESSOR_REJECTED',
      `None of ${images.length} processors passes its self-test on this machine. ${faults.join('; ')}. ` +
        'Build or fetch them again; Node 24 or newer is needed.',
      { faults },
    )
  }
  return { chosen: best.loaded, candidates: trials.map(trial => candidate(trial, best)) }
}

function tryProcessor(image: ProcessorImage): Trial {
  try {
    const loaded = compileProcessor(image)
    const kernel = new LoneKernel(loaded.module, operandBytes)
    // Twice: the first time replaces V8's first code by optimized code, the second tests that.
    const fault = optimizing(() => findFault(kernel)) ?? findFault(kernel)
    if (fault !== undefined)
      return { image, gflops: { float32: 0, float64: 0 }, fault: `wrong answer: ${fault}` }
    return { image, loaded, gflops: { float32: time(kernel, 'float32'), float64: time(kernel, 'float64') } }
  } catch (error) {
    return { image, gflops: { float32: 0, float64: 0 }, fault: asGemmeshError(error).message }
  }
}

function time(kernel: LoneKernel, dtype: Dtype): number {
  const n = timedSize
  const bytes = n * n * bytesPerElement[dtype]
  const [a, b, c] = [0, 1, 2].map(() => {
    const offset = kernel.arena.allocate(bytes)
    kernel.arena.view(dtype, offset, n * n).fill(1)
    return { offset, rowStride: n, columnStride: 1 }
  })
  if (a === undefined || b === undefined || c === undefined) return 0
  const task: GemmTask = { dtype, m: n, n, k: n, alpha: 1, beta: 0, a, b, c }
  let bestMs = Number.POSITIVE_INFINITY
  for (let run = 0; run < timedRuns; run++) {
    const start = performance.now()
    kernel.gemm(task)
    bestMs = Math.min(bestMs, performance.now() - start)
  }
  for (const { offset } of [a, b, c]) kernel.arena.release(offset)
  return (2 * n ** 3) / bestMs / 1e6
}

function candidate({ image: { variant, sha256 }, gflops, fault }: Trial, best: Trial): Candidate {
  if (fault !== undefined) return { variant, sha256, verified: false, gflops, reason: fault }
  const figures = (['float32', 'float64'] as const).map(d => `${d} ${gflops[d].toFixed(1)}`).join(', ')
  const chosen = best.image.sha256 === sha256
  const reason = chosen
    ? `right on every case and the fastest (${figures} GFLOPS)`
    : `right on every case, but slower (${figures} GFLOPS) than ${best.image.variant}`
  return { variant, sha256, verified: true, gflops, reason }
}
