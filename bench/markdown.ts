/** The report as Markdown: a table of GFLOPS and one of ratios for each dtype and number of threads, one of odd shapes. */
import { kindName, shapeName } from './product.ts'
import {
  type CaseResult,
  figureOf,
  percentOfPeak,
  type Report,
  rate,
  spread,
  systemsOf,
  times,
} from './report.ts'
import { geometricMean } from './statistics.ts'

/** Smaller products cost a call more than a multiplication. */
const meanFrom = 256

export function markdown(report: Report): string {
  return [machineMarkdown(report), squareMarkdown(report), shapesMarkdown(report), beyondMarkdown(report)]
    .filter(part => part !== '')
    .join('\n\n')
}

/** Machine, versions and command: what the figures mean nothing without. */
export function machineMarkdown(report: Report): string {
  const { cpu, cores, memoryGiB, load, versions, systems, missing, peaks } = report
  const rows: [string, string][] = [
    ['command', `\`${report.command}\`; trials: ${report.trials}; ${Math.round(report.seconds)} s in all`],
    ['machine', `${cpu}, ${cores} cores, ${memoryGiB} GiB; load ${load.toFixed(2)} before`],
    ['versions', list(versions, ' ')],
    ...Object.entries(systems),
    ...Object.entries(missing).map(([name, why]): [string, string] => [name, `left out: ${why}`]),
    [
      'peak, GFLOPS',
      peaks.map(({ dtype, threads, gflops }) => `${dtype} x ${threads}: ${rate(gflops)}`).join('; '),
    ],
  ]
  return table(['', ''], rows, 'll')
}

/** For each dtype and number of threads: a row a system, a column a size. */
export function squareMarkdown(report: Report): string {
  return groups(report, 'square')
    .map(results => {
      const [first] = results
      if (first === undefined) return ''
      const head = `**${first.dtype}, ${threadsText(first.threads)}**`
      return [
        `${head}: GFLOPS, and percent of the peak where it is ours`,
        rates(report, results),
        `${head}: how many times as fast the pool is (median, least to most), and the geometric mean of n >= ${meanFrom}`,
        ratios(results),
      ].join('\n\n')
    })
    .join('\n\n')
}

function rates(report: Report, results: readonly CaseResult[]): string {
  const rows = systemsOf(results).map(system => [
    name(system),
    ...results.map(result => {
      const figure = figureOf(result, system)
      if (figure === undefined) return ''
      const percent = percentOfPeak(report, result, figure.gflops.median)
      const isOurs = ['kernel', 'pool', 'library'].includes(system)
      const share = isOurs && percent !== undefined ? ` (${percent.toFixed(0)} %)` : ''
      return rate(figure.gflops.median) + share
    }),
  ])
  return table(['n', ...results.map(shapeName)], rows, `l${'r'.repeat(results.length)}`)
}

function ratios(results: readonly CaseResult[]): string {
  const peers = systemsOf(results).filter(system => system !== 'pool')
  const rows = peers.map(system => {
    const found = results.map(result => figureOf(result, system)?.ratio)
    const medians = results.flatMap(result => {
      const ratio = figureOf(result, system)?.ratio
      return ratio === undefined || result.n < meanFrom ? [] : [ratio.median]
    })
    return [
      name(system),
      ...found.map(ratio => (ratio === undefined ? '' : `${times(ratio.median)} (${spread(ratio)})`)),
      medians.length === 0 ? '' : times(geometricMean(medians)),
    ]
  })
  const head = ['n', ...results.map(shapeName), 'mean']
  return table(head, rows, `l${'r'.repeat(results.length + 1)}`)
}

/** For each dtype and number of threads: a row a shape, the pool beside each other system. */
export function shapesMarkdown(report: Report): string {
  return groups(report, 'shapes')
    .map(results => {
      const [first] = results
      const peers = systemsOf(results).filter(system => system !== 'pool')
      if (first === undefined) return ''
      const head = ['m x n x k', 'pool', ...peers.flatMap(peer => [peer, 'ratio', 'spread'])]
      const rows = results.map(result => {
        const pool = figureOf(result, 'pool')
        return [
          shapeName(result),
          pool === undefined ? '' : rate(pool.gflops.median),
          ...peers.flatMap(peer => {
            const figure = figureOf(result, peer)
            const ratio = figure?.ratio
            if (figure === undefined) return ['', '', '']
            return [rate(figure.gflops.median), ratio ? times(ratio.median) : '', ratio ? spread(ratio) : '']
          }),
        ]
      })
      return [
        `**${first.dtype}, ${threadsText(first.threads)}**: GFLOPS. ${peers.map(peer => outcome(results, peer)).join(' ')}`,
        table(head, rows, `l${'r'.repeat(head.length - 1)}`),
      ].join('\n\n')
    })
    .join('\n\n')
}

/** The geometric mean of the ratios to a peer, and the worst of them. */
function outcome(results: readonly CaseResult[], peer: string): string {
  const ratios = results.flatMap(result => {
    const ratio = figureOf(result, peer)?.ratio?.median
    return ratio === undefined ? [] : [{ ratio, shape: shapeName(result) }]
  })
  const [worst] = [...ratios].sort((x, y) => x.ratio - y.ratio)
  if (worst === undefined) return ''
  const mean = times(geometricMean(ratios.map(({ ratio }) => ratio)))
  return `Pool over ${peer}: ${mean} in the geometric mean of ${ratios.length}, ${times(worst.ratio)} at worst (${worst.shape}).`
}

/** Integers and semirings: a row a system. */
export function beyondMarkdown(report: Report): string {
  const rows = groups(report, 'beyond').flatMap(results =>
    results.flatMap(result =>
      result.figures.map(({ system, gflops, ratio }) => [
        `${kindName(result)}, n = ${shapeName(result)}, ${threadsText(result.threads)}`,
        name(system),
        rate(gflops.median),
        ratio ? `${times(ratio.median)} (${spread(ratio)})` : '',
      ]),
    ),
  )
  return rows.length === 0 ? '' : table(['', '', 'Gop/s', 'pool is so many times as fast'], rows, 'llrr')
}

/** The results of a section by dtype and number of threads. */
const groups = ({ results }: Report, section: CaseResult['section']): CaseResult[][] => [
  ...Map.groupBy(
    results.filter(result => result.section === section),
    ({ dtype, threads }) => `${dtype} ${threads}`,
  ).values(),
]

const threadsText = (threads: number): string => (threads === 1 ? 'one thread' : `${threads} threads`)
/** gemmesh's own layers stand out. */
const name = (system: string): string =>
  ['kernel', 'pool', 'library'].includes(system) ? `**${system}**` : system
const list = (entries: Readonly<Record<string, string>>, between: string): string =>
  Object.entries(entries)
    .map(pair => pair.join(between))
    .join(', ')

/** `alignment`: a letter a column, l or r. */
function table(head: readonly string[], rows: readonly (readonly string[])[], alignment: string): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = [...alignment].map(letter => (letter === 'r' ? '---:' : '---'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
