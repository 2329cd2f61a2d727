/** Which processor this machine runs, and with which shapes: the fastest that passes its self-test. */
import { type Dtype, dtypes } from '../core/matrix.ts'
import { asGemmeshError, GemmeshError } from '../errors.ts'
import { type BlockRows, blockRows } from './blocking.ts'
import { l2CacheBytes } from './cache-size.ts'
import { LoneKernel } from './lone-kernel.ts'
import {
  allowPairs,
  compileProcessor,
  type LoadedProcessor,
  optimizing,
  type ProcessorImage,
  type Variant,
} from './processor.ts'
import { race } from './race.ts'
import {
  type Choice,
  cacheFolder,
  circumstances,
  type Figure,
  readChoice,
  tuningFile,
  writeChoice,
} from './tuning-cache.ts'
import { everyUse, findFault, type Use } from './verify-kernel.ts'

type Timed = 'float32' | 'float64'

/** What is known of one processor. */
export interface Candidate {
  readonly variant: Variant
  readonly sha256: string
  /** Whether it was tested, and answered right; only then it may be chosen. Who is slower is not tested. */
  readonly verified: boolean
  /** One thread, its best shape, from a short run: for choosing, not for quoting. 0 where it was not timed. */
  readonly gflops: Readonly<Record<Timed, number>>
  /** Each of its shapes. */
  readonly figures: readonly Figure[]
  /** Why it was chosen, or not, in words. */
  readonly reason: string
}

export interface Selection {
  readonly chosen: LoadedProcessor
  readonly candidates: readonly Candidate[]
  /** Where the figures come from: this start, or an earlier one (`at`, ISO 8601) that left them in `file`. */
  readonly origin: {
    readonly cached: boolean
    readonly at: string
    /** Absent where nothing is kept (GEMMESH_CACHE=off). */
    readonly file?: string
    /** Why the file could not be written. */
    readonly fault?: string
  }
  /** What mc follows from; undefined where the system does not say it. */
  readonly l2Bytes: number | undefined
}

export interface SelectOptions {
  /** Where choices are kept, or `off`. Default: `cacheFolder()`. */
  readonly cache?: string
  /** What the processor is for: one that was chosen by an earlier start is tested for this alone. Default: everything. */
  readonly use?: Use
  /** Called with the choice of an earlier start before it is tested, so that others may begin with what only prepares its use. */
  readonly onLikely?: (processor: LoadedProcessor) => void
}

/** Operands of any case of the self-test. */
const operandBytes = 2 ** 20

/**
 * The choice that an earlier start has kept, if its processor answers right: some 80 milliseconds, or 30 where it is used for little. Else every image is
 * compiled and each of its shapes timed; then the fastest that answers right is chosen, by the geometric mean of its
 * float32 and float64 GFLOPS, and kept. GEMMESH_PROCESSOR_REJECTED, with what each got wrong, when none is right.
 */
export async function selectProcessor(
  images: readonly ProcessorImage[],
  { cache = cacheFolder() ?? 'off', use = everyUse, onLikely = () => {} }: SelectOptions = {},
): Promise<Selection> {
  allowPairs()
  const of = circumstances(images)
  const file = cache === 'off' ? undefined : tuningFile(cache, of)
  const l2Bytes = l2CacheBytes()
  const mc = blockRows(l2Bytes)
  const place = file === undefined ? {} : { file }

  const kept = file === undefined ? undefined : readChoice(file, of)
  const again = kept && tryAgain(images, kept, mc, use, onLikely)
  if (kept && again) {
    const origin = { cached: true, at: kept.at, ...place }
    return { chosen: again, candidates: candidatesOf(images, kept), origin, l2Bytes }
  }
  const { chosen, choice } = await measure(images, mc)
  const fault = file === undefined ? undefined : await writeChoice(file, of, choice)
  const origin = { cached: false, at: choice.at, ...place, ...(fault !== undefined && { fault }) }
  return { chosen, candidates: candidatesOf(images, choice), origin, l2Bytes }
}

/** The processor of an earlier choice; undefined when it is not among the images, or not right. */
function tryAgain(
  images: readonly ProcessorImage[],
  { sha256, shapes }: Choice,
  mc: BlockRows,
  use: Use,
  onLikely: (processor: LoadedProcessor) => void,
): LoadedProcessor | undefined {
  const image = images.find(each => each.sha256 === sha256)
  if (image === undefined) return undefined
  try {
    const loaded = { ...compileProcessor(image), tuning: { shapes, mc } }
    onLikely(loaded)
    return faultOf(loaded, use) === undefined ? loaded : undefined
  } catch {
    return undefined // a file that names what does not exist: measured anew, which says what is wrong
  }
}

async function measure(
  images: readonly ProcessorImage[],
  mc: BlockRows,
): Promise<{ chosen: LoadedProcessor; choice: Choice }> {
  const faults: Record<string, string> = {}
  const compiled = images.flatMap(image => {
    try {
      return [compileProcessor(image)]
    } catch (error) {
      faults[image.sha256] = asGemmeshError(error).message
      return []
    }
  })
  const results = await race(compiled, mc)
  for (const [{ image }, fault] of results.faults) faults[image.sha256] = fault
  const figures = results.laps.map(({ loaded, dtype, shape, gflops }) => ({
    ...{ sha256: loaded.image.sha256, dtype, shape, gflops },
  }))
  const speed = ({ image }: LoadedProcessor) => {
    const { float32, float64 } = bestOf(figures, image.sha256)
    return (float32?.gflops ?? 0) * (float64?.gflops ?? 0)
  }
  for (const loaded of compiled.toSorted((x, y) => speed(y) - speed(x))) {
    const { sha256 } = loaded.image
    if (faults[sha256] !== undefined) continue
    const best = bestOf(figures, sha256)
    const shapes = Object.fromEntries(dtypes.map(dtype => [dtype, best[dtype]?.shape]))
    const chosen = { ...loaded, tuning: { shapes, mc } }
    const fault = faultOf(chosen)
    const at = new Date().toISOString()
    if (fault === undefined) return { chosen, choice: { sha256, shapes, figures, faults, at } }
    faults[sha256] = `wrong answer: ${fault}`
  }
  const said = images.map(({ variant, sha256 }) => `${variant}: ${faults[sha256]}`)
  throw new GemmeshError(
    'GEMMESH_PROCESSOR_REJECTED',
    `None of ${images.length} processors passes its self-test on this machine. ${said.join('; ')}. ` +
      'Build or fetch them again; Node 24 or newer is needed.',
    { faults: said },
  )
}

/** What it gets wrong with its tuning, in words; undefined when it is right. */
function faultOf({ module, tuning }: LoadedProcessor, use = everyUse): string | undefined {
  const kernel = new LoneKernel(module, operandBytes, tuning)
  // Twice: the first time replaces V8's first code by optimized code, the second tests that.
  return optimizing(() => findFault(kernel, use)) ?? findFault(kernel, use)
}

/** How much faster than one that stands before it a shape has to be: less is within what short runs differ by themselves. */
const clearly = 1.03

/** The shape of a processor for each dtype: its first, or one that is clearly faster. */
function bestOf(figures: readonly Figure[], sha256: string): Partial<Record<Dtype, Figure>> {
  const best: Partial<Record<Dtype, Figure>> = {}
  for (const figure of figures) {
    if (figure.sha256 !== sha256) continue
    if (figure.gflops > (best[figure.dtype]?.gflops ?? 0) * clearly) best[figure.dtype] = figure
  }
  return best
}

function candidatesOf(images: readonly ProcessorImage[], { sha256: chosen, figures, faults }: Choice) {
  const winner = images.find(({ sha256 }) => sha256 === chosen)?.variant
  return images.map(({ variant, sha256 }): Candidate => {
    const best = bestOf(figures, sha256)
    const gflops = { float32: best.float32?.gflops ?? 0, float64: best.float64?.gflops ?? 0 }
    const own = figures.filter(figure => figure.sha256 === sha256)
    const verified = sha256 === chosen
    const reason = verified
      ? 'right on every case, and the fastest'
      : (faults[sha256] ?? `slower than ${winner}, and so not tested`)
    return { variant, sha256, verified, gflops, figures: own, reason }
  })
}
