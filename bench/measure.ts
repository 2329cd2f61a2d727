/** Interleaved trials of one product by several systems. */
import { setTimeout as pause } from 'node:timers/promises'
import { GemmeshError } from '../src/errors.ts'
import type { PeerProcess } from './peer-process.ts'
import type { Section } from './plan.ts'
import { operations, type Product } from './product.ts'
import type { CaseResult } from './report.ts'
import { summary } from './statistics.ts'
import { canMultiply, type System } from './systems.ts'

export interface Contender {
  readonly system: System
  readonly process: PeerProcess
  /** GFLOPS of its last case of this dtype: what the next one is expected to take. */
  readonly lastGflops: Map<string, number>
}

/** What tiny products are repeated for: a clock's reading costs some tens of nanoseconds. */
const batchMs = 0.05
const batchLimit = 1000
const repeatsLimit = 200
/** Slow systems are left out of products that take them longer. */
const slowLimitMs = 1000
/** Threads of OpenBLAS and ONNX Runtime spin for about 30 ms after a product: waiting keeps the next trial's cores free. */
const spinMs = 60

interface Entry {
  readonly contender: Contender
  readonly repeats: number
  readonly batch: number
  /** Milliseconds of a product, of each trial. */
  readonly best: number[]
}

/**
 * Each trial gives every contender its turn, in turn forwards and backwards; a contender computes for about `trialMs`, the first
 * product (cold caches, sleeping threads) not counted, and the fastest counts. Figures are medians over the trials, ratios
 * medians of the pairs of each trial. Without `pool` there are no ratios.
 */
export async function measureCase(
  contenders: readonly Contender[],
  section: Section,
  product: Product,
  threads: number,
): Promise<CaseResult> {
  const entries: Entry[] = []
  for (const contender of contenders) {
    const entry = await enter(contender, section, product, threads)
    if (entry !== undefined) entries.push(entry)
  }
  for (let trial = 0; trial < section.trials; trial++) {
    for (const entry of trial % 2 === 0 ? entries : entries.toReversed()) {
      const { contender, repeats, batch, best } = entry
      const ms = await contender.process.run(repeats, batch)
      best.push(Math.min(...(ms.length > 1 ? ms.slice(1) : ms)))
      if (contender.system.spins && threads > 1) await pause(spinMs)
    }
  }
  const ours = entries.find(({ contender }) => contender.system.name === 'pool')?.best
  const gflops = (ms: number) => operations(product) / ms / 1e6
  const figures = entries.map(({ contender, best }) => {
    const { median } = summary(best)
    contender.lastGflops.set(product.dtype, gflops(median))
    return {
      system: contender.system.name,
      gflops: summary(best.map(gflops)),
      ...(ours &&
        contender.system.name !== 'pool' && {
          ratio: summary(best.map((ms, trial) => ms / (ours[trial] ?? Number.NaN))),
        }),
    }
  })
  return { section: section.name, threads, ...product, figures }
}

/** The contender with its operands, or undefined where it has no such product, or would take too long. */
async function enter(
  contender: Contender,
  { trialMs }: Section,
  product: Product,
  threads: number,
): Promise<Entry | undefined> {
  const { system, process, lastGflops } = contender
  if (!system.dtypes.includes(product.dtype)) return undefined
  if (!canMultiply(system, product.semiring)) return undefined
  const expected = operations(product) / ((lastGflops.get(product.dtype) ?? Number.POSITIVE_INFINITY) * 1e6)
  if (system.slow && expected > slowLimitMs) return undefined
  const ms = await process.prepare(product)
  if (!(ms > 0)) {
    throw new GemmeshError('GEMMESH_INTERNAL', `${system.name} says that a product takes ${ms} ms.`)
  }
  if (system.slow && ms > slowLimitMs) {
    lastGflops.set(product.dtype, operations(product) / ms / 1e6)
    return undefined
  }
  if (system.spins && threads > 1) await pause(spinMs)
  const batch = Math.max(1, Math.min(batchLimit, Math.round(batchMs / ms)))
  const repeats = Math.min(repeatsLimit, 1 + Math.max(1, Math.round(trialMs / (ms * batch))))
  // A slow product is long enough to be counted alone.
  return { contender, repeats: ms > 4 * trialMs ? 1 : repeats, batch, best: [] }
}
