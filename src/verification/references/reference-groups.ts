/** In which order references are made: units that need the same parts of the operands together. Pure. */
import type { Interval, Rectangle } from '../../core/geometry.ts'
import type { ReferenceUnit } from './reference-job.ts'

/** Units of the same columns and the same part of k. */
export interface Strip {
  readonly column: number
  readonly columns: number
}

/** Units of the same rows, each with the place of its strip in the group. */
export interface RowOfTiles {
  readonly row: number
  readonly rows: number
  readonly units: readonly { readonly unit: ReferenceUnit; readonly strip: number }[]
}

/** Strips of the same part of k. */
export interface Group {
  readonly depth: Interval
  readonly strips: readonly Strip[]
  readonly rowsOfTiles: readonly RowOfTiles[]
}

/** Parts of k of at most `longest`, one after the other; an empty one where there is nothing to sum up. */
export function piecesOf({ start, end }: Interval, longest: number): Interval[] {
  const pieces: Interval[] = []
  for (let at = start; at < end; at += longest) pieces.push({ start: at, end: Math.min(end, at + longest) })
  return pieces.length > 0 ? pieces : [{ start, end: start }]
}

/** Groups of at most `mostStrips(depth)` strips, in the order of their first units; likewise the rows of tiles in a group. */
export function groupUnits(
  units: readonly ReferenceUnit[],
  mostStrips: (depth: Interval) => number,
): Group[] {
  const depths = Map.groupBy(units, ({ depth }) => `${depth.start}:${depth.end}`)
  return [...depths.values()].flatMap(ofDepth => {
    const depth = ofDepth[0]?.depth ?? { start: 0, end: 0 }
    const strips = [...Map.groupBy(ofDepth, ({ tile }) => `${tile.column}:${tile.columns}`).values()]
    const most = Math.max(1, mostStrips(depth))
    const groups: Group[] = []
    for (let first = 0; first < strips.length; first += most)
      groups.push(groupOf(depth, strips.slice(first, first + most)))
    return groups
  })
}

function groupOf(depth: Interval, unitsOfStrips: readonly (readonly ReferenceUnit[])[]): Group {
  const places = new Map<ReferenceUnit, number>()
  const strips = unitsOfStrips.map((units, strip) => {
    for (const unit of units) places.set(unit, strip)
    const { column, columns } = tileOf(units)
    return { column, columns }
  })
  // In the order of their numbers, so that rows of tiles come about as they are handed out.
  const ordered = unitsOfStrips.flat().sort((x, y) => x.unit - y.unit)
  const byRows = Map.groupBy(ordered, ({ tile }) => `${tile.row}:${tile.rows}`)
  const rowsOfTiles = [...byRows.values()].map(units => {
    const { row, rows } = tileOf(units)
    return { row, rows, units: units.map(unit => ({ unit, strip: places.get(unit) ?? 0 })) }
  })
  return { depth, strips, rowsOfTiles }
}

const tileOf = (units: readonly ReferenceUnit[]): Rectangle =>
  units[0]?.tile ?? { row: 0, column: 0, rows: 0, columns: 0 }
