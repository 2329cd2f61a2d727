/** Which processor this machine runs: the fastest of those that pass their self-test. */
import { setTimeout as pause } from 'node:timers/promises'
import { bytesPerElement } from '../core/matrix.ts'
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
/**
 * Each candidate's best run counts. They take turns, so that a busy moment of the machine meets all of them, in heats some
 * milliseconds apart, so that what passes by itself (a late compilation, a neighbour) does not decide: in one heat alone
 * about one start in five hundred timed a variant at half its speed.
 */
const heats = 4
const turnsPerHeat = 4
const restMs = 4
/** Operands of a timed product, and of any case of the self-test: three matrices of float32, three of float64. */
const operandBytes = 6 * timedSize * timedSize * 8

/** A candidate in the making: a kernel that answered right, or what is wrong with it. */
interface Trial {
  readonly image: ProcessorImage
  readonly right?: { readonly loaded: LoadedProcessor; readonly kernel: LoneKernel }
  readonly fault?: string
  readonly bestMs: Record<Timed, number>
}

/**
 * Compiles every image, checks its answers against the naive reference and times it; some tens of milliseconds each. The
 * fastest right one is chosen, by the geometric mean of its float32 and float64 GFLOPS. GEMMESH_PROCESSOR_REJECTED, with
 * what each got wrong, when none is right.
 */
export async function selectProcessor(images: readonly ProcessorImage[]): Promise<Selection> {
  const trials = images.map(tryProcessor)
  const races = (['float32', 'float64'] as const).map(dtype => entrants(trials, dtype))
  for (let heat = 0; heat < heats; heat++) {
    if (heat > 0) await pause(restMs)
    for (const runs of races) for (let turn = 0; turn < turnsPerHeat; turn++) for (const run of runs) run()
  }
  const cost = ({ bestMs }: Trial) => bestMs.float32 * bestMs.float64
  const [best] = trials.filter(trial => trial.right !== undefined).sort((x, y) => cost(x) - cost(y))
  if (best?.right === undefined) {
    const faults = trials.map(trial => `${trial.image.variant}: ${trial.fault}`)
    throw new GemmeshError(
      'GEMMESH_PROCESSOR_REJECTED',
      `None of ${images.length} processors passes its self-test on this machine. ${faults.join('; ')}. ` +
        'Build or fetch them again; Node 24 or newer is needed.',
      { faults },
    )
  }
  return { chosen: best.right.loaded, candidates: trials.map(trial => candidate(trial, best)) }
}

function tryProcessor(image: ProcessorImage): Trial {
  const untimed = { image, bestMs: { float32: Number.POSITIVE_INFINITY, float64: Number.POSITIVE_INFINITY } }
  try {
    const loaded = compileProcessor(image)
    const kernel = new LoneKernel(loaded.module, operandBytes)
    // Twice: the first time replaces V8's first code by optimized code, the second tests that.
    const fault = optimizing(() => findFault(kernel)) ?? findFault(kernel)
    return fault === undefined
      ? { ...untimed, right: { loaded, kernel } }
      : { ...untimed, fault: `wrong answer: ${fault}` }
  } catch (error) {
    return { ...untimed, fault: asGemmeshError(error).message }
  }
}

/** For every kernel that is right, what times one product of it. */
function entrants(trials: readonly Trial[], dtype: Timed): (() => void)[] {
  return trials.flatMap(({ right, bestMs }) => {
    if (right === undefined) return []
    const task = timedTask(right.kernel, dtype)
    return [
      () => {
        const start = performance.now()
        right.kernel.gemm(task)
        bestMs[dtype] = Math.min(bestMs[dtype], performance.now() - start)
      },
    ]
  })
}

/** Its operands stay in the kernel's arena, which is dropped with the kernel. */
function timedTask({ arena }: LoneKernel, dtype: Timed): GemmTask {
  const n = timedSize
  const operand = () => {
    const offset = arena.allocate(n * n * bytesPerElement[dtype])
    arena.view(dtype, offset, n * n).fill(1)
    return { offset, rowStride: n, columnStride: 1 }
  }
  return { dtype, m: n, n, k: n, alpha: 1, beta: 0, a: operand(), b: operand(), c: operand() }
}

function candidate({ image: { variant, sha256 }, bestMs, fault }: Trial, best: Trial): Candidate {
  const rate = (ms: number) => (2 * timedSize ** 3) / ms / 1e6
  const gflops = { float32: rate(bestMs.float32), float64: rate(bestMs.float64) }
  if (fault !== undefined) return { variant, sha256, verified: false, gflops, reason: fault }
  const figures = `float32 ${gflops.float32.toFixed(1)}, float64 ${gflops.float64.toFixed(1)} GFLOPS`
  const reason =
    sha256 === best.image.sha256
      ? `right on every case and the fastest (${figures})`
      : `right on every case, but slower (${figures}) than ${best.image.variant}`
  return { variant, sha256, verified: true, gflops, reason }
}
