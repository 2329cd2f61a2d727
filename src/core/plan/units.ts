/** The work units of a plan, derived one by one from the grids of its shares: nothing grows with their number. */
import type { Rectangle } from '../geometry.ts'

/** A rectangle of C cut along rows and columns; its units are the cells, numbered row by row. */
export interface UnitGrid {
  /** Ascending, no two alike; likewise the columns'. */
  readonly rowEdges: readonly number[]
  readonly columnEdges: readonly number[]
}

/** What units are derived from: a share of a plan. */
export interface UnitShare {
  readonly slave: string
  /** How many units; they are numbered from `firstUnit` on, in the order in which the slave should take them. */
  readonly units: number
  readonly firstUnit: number
  /** The units are their cells, grid by grid. */
  readonly grids: readonly UnitGrid[]
}

export interface PlannedUnit {
  readonly unit: number
  readonly slave: string
  readonly tile: Rectangle
}

interface Shares {
  readonly shares: readonly UnitShare[]
}

export const cellCount = ({ rowEdges, columnEdges }: UnitGrid): number =>
  Math.max(0, rowEdges.length - 1) * Math.max(0, columnEdges.length - 1)

/** All units, in the order of their numbers. */
export function* unitsOf(plan: Shares): Generator<PlannedUnit> {
  for (const share of plan.shares) {
    for (let unit = share.firstUnit; unit < share.firstUnit + share.units; unit++) {
      const tile = tileOf(share, unit)
      if (tile !== undefined) yield { unit, slave: share.slave, tile }
    }
  }
}

/** Undefined where the plan has no such unit. O(log shares). */
export function unitAt(plan: Shares, unit: number): PlannedUnit | undefined {
  const { shares } = plan
  let low = 0
  let high = shares.length
  while (low < high) {
    const middle = (low + high) >> 1
    const share = shares[middle]
    if (share !== undefined && share.firstUnit + share.units <= unit) low = middle + 1
    else high = middle
  }
  const share = shares[low]
  const tile = share && tileOf(share, unit)
  return share && tile && { unit, slave: share.slave, tile }
}

/** Undefined for a unit that is not of this share. */
function tileOf(share: UnitShare, unit: number): Rectangle | undefined {
  let cell = unit - share.firstUnit
  if (!Number.isInteger(cell) || cell < 0) return undefined
  for (const grid of share.grids) {
    const cells = cellCount(grid)
    if (cell < cells) return cellOf(grid, cell)
    cell -= cells
  }
  return undefined
}

function cellOf({ rowEdges, columnEdges }: UnitGrid, cell: number): Rectangle | undefined {
  const across = columnEdges.length - 1
  const down = Math.floor(cell / across)
  const row = rowEdges[down]
  const nextRow = rowEdges[down + 1]
  const column = columnEdges[cell % across]
  const nextColumn = columnEdges[(cell % across) + 1]
  if (row === undefined || nextRow === undefined || column === undefined || nextColumn === undefined)
    return undefined
  return { row, column, rows: nextRow - row, columns: nextColumn - column }
}
