/** What a run has found: what is printed, saved and compared. */
import type { Dtype } from '../src/core/matrix.ts'
import type { Semiring } from '../src/core/semiring.ts'
import type { Machine } from './machine.ts'
import type { Peak } from './peak.ts'
import type { Section } from './plan.ts'
import type { Summary } from './statistics.ts'

export interface Figure {
  readonly system: string
  readonly gflops: Summary
  /** How many times as fast the pool is, of each pair of trials; the pool itself has none. */
  readonly ratio?: Summary
}

export interface CaseResult {
  readonly section: Section['name']
  readonly dtype: Dtype
  readonly threads: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly semiring?: Semiring
  readonly figures: readonly Figure[]
}

export interface Report extends Machine {
  readonly command: string
  readonly seconds: number
  /** What took part: name and version. */
  readonly systems: Readonly<Record<string, string>>
  /** What did not, and why. */
  readonly missing: Readonly<Record<string, string>>
  readonly trials: number
  readonly peaks: readonly Peak[]
  readonly results: readonly CaseResult[]
}

/** Percent of the measured peak; undefined for what does not multiply and add floats. */
export function percentOfPeak(
  { peaks }: Pick<Report, 'peaks'>,
  { dtype, threads, semiring }: Pick<CaseResult, 'dtype' | 'threads' | 'semiring'>,
  gflops: number,
): number | undefined {
  const peak = peaks.find(peak => peak.dtype === dtype && peak.threads === threads)
  return semiring !== undefined ? undefined : peak && (100 * gflops) / peak.gflops
}

/** Three digits, and two decimals for what is small. */
export const rate = (gflops: number): string => gflops.toFixed(gflops >= 10 ? 1 : gflops >= 1 ? 2 : 3)

export const times = (ratio: number): string => ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)

export const spread = ({ min, max }: Summary): string => `${times(min)}-${times(max)}`

/** The names of systems in the order in which they first appear. */
export const systemsOf = (results: readonly CaseResult[]): string[] => [
  ...new Set(results.flatMap(({ figures }) => figures.map(({ system }) => system))),
]

export const figureOf = ({ figures }: CaseResult, system: string): Figure | undefined =>
  figures.find(figure => figure.system === system)
