/** A plan for people: who gets which part of C, and what moves for it. */
import type { PlanView } from '../../client/index.ts'
import { renderTable } from '../table.ts'
import { formatBytes } from '../units.ts'

type RectangleView = PlanView['shares'][number]['rectangles'][number]

/** The table of the shares and C drawn with a letter a slave; the table says what the map's own legend says. */
export function showPlan({ shares, units, movedBytes, lowerBoundBytes, map }: PlanView): string {
  const lines = map.split('\n')
  const legendAt = lines.findIndex(
    line => shares[0] !== undefined && line.startsWith(`A ${shares[0].slave}: `),
  )
  const [drawing, legend] = legendAt < 0 ? [lines, []] : [lines.slice(0, legendAt), lines.slice(legendAt)]
  const table = renderTable(
    ['', 'slave', 'performance', 'wanted', 'given', 'units', 'part of C'],
    shares.map((share, index) => [
      legend[index]?.at(0) ?? '',
      share.slave,
      share.performance,
      percent(share.wanted),
      percent(share.given),
      share.units,
      share.rectangles.map(showRectangle).join('; ') || 'none',
    ]),
    [2, 3, 4, 5],
  )
  const over =
    lowerBoundBytes > 0 ? `, ${(movedBytes / lowerBoundBytes).toFixed(2)} of the least possible` : ''
  return [
    `plan: ${units} work units; ${formatBytes(movedBytes)} of A and B move to the slaves${over}`,
    table,
    ...drawing.map(line => `  ${line}`),
  ].join('\n')
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

/** Half open, as everywhere: rows 0:1024 are 0 to 1023. */
const showRectangle = ({ row, column, rows, columns }: RectangleView): string =>
  `rows ${row}:${row + rows}, columns ${column}:${column + columns}`
