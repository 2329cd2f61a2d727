/** The work units of a plan, derived one by one from the grids of its shares: nothing grows with their number. */
import { area, type Interval, type Rectangle } from '../geometry.ts'

/**
 * A rectangle of C cut along rows and columns, and the part of k that is summed for it, in one piece or more. The units are
 * the cells, numbered row by row; with more than one interval of k, all of them for the first interval, then all for the next.
 */
export interface UnitGrid {
  /** Ascending, no two alike; likewise the columns'. */
  readonly rowEdges: readonly number[]
  readonly columnEdges: readonly number[]
  /** Of k: [0, k] unless the product is cut along it. */
  readonly depthEdges: readonly number[]
  /** Of the first interval of k; each further one is a layer of its own. */
  readonly firstLayer: number
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

/** What a unit computes: the sum over `depth` for each element of `tile`. */
export interface UnitBox {
  readonly tile: Rectangle
  /** Of the inner dimension. */
  readonly depth: Interval
  /** Layers cover k in this order; each of them has tiles for all of C, and C is the sum of them. */
  readonly layer: number
}

export interface PlannedUnit extends UnitBox {
  readonly unit: number
  readonly slave: string
}

interface Shares {
  readonly shares: readonly UnitShare[]
}

const intervals = (edges: readonly number[]): number => Math.max(0, edges.length - 1)

export const cellCount = ({ rowEdges, columnEdges, depthEdges }: UnitGrid): number =>
  intervals(rowEdges) * intervals(columnEdges) * intervals(depthEdges)

/** 2*rows*columns*depth; never 0, so that units without arithmetic (k = 0) weigh by their elements. */
export const flopsOf = ({ tile, depth }: Pick<UnitBox, 'tile' | 'depth'>): number =>
  2 * area(tile) * Math.max(1, depth.end - depth.start)

/** Of all units of a share. */
export const shareFlops = ({ grids }: Pick<UnitShare, 'grids'>): number =>
  grids.reduce((sum, grid) => sum + flopsOf(spanOf(grid)), 0)

/** All that a grid's units compute together. */
export function spanOf({ rowEdges, columnEdges, depthEdges }: UnitGrid): Pick<UnitBox, 'tile' | 'depth'> {
  const [rows, columns, depth] = [hullOf(rowEdges), hullOf(columnEdges), hullOf(depthEdges)]
  return {
    tile: {
      row: rows.start,
      column: columns.start,
      rows: rows.end - rows.start,
      columns: columns.end - columns.start,
    },
    depth,
  }
}

function hullOf(edges: readonly number[]): Interval {
  const [start = 0] = edges
  return { start, end: edges.at(-1) ?? start }
}

/** All units, in the order of their numbers. */
export function* unitsOf(plan: Shares): Generator<PlannedUnit> {
  for (const share of plan.shares) {
    for (let unit = share.firstUnit; unit < share.firstUnit + share.units; unit++) {
      const planned = unitOf(share, unit)
      if (planned !== undefined) yield planned
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
  return share && unitOf(share, unit)
}

/** Undefined for a unit that is not of this share. */
export function unitOf({ slave, firstUnit, grids }: UnitShare, unit: number): PlannedUnit | undefined {
  let cell = unit - firstUnit
  if (!Number.isInteger(cell) || cell < 0) return undefined
  for (const grid of grids) {
    const cells = cellCount(grid)
    if (cell < cells) return cellOf(grid, cell, unit, slave)
    cell -= cells
  }
  return undefined
}

function cellOf(
  { rowEdges, columnEdges, depthEdges, firstLayer }: UnitGrid,
  cell: number,
  unit: number,
  slave: string,
): PlannedUnit | undefined {
  const across = intervals(columnEdges)
  const inLayer = across * intervals(rowEdges)
  const layer = Math.floor(cell / inLayer)
  const down = Math.floor((cell % inLayer) / across)
  const [row, nextRow] = [rowEdges[down], rowEdges[down + 1]]
  const [column, nextColumn] = [columnEdges[cell % across], columnEdges[(cell % across) + 1]]
  const [start, end] = [depthEdges[layer], depthEdges[layer + 1]]
  if (row === undefined || nextRow === undefined || column === undefined || nextColumn === undefined)
    return undefined
  if (start === undefined || end === undefined) return undefined
  return {
    unit,
    slave,
    tile: { row, column, rows: nextRow - row, columns: nextColumn - column },
    depth: { start, end },
    layer: firstLayer + layer,
  }
}
