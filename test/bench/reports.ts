/** A small report, for the tests of what is made from one. */
import type { CaseResult, Figure, Report } from '../../bench/report.ts'

const summaryOf = (median: number) => ({ median, min: median * 0.9, max: median * 1.1 })

const figure = (system: string, gflops: number, ratio?: number): Figure => ({
  system,
  gflops: summaryOf(gflops),
  ...(ratio !== undefined && { ratio: summaryOf(ratio) }),
})

const square = (n: number, figures: readonly Figure[]): CaseResult => ({
  ...{ section: 'square', dtype: 'float32', threads: 1, m: n, n, k: n },
  figures,
})

/** `pool` scales what the pool does. */
export const reportOf = (pool = 1): Report => ({
  ...{ cpu: 'A CPU', cores: 2, memoryGiB: 8, load: 0.5, versions: { gemmesh: '1.2.3', node: '26.0.0' } },
  ...{ command: 'npm run bench --', seconds: 12.4, trials: 5 },
  systems: { pool: 'gemmesh pool', numpy: 'NumPy 9 <fast> & right', naive: 'three loops' },
  missing: { mathjs: 'not installed' },
  peaks: [{ dtype: 'float32', threads: 1, gflops: 200 }],
  results: [
    square(64, [
      figure('pool', 50 * pool),
      figure('numpy', 100, 0.5 * pool),
      figure('naive', 0.5, 100 * pool),
    ]),
    square(1024, [figure('pool', 180 * pool), figure('numpy', 90, 2 * pool)]),
    {
      ...{ section: 'shapes', dtype: 'float32', threads: 1, m: 16, n: 2000, k: 5 },
      figures: [figure('pool', 8 * pool), figure('numpy', 10, 0.8 * pool)],
    },
    {
      ...{ section: 'beyond', dtype: 'int32', threads: 1, m: 1024, n: 1024, k: 1024 },
      figures: [figure('pool', 70 * pool), figure('numpy', 0.5, 140 * pool)],
    },
  ],
})
