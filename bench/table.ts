/** The report for people, as text for a terminal. */
import Table from 'cli-table3'
import { kindName, shapeName } from './product.ts'
import { percentOfPeak, type Report, rate, spread, times } from './report.ts'

export function tableText(report: Report): string {
  const table = new Table({
    head: ['dtype', 'threads', 'm x n x k', 'system', 'GFLOPS', 'of peak', 'pool is', 'spread'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right', 'right', 'right'],
    // No lines between rows: a case begins where its shape stands.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  })
  for (const result of report.results) {
    for (const [index, { system, gflops, ratio }] of result.figures.entries()) {
      const percent = percentOfPeak(report, result, gflops.median)
      table.push([
        ...(index === 0 ? [kindName(result), result.threads, shapeName(result)] : ['', '', '']),
        system,
        rate(gflops.median),
        percent === undefined ? '-' : `${percent.toFixed(0)} %`,
        ratio === undefined ? '-' : `${times(ratio.median)} x`,
        ratio === undefined ? '-' : spread(ratio),
      ])
    }
  }
  return [headText(report), table.toString()].join('\n')
}

function headText({
  cpu,
  cores,
  memoryGiB,
  load,
  versions,
  systems,
  missing,
  peaks,
  trials,
  command,
}: Report) {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const peak = peaks.map(({ dtype, threads, gflops }) => `${dtype} x ${threads}: ${rate(gflops)}`)
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, load ${load.toFixed(2)} before`,
    names.join(', '),
    ...Object.entries(systems).map(([name, about]) => `${name}: ${about}`),
    ...Object.entries(missing).map(([name, why]) => `${name}: left out, ${why}`),
    `peak, GFLOPS of registers alone: ${peak.join(', ')}`,
    `${command}   (${trials} trials, interleaved; medians; the spread is from least to most)`,
  ].join('\n')
}
