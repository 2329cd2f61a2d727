/**
 * Which blocks of an operand a slave needs for a part of op(X), and where each part lies in its block.
 *
 *      stored X, blocks of 4x4          op(X) rows 2..7, columns 0..4, not transposed
 *      +----+----+                      two pieces: rows 2..4 of block (0,0) and rows 0..3 of block (1,0)
 *      |0,0 |0,1 |
 *      +----+----+                      transposed: op(X)[i][j] is X[j][i], so rows and columns of the wanted part
 *      |1,0 |1,1 |                      change places before blocks are looked up, and strides change places after
 *      +----+----+
 */
import type { BlockRef } from '../../core/block-directory.ts'
import type { Rectangle } from '../../core/geometry.ts'
import { bytesPerElement, type Dtype } from '../../core/matrix.ts'
import type { View } from '../../pool/pool.ts'
import type { FileLocation, UrlLocation } from '../../protocol/messages.ts'
import { type BlockSpec, blockKey } from './block-cache.ts'

export interface Interval {
  readonly start: number
  readonly end: number
}

/** An operand as a work unit describes it; shapes and grid are those of the stored matrix. */
export interface OperandDescription {
  readonly matrix: string
  readonly rows: number
  readonly columns: number
  readonly blockRows: number
  readonly blockColumns: number
  readonly transposed: boolean
  /** The origin that serves its blocks. */
  readonly source: string
  /** Where the slave may read it by itself. */
  readonly file?: FileLocation | undefined
  readonly url?: UrlLocation | undefined
}

/** The part of op(X) that one block covers. `rows` and `columns` are intervals of op(X). */
export interface Piece extends BlockSpec {
  readonly operand: OperandDescription
  readonly block: BlockRef
  /** Of the grid, such as `512x512`: blocks of other grids are other blocks. */
  readonly grid: string
  /** The elements of the stored matrix that the whole block has. */
  readonly stored: Rectangle
  readonly rows: Interval
  readonly columns: Interval
  /** The part as a strided view, once its block lies at `offset` of the arena. */
  view(offset: number): View
}

export function operandPieces(
  operand: OperandDescription,
  dtype: Dtype,
  rows: Interval,
  columns: Interval,
): Piece[] {
  const storedRows = operand.transposed ? columns : rows
  const storedColumns = operand.transposed ? rows : columns
  const pieces: Piece[] = []
  for (const rowCut of cuts(storedRows, operand.blockRows)) {
    for (const columnCut of cuts(storedColumns, operand.blockColumns)) {
      pieces.push(piece(operand, dtype, rowCut, columnCut))
    }
  }
  return pieces
}

/** An interval of k cut where a block of either operand ends: within one step, no piece of A or B ends earlier than the step. */
export function kSteps(a: OperandDescription, b: OperandDescription, { start, end }: Interval): Interval[] {
  const edgeA = a.transposed ? a.blockRows : a.blockColumns
  const edgeB = b.transposed ? b.blockColumns : b.blockRows
  return cuts({ start, end }, edgeA)
    .flatMap(step => cuts(step, edgeB))
    .map(({ start, end }) => ({ start, end }))
}

interface Cut extends Interval {
  readonly block: number
}

function cuts({ start, end }: Interval, edge: number): Cut[] {
  const found: Cut[] = []
  for (let at = start; at < end; ) {
    const block = Math.floor(at / edge)
    const cutEnd = Math.min(end, (block + 1) * edge)
    found.push({ block, start: at, end: cutEnd })
    at = cutEnd
  }
  return found
}

function piece(operand: OperandDescription, dtype: Dtype, rowCut: Cut, columnCut: Cut): Piece {
  const { matrix, transposed } = operand
  const firstRow = rowCut.block * operand.blockRows
  const firstColumn = columnCut.block * operand.blockColumns
  const blockRows = Math.min(operand.blockRows, operand.rows - firstRow)
  const blockColumns = Math.min(operand.blockColumns, operand.columns - firstColumn)
  const block = { matrix, row: rowCut.block, column: columnCut.block }
  const grid = `${operand.blockRows}x${operand.blockColumns}`
  const skipped = (rowCut.start - firstRow) * blockColumns + (columnCut.start - firstColumn)
  return {
    key: blockKey(block, grid),
    operand,
    block,
    grid,
    stored: { row: firstRow, column: firstColumn, rows: blockRows, columns: blockColumns },
    dtype,
    blockRows,
    blockColumns,
    blockBytes: blockRows * blockColumns * bytesPerElement[dtype],
    rows: transposed ? columnCut : rowCut,
    columns: transposed ? rowCut : columnCut,
    view: offset => ({
      offset: offset + skipped * bytesPerElement[dtype],
      rowStride: transposed ? 1 : blockColumns,
      columnStride: transposed ? blockColumns : 1,
    }),
  }
}
