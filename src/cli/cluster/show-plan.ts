/** A plan for people: who gets which part of C, and what moves for it. */
import type { PlannedJob, PlanView } from '../../client/index.ts'
import { bytesPerElement } from '../../core/matrix.ts'
import { assumed } from '../../core/predict.ts'
import { usableThreads } from '../../pool/usable-threads.ts'
import { renderTable } from '../table.ts'
import { formatBytes, formatCount, formatMs, roundedFigure } from '../units.ts'

type RectangleView = PlanView['shares'][number]['rectangles'][number]

/** The table of the shares and, of more than one, C drawn with a letter a slave; the table says what the map's own legend says. */
export function showPlan({ shares, units, layers, movedBytes, lowerBoundBytes, map }: PlanView): string {
  const lines = map.split('\n')
  const legendAt = lines.findIndex(
    line => shares[0] !== undefined && line.startsWith(`A ${shares[0].slave}: `),
  )
  const [drawing, legend] = legendAt < 0 ? [lines, []] : [lines.slice(0, legendAt), lines.slice(legendAt)]
  const table = renderTable(
    ['', 'slave', 'performance', 'wanted', 'given', 'units', layers > 1 ? 'part of C and k' : 'part of C'],
    shares.map((share, index) => [
      legend[index]?.at(0) ?? '',
      share.slave,
      roundedFigure(share.performance),
      percent(share.wanted),
      percent(share.given),
      share.units,
      showPart(share, layers > 1),
    ]),
    [2, 3, 4, 5],
  )
  const over =
    lowerBoundBytes > 0 ? `, ${(movedBytes / lowerBoundBytes).toFixed(2)} of the least possible` : ''
  return [
    `plan: ${formatCount(units, 'work unit')}; ${formatBytes(movedBytes)} of A and B move to the slaves${over}`,
    ...(layers > 1
      ? [`k is cut into ${layers} parts, which moves less; master-combine adds the parts of C up`]
      : []),
    table,
    ...(shares.length > 1 ? drawing.map(line => `  ${line}`) : []),
  ].join('\n')
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

/** Half open, as everywhere: rows 0:1024 are 0 to 1023. */
const showRectangle = ({ row, column, rows, columns }: RectangleView): string =>
  `rows ${row}:${row + rows}, columns ${column}:${column + columns}`

function showPart({ rectangles, depth }: PlanView['shares'][number], isCut: boolean): string {
  if (rectangles.length === 0) return 'none'
  const parts = rectangles.map(showRectangle).join('; ')
  return isCut ? `${parts}, k ${depth.start}:${depth.end}` : parts
}

/** What each slave fetches, sends, holds and computes, and the time to expect; of many slaves the slowest. */
export function showPrediction({ prediction, shape, dtype }: Omit<PlannedJob, 'plan'>): string {
  const { ms, fetchBytes, sendBytes, alone, slaves } = prediction
  const shown = slaves.toSorted((a, b) => b.ms - a.ms).slice(0, slavesShown)
  const table = renderTable(
    [
      'slave',
      'fetches',
      'to combine',
      'memory: a unit',
      'all blocks',
      'there is',
      'computing',
      'moving',
      'in all',
    ],
    shown.map(slave => [
      slave.name,
      formatBytes(slave.fetchBytes),
      formatBytes(slave.sendBytes),
      formatBytes(slave.unitBytes),
      formatBytes(slave.keepAllBytes),
      slave.memoryBytes === undefined ? 'unknown' : formatBytes(slave.memoryBytes),
      formatMs(slave.computeMs),
      formatMs(slave.transferMs),
      formatMs(slave.ms),
    ]),
    [1, 2, 3, 4, 5, 6, 7, 8],
  )
  const more =
    slaves.length > shown.length ? [`  and ${formatCount(slaves.length - shown.length, 'faster slave')}`] : []
  const hereMs = assumedMsHere(shape, dtype)
  return [
    `expected: ${formatMs(ms)} from the first work unit to the durable result; ${basisOf(slaves)}`,
    `links: ${formatBytes(fetchBytes)} to the slaves, some ${formatBytes(operandBytes(shape, dtype))} of it from master-assign and ` +
      `the rest from each other; ${formatBytes(sendBytes)} to master-combine`,
    table,
    ...more,
    ...(alone === undefined
      ? []
      : [`${alone} does it all: moving the data to more slaves would cost more than it saves.`]),
    ...(slaves.length > 0 && hereMs < ms
      ? [
          `On this machine alone about ${formatMs(hereMs)} (assumed), as nothing has to be moved: gemmesh multiply without --config and --master.`,
        ]
      : []),
  ].join('\n')
}

const slavesShown = 20

/** Of A and B: each of their blocks leaves master-assign about once. */
const operandBytes = ([m, n, k]: PlannedJob['shape'], dtype: PlannedJob['dtype']): number =>
  (m + n) * k * bytesPerElement[dtype]

/** Whether the figures are measured, and in how many jobs. */
function basisOf(slaves: PlannedJob['prediction']['slaves']): string {
  const least = Math.min(...slaves.map(({ jobs }) => jobs))
  if (slaves.length === 0) return 'there is nothing to compute'
  if (least > 0) return `as measured in ${formatCount(least, 'job')} of this kind`
  const some = slaves.some(({ jobs }) => jobs > 0)
  const rates = `${assumed.gflopsOfOne} GFLOPS (float32) for performance 1 where a slave did not measure itself, links of 1 Gbit/s`
  return some ? `in part assumed: ${rates}` : `assumed, not measured: ${rates}`
}

function assumedMsHere([m, n, k]: PlannedJob['shape'], dtype: PlannedJob['dtype']): number {
  const gflops = (assumed.gflopsOfOne * usableThreads() * 4) / bytesPerElement[dtype]
  return (2 * m * n * k) / (gflops * 1e6)
}
