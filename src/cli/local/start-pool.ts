/** The threads of a local product: they start while the processor that they run is still being tested. */
import type { Dtype } from '../../core/matrix.ts'
import type { Semiring } from '../../core/semiring.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { Algorithm } from '../../kernel/algorithm.ts'
import type { Arena } from '../../kernel/arena.ts'
import { type LoadedProcessor, readProcessorImages } from '../../kernel/processor.ts'
import { reproducibleImages } from '../../kernel/reproducible.ts'
import { type SelectOptions, selectProcessor } from '../../kernel/select.ts'
import { Pool } from '../../pool/pool.ts'
import { spareCollections } from '../spare-collections.ts'
import { formatBytes } from '../units.ts'

export interface PoolRequest {
  readonly arena: Arena
  readonly threads: number
  readonly dtype: Dtype
  /** Default: plus-times. */
  readonly semiring?: Semiring
  readonly reproducible?: boolean
  /** Default: classical. */
  readonly algorithm?: Algorithm
  /** Default: `chooseProcessor`'s. */
  readonly processor?: LoadedProcessor
  /** The installed processors, where they are being read already. */
  readonly images?: ReturnType<typeof readProcessorImages>
}

export interface StartedPool {
  readonly pool: Pool
  readonly processor: LoadedProcessor
}

/** The fastest of the installed processors that pass their self-test here; of those that round alike everywhere, if it matters. */
export async function chooseProcessor(
  reproducible = false,
  options: SelectOptions = {},
  images = readProcessorImages(),
): Promise<LoadedProcessor> {
  const installed = await images
  return (await selectProcessor(reproducible ? reproducibleImages(installed) : installed, options)).chosen
}

/** Returns when the threads are ready and run a processor that is right. GEMMESH_MEMORY_EXCEEDED, GEMMESH_PROCESSOR_REJECTED. */
export async function startPool(request: PoolRequest): Promise<StartedPool> {
  if (request.processor !== undefined) return start(request, request.processor)
  let early: Promise<StartedPool> | undefined
  const onLikely = (processor: LoadedProcessor) => {
    early = start(request, processor)
    early.catch(() => {}) // met where it is awaited
  }
  const { dtype, semiring = 'plus-times', reproducible, algorithm = 'classical' } = request
  const use = { dtypes: [dtype], semirings: [semiring], algorithms: [algorithm] }
  const chosen = await chooseProcessor(reproducible, { use, onLikely }, request.images)
  const started = await early
  if (started?.processor === chosen) return started
  await started?.pool.close()
  return start(request, chosen)
}

async function start({ arena, threads }: PoolRequest, processor: LoadedProcessor): Promise<StartedPool> {
  // A thread that gets an arena would begin its life with a collection. (Not sooner: a choice of processor is kept by V8's flags, too.)
  spareCollections()
  try {
    return { pool: await Pool.start({ arena, processor, threads }), processor }
  } catch (error) {
    throw asGemmeshError(error).code === 'GEMMESH_MEMORY_EXCEEDED'
      ? tooLittle(arena.bytes, threads, error)
      : error
  }
}

export const tooLittle = (bytes: number, threads: number, cause?: unknown): GemmeshError =>
  new GemmeshError(
    'GEMMESH_MEMORY_EXCEEDED',
    `${formatBytes(bytes)} of memory do not even hold the work space of ${threads} threads. Give more with --memory, or take fewer threads.`,
    { cause },
  )
