/** A run beside a saved one. */
import Table from 'cli-table3'
import { kindName, shapeName } from './product.ts'
import { type CaseResult, figureOf, type Report, rate, times } from './report.ts'

export interface Change {
  readonly dtype: string
  readonly threads: number
  readonly shape: string
  readonly system: string
  /** GFLOPS, medians. */
  readonly before: number
  readonly after: number
  /** `same` where the spreads of both overlap: nothing was shown then. */
  readonly verdict: 'faster' | 'slower' | 'same'
  /** The pool's ratio to this system, before and after: what a busy machine changes less. */
  readonly ratios?: readonly [number, number]
}

const ours = ['kernel', 'pool', 'library']

/** What both runs have measured of gemmesh's layers. */
export function compareReports(before: Report, after: Report): readonly Change[] {
  return after.results.flatMap(result => {
    const earlier = before.results.find(other => key(other) === key(result))
    if (earlier === undefined) return []
    return result.figures.flatMap(({ system, gflops }): Change[] => {
      const old = figureOf(earlier, system)?.gflops
      if (old === undefined || !ours.includes(system)) return []
      const verdict = gflops.min > old.max ? 'faster' : gflops.max < old.min ? 'slower' : 'same'
      const ratios = toNumpy(earlier, result)
      return [
        {
          ...{ dtype: kindName(result), threads: result.threads, shape: shapeName(result), system },
          ...{ before: old.median, after: gflops.median, verdict },
          ...(system === 'pool' && ratios && { ratios }),
        },
      ]
    })
  })
}

function toNumpy(before: CaseResult, after: CaseResult): readonly [number, number] | undefined {
  const [then, now] = [before, after].map(result => figureOf(result, 'numpy')?.ratio?.median)
  return then === undefined || now === undefined ? undefined : [then, now]
}

const key = (result: CaseResult): string => [kindName(result), result.threads, shapeName(result)].join(' ')

export function comparisonText(before: Report, after: Report): string {
  const changes = compareReports(before, after)
  if (changes.length === 0) return 'Nothing that both runs have measured.'
  const table = new Table({
    head: ['dtype', 'threads', 'm x n x k', 'system', 'before', 'now', 'now/before', '', 'pool/numpy'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right', 'right', 'left', 'right'],
    style: { head: [], border: [] },
  })
  for (const { dtype, threads, shape, system, before, after, verdict, ratios } of changes) {
    table.push([
      ...[dtype, threads, shape, system, rate(before), rate(after), times(after / before)],
      verdict === 'same' ? '' : verdict,
      ratios === undefined ? '' : ratios.map(times).join(' -> '),
    ])
  }
  return `Beside the saved run; faster and slower only where the spreads do not overlap\n${table}`
}
