/** `gemmesh multiply` on this machine, as the terminal shows it. */

import type { Dtype } from '../../core/matrix.ts'
import { arenaLimitBytes } from '../../kernel/arena.ts'
import { openInputs } from '../inputs.ts'
import type { ProgressState } from '../progress.ts'
import { showMatrix } from '../show-matrix.ts'
import type { Terminal } from '../terminal.ts'
import { formatBytes, formatCount, formatMs, formatPercent, formatRate, formatShape } from '../units.ts'
import type { ChainRequest, ChainResult } from './multiply-chain.ts'
import { type FilesRequest, type FilesResult, multiplyFiles } from './multiply-files.ts'
import type { CheckFigures } from './tile-checks.ts'

type Request = Omit<FilesRequest, 'onProgress' | 'memoryBytes'> & {
  readonly memoryBytes?: number
  /** More matrices to multiply by, in this order. */
  readonly more: readonly string[]
  /** Of the elements of text files. */
  readonly dtype?: Dtype
}

export async function multiplyHere(request: Request, terminal: Terminal): Promise<void> {
  const { a, b, more, add, dtype, ...options } = request
  const named = [a, b, ...more, ...(add === undefined ? [] : [add])]
  await using inputs = await openInputs(named, { ...options, ...(dtype && { dtype }) })
  const progress = terminal.progress('multiply')
  const files = {
    ...options,
    ...(add !== undefined && { add: inputs.path(add) }),
    names: inputs.names,
    memoryBytes: request.memoryBytes ?? defaultMemoryBytes(),
    onProgress: (state: ProgressState) => progress.update(state),
  }
  const result: FilesResult & Partial<ChainResult> = await (more.length === 0
    ? multiplyFiles({ ...files, a: inputs.path(a), b: inputs.path(b) })
    : multiplyMore({ ...files, files: [a, b, ...more].map(inputs.path) })
  ).finally(() => progress.end())
  const { values, ...figures } = result
  terminal.record('result', {
    ...figures,
    output: request.output ?? null,
    // JSON has no NaN and no infinity.
    ...(values && { values: Array.from(values, value => (Number.isFinite(value) ? value : String(value))) }),
  })
  if (values === undefined) terminal.summary(describe(result, request.output))
  else {
    terminal.print(showMatrix(values, result.shape))
    terminal.note(describe(result))
  }
}

/** Loaded when it is wanted. (And not where there is `using`: TypeScript would leave the name of the file as it is.) */
async function multiplyMore(request: ChainRequest): Promise<ChainResult> {
  const { multiplyChain } = await import('./multiply-chain.ts')
  return multiplyChain(request)
}

/** Half of what is free now, so that the machine does not start to swap; an arena ends at 4 GiB. */
const defaultMemoryBytes = (): number => Math.min(arenaLimitBytes, Math.floor(process.availableMemory() / 2))

function describe(result: FilesResult & Partial<ChainResult>, output?: string): string {
  const [m, n, k] = result.product
  const name = output ?? (result.values ? 'C' : 'C (not written: name a file with -o C.npy to keep it)')
  const threads = formatCount(result.threads, 'thread')
  const { checks } = result
  return [
    `${name}: ${result.dtype} ${formatShape(result.shape)}, the product ${result.order ?? `of ${m}x${k} and ${k}x${n}`}`,
    `${formatRate(result.gflops)} GFLOPS for ${formatMs(result.computeMs)} on ${threads} (${result.variant}); ` +
      `${formatMs(result.elapsedMs)} with reading ${formatBytes(result.readBytes)} and writing ${formatBytes(result.writtenBytes)}`,
    ...(checks ? [describeChecks(checks)] : []),
  ].join('\n')
}

function describeChecks({ method, tiles, rowsUnchecked, worst }: CheckFigures): string {
  const found = {
    real: `the largest residual is ${formatPercent(worst)} of what rounding may do`,
    modular: 'exactly',
    sampled: 'only samples of each, exactly',
  }
  const unchecked =
    rowsUnchecked === 0 ? '' : `; ${formatCount(rowsUnchecked, 'row')} with infinities or NaN could not be`
  return `checked ${formatCount(tiles, 'tile')}: ${found[method]}${unchecked}`
}
