/** What a share of C asks of its slave: arithmetic, bytes in, bytes out, memory. From the plan alone. */
import { columnEnd, rowEnd } from '../geometry.ts'
import { bytesPerElement } from '../matrix.ts'
import { operandGrid } from '../operand-grid.ts'
import { spanOf, type UnitGrid } from '../plan/units.ts'
import type { BlockLengths } from '../plan.ts'
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

function gridDemand(grid: UnitGrid, product: Product, { blockEdge, memoryBytes }: DemandOptions): Demand {
  const { dtype, k, a, b, added } = product
  const size = bytesPerElement[dtype]
  const rows = intervalsOf(grid.rowEdges)
  const columns = intervalsOf(grid.columnEdges)
  const depths = intervalsOf(grid.depthEdges)
  const { tile: whole, depth } = spanOf(grid)
  // Rows of op(A) and columns of op(B), as far as the blocks reach that cover them; and so along k.
  const [blocksA, blocksB] = [blockOf(a, blockEdge), blockOf(b, blockEdge)]
  const alongA = ([from, to]: Interval) => reach(from, to, blocksA.columns, k)
  const alongB = ([from, to]: Interval) => reach(from, to, blocksB.rows, k)
  const rowsOfA = ([from, to]: Interval) => reach(from, to, blocksA.rows, product.m) * size
  const columnsOfB = ([from, to]: Interval) => reach(from, to, blocksB.columns, product.n) * size
  const most = (list: readonly Interval[], figure: (one: Interval) => number) =>
    Math.max(0, ...list.map(figure))
  const allRows: Interval = [whole.row, rowEnd(whole)]
  const allColumns: Interval = [whole.column, columnEnd(whole)]
  const allDepth: Interval = [depth.start, depth.end]
  const [lineA, lineB] = [rowsOfA(allRows), columnsOfB(allColumns)]
  const [largestA, largestB] = [most(rows, rowsOfA), most(columns, columnsOfB)]
  const tile = most(rows, lengthOf) * most(columns, lengthOf) * size
  const [deepestA, deepestB] = [most(depths, alongA), most(depths, alongB)]
  const stepBytes =
    largestA * Math.min(deepestA, blocksA.columns) + largestB * Math.min(deepestB, blocksB.rows)
  const isFirst = depth.start === 0
  const addedBytes = (down: readonly Interval[], across: readonly Interval[]) => {
    if (added === undefined || !isFirst) return 0
    const block = blockOf(added, blockEdge)
    const rowsReached = most(down, ([from, to]) => reach(from, to, block.rows, product.m))
    return rowsReached * most(across, ([from, to]) => reach(from, to, block.columns, product.n)) * size
  }
  const unitBytes = tile + Math.max(2 * stepBytes, addedBytes(rows, columns))
  // Layer by layer: what one of them needs is used again within it alone, but for blocks that an edge of it cuts.
  const [rowA, columnB] = [largestA * deepestA, largestB * deepestB]
  const layerB = lineB * deepestB
  const [timesA, timesB] =
    memoryBytes >= rowA + layerB + 2 * tile // a row of A's blocks stays while all of B's pass, and those stay, too
      ? [1, 1]
      : memoryBytes >= rowA + columnB + 2 * tile
        ? [1, rows.length]
        : [columns.length, rows.length]
  const fetched = timesA * lineA * alongA(allDepth) + timesB * lineB * alongB(allDepth)
  return {
    flops: 2 * whole.rows * whole.columns * (depth.end - depth.start),
    fetchBytes: fetched + addedBytes([allRows], [allColumns]),
    sendBytes: whole.rows * whole.columns * size * depths.length,
    units: rows.length * columns.length * depths.length,
    unitBytes,
    keepAllBytes: lineA * deepestA + layerB + 2 * tile,
  }
}

type Interval = readonly [from: number, to: number]

const intervalsOf = (edges: readonly number[]): Interval[] =>
  edges.slice(1).map((to, index): Interval => [edges[index] ?? to, to])
const lengthOf = ([from, to]: Interval): number => to - from

/** How long blocks are along the product's dimensions. */
export function blockLengths({ a, b }: Pick<Product, 'a' | 'b'>, blockEdge: number): BlockLengths {
  const [ofA, ofB] = [blockOf(a, blockEdge), blockOf(b, blockEdge)]
  return { rows: ofA.rows, columns: ofB.columns, depth: Math.max(ofA.columns, ofB.rows) }
}

/** A block's rows and columns as op() turns them. */
function blockOf({ stored, transposed }: StoredOperand, blockEdge: number) {
  const { blockRows, blockColumns } = operandGrid(stored, blockEdge)
  return transposed ? { rows: blockColumns, columns: blockRows } : { rows: blockRows, columns: blockColumns }
}

/** How far the blocks reach that cover `from` to `to` of a length. */
const reach = (from: number, to: number, edge: number, length: number): number =>
  from >= to ? 0 : Math.min(length, Math.ceil(to / edge) * edge) - Math.floor(from / edge) * edge
