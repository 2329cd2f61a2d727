/** What a share of C asks of its slave: arithmetic, bytes in, bytes out, memory. From the plan alone. */
import { columnEnd, type Rectangle, rowEnd } from '../geometry.ts'
import { bytesPerElement } from '../matrix.ts'
import { operandGrid } from '../operand-grid.ts'
import type { UnitGrid } from '../plan/units.ts'
import type { Product, StoredOperand } from '../product.ts'

export interface Demand {
  readonly flops: number
  /** From master-assign: whole blocks of A, B and the added matrix. */
  readonly fetchBytes: number
  /** To master-combine: the tiles. */
  readonly sendBytes: number
  readonly units: number
  /** The largest unit at work: its tile and the blocks of two steps of k. Less memory than this, and it cannot run. */
  readonly unitBytes: number
  /** What keeps every block that is used again: the whole of the share's operands, and two units at work. */
  readonly keepAllBytes: number
}

export interface DemandOptions {
  readonly blockEdge: number
  /** Of the slave, for blocks and tiles; Infinity where it is not known. */
  readonly memoryBytes: number
}

/** Blocks are kept while they fit, the least recently used makes way; units go along the rows of each grid. */
export function demandOf(grids: readonly UnitGrid[], product: Product, options: DemandOptions): Demand {
  const demands = grids.map(grid => gridDemand(grid, product, options))
  const sum = (figure: (one: Demand) => number) => demands.reduce((total, one) => total + figure(one), 0)
  const most = (figure: (one: Demand) => number) => Math.max(0, ...demands.map(figure))
  return {
    flops: sum(one => one.flops),
    fetchBytes: sum(one => one.fetchBytes),
    sendBytes: sum(one => one.sendBytes),
    units: sum(one => one.units),
    unitBytes: most(one => one.unitBytes),
    keepAllBytes: most(one => one.keepAllBytes),
  }
}

function gridDemand(
  { rowEdges, columnEdges }: UnitGrid,
  product: Product,
  { blockEdge, memoryBytes }: DemandOptions,
): Demand {
  const { dtype, k, a, b, added } = product
  const size = bytesPerElement[dtype]
  const rows = intervalsOf(rowEdges)
  const columns = intervalsOf(columnEdges)
  const whole = spanOf(rowEdges, columnEdges)
  // Rows of op(A) and columns of op(B), as far as the blocks reach that cover them.
  const [blocksA, blocksB] = [blockOf(a, blockEdge), blockOf(b, blockEdge)]
  const bytesOfA = ([from, to]: Interval) => reach(from, to, blocksA.rows, product.m) * k * size
  const bytesOfB = ([from, to]: Interval) => reach(from, to, blocksB.columns, product.n) * k * size
  const most = (list: readonly Interval[], bytes: (one: Interval) => number) =>
    Math.max(0, ...list.map(bytes))
  const allA = bytesOfA([whole.row, rowEnd(whole)])
  const allB = bytesOfB([whole.column, columnEnd(whole)])
  const [rowA, columnB] = [most(rows, bytesOfA), most(columns, bytesOfB)]
  const tile = most(rows, lengthOf) * most(columns, lengthOf) * size
  const steps = (rowA * Math.min(k, blocksA.columns) + columnB * Math.min(k, blocksB.rows)) / Math.max(1, k)
  const addedBytes = (down: readonly Interval[], across: readonly Interval[]) => {
    if (added === undefined) return 0
    const block = blockOf(added, blockEdge)
    const rowsReached = most(down, ([from, to]) => reach(from, to, block.rows, product.m))
    return rowsReached * most(across, ([from, to]) => reach(from, to, block.columns, product.n)) * size
  }
  const unitBytes = tile + Math.max(2 * steps, addedBytes(rows, columns))
  const fetched =
    memoryBytes >= rowA + allB + 2 * tile // a row of A's blocks stays while all of B's pass, and those stay, too
      ? allA + allB
      : memoryBytes >= rowA + columnB + 2 * tile
        ? allA + rows.length * allB
        : columns.length * allA + rows.length * allB
  return {
    flops: 2 * whole.rows * whole.columns * k,
    fetchBytes: fetched + addedBytes([[whole.row, rowEnd(whole)]], [[whole.column, columnEnd(whole)]]),
    sendBytes: whole.rows * whole.columns * size,
    units: rows.length * columns.length,
    unitBytes,
    keepAllBytes: allA + allB + 2 * tile,
  }
}

type Interval = readonly [from: number, to: number]

const intervalsOf = (edges: readonly number[]): Interval[] =>
  edges.slice(1).map((to, index): Interval => [edges[index] ?? to, to])
const lengthOf = ([from, to]: Interval): number => to - from

function spanOf(rowEdges: readonly number[], columnEdges: readonly number[]): Rectangle {
  const [row = 0, column = 0] = [rowEdges[0], columnEdges[0]]
  return {
    row,
    column,
    rows: (rowEdges.at(-1) ?? row) - row,
    columns: (columnEdges.at(-1) ?? column) - column,
  }
}

/** A block's rows and columns as op() turns them. */
function blockOf({ stored, transposed }: StoredOperand, blockEdge: number) {
  const { blockRows, blockColumns } = operandGrid(stored, blockEdge)
  return transposed ? { rows: blockColumns, columns: blockRows } : { rows: blockRows, columns: blockColumns }
}

/** How far the blocks reach that cover `from` to `to` of a length. */
const reach = (from: number, to: number, edge: number, length: number): number =>
  from >= to ? 0 : Math.min(length, Math.ceil(to / edge) * edge) - Math.floor(from / edge) * edge
