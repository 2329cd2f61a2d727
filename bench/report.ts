import Table from 'cli-table3'
import type { Dtype } from '../src/core/matrix.ts'
import type { Machine } from './machine.ts'
import type { Summary } from './statistics.ts'

/** What was measured of one size. */
export interface Figures {
  readonly dtype: Dtype
  readonly n: number
  readonly threads: number
  readonly gflops: Summary
  readonly numpyGflops?: Summary
  /** Ours over NumPy's, of each pair of trials. */
  readonly ratio?: Summary
  readonly naiveGflops: number
}

export interface Report extends Machine {
  readonly command: string
  readonly peer: string
  readonly processor: { readonly variant: string; readonly sha256: string }
  readonly trials: number
  readonly results: readonly Figures[]
}

/** The report for people, on stdout. */
export function printTable(report: Report): void {
  const { versions } = report
  console.log(
    `${report.cpu}, ${report.cores} cores, ${report.memoryGiB} GiB, load ${report.load.toFixed(2)} before`,
  )
  console.log(
    `gemmesh ${versions.gemmesh} (processor: ${report.processor.variant}), Node ${versions.node}, V8 ${versions.v8}`,
  )
  console.log(`peer: ${report.peer}`)
  console.log(
    `${report.command}   (${report.trials} trials, interleaved; medians; the spread is from least to most)`,
  )
  const table = new Table({
    head: ['dtype', 'n', 'threads', 'GFLOPS', 'NumPy', 'ratio', 'spread', 'naive', 'x naive'],
    colAligns: ['left', ...Array<'right'>(8).fill('right')],
    style: { head: [], border: [] },
  })
  for (const { dtype, n, threads, gflops, numpyGflops, ratio, naiveGflops } of report.results) {
    table.push([
      dtype,
      n,
      threads,
      gflops.median.toFixed(1),
      numpyGflops?.median.toFixed(1) ?? '-',
      ratio?.median.toFixed(2) ?? '-',
      ratio ? `${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)}` : '-',
      naiveGflops.toFixed(2),
      (gflops.median / naiveGflops).toFixed(0),
    ])
  }
  console.log(table.toString())
}
