/** A work unit as arithmetic: which blocks each step of k needs, and which products into the tile they make. Pure. */
import type { Rectangle } from '../../core/geometry.ts'
import { bytesPerElement, type Dtype } from '../../core/matrix.ts'
import type { Semiring } from '../../core/semiring.ts'
import type { GemmTask, View } from '../../pool/pool.ts'
import {
  type Interval,
  kSteps,
  type OperandDescription,
  operandPieces,
  type Piece,
} from './operand-pieces.ts'

/**
 * What to compute: C[tile] = alpha*op(A)*op(B) + beta*C[tile], in a semiring; of the inner dimension only `kStart` to `kEnd`,
 * which is all of it unless the product is cut along k.
 */
export interface UnitDescription {
  readonly dtype: Dtype
  readonly semiring: Semiring
  readonly reproducible: boolean
  readonly tile: Rectangle
  readonly kStart: number
  readonly kEnd: number
  readonly alpha: number
  readonly beta: number
  readonly a: OperandDescription
  readonly b: OperandDescription
  readonly c?: OperandDescription | undefined
}

export interface Step {
  readonly a: readonly Piece[]
  readonly b: readonly Piece[]
}

export function unitSteps(unit: UnitDescription): Step[] {
  return kSteps(unit.a, unit.b, { start: unit.kStart, end: unit.kEnd }).map(k => ({
    a: operandPieces(unit.a, unit.dtype, rowsOf(unit), k),
    b: operandPieces(unit.b, unit.dtype, k, columnsOf(unit)),
  }))
}

/** The pieces of the added matrix, where there is one: beta = 0 never reads it. */
export function addedPieces(unit: UnitDescription): Piece[] {
  if (unit.c === undefined || unit.beta === 0) return []
  return operandPieces(unit.c, unit.dtype, rowsOf(unit), columnsOf(unit))
}

export const tileBytes = ({ tile, dtype }: UnitDescription): number =>
  tile.rows * tile.columns * bytesPerElement[dtype]

/** Bytes of the arena that a unit may hold at once: its tile, and the blocks of two steps. */
export function unitBytes(unit: UnitDescription): number {
  const blockBytes = (pieces: readonly Piece[]) => pieces.reduce((sum, piece) => sum + piece.blockBytes, 0)
  const largestStep = Math.max(0, ...unitSteps(unit).map(step => blockBytes(step.a) + blockBytes(step.b)))
  return tileBytes(unit) + Math.max(2 * largestStep, blockBytes(addedPieces(unit)))
}

/** Where element (row, column) of C lies in the arena, when the tile starts at `tileOffset`. */
export function tileView(unit: UnitDescription, tileOffset: number, row: number, column: number): View {
  const element = (row - unit.tile.row) * unit.tile.columns + (column - unit.tile.column)
  return {
    offset: tileOffset + element * bytesPerElement[unit.dtype],
    rowStride: unit.tile.columns,
    columnStride: 1,
  }
}

/**
 * The products of one step: every piece of A with every piece of B, each into its own part of the tile, row by row, so that
 * the pool sees that they are one product (kernel/grid.ts). `offsetOf` says where a piece's block lies in the arena; `beta`
 * is what the tile's present content counts.
 */
export function stepTasks(
  unit: UnitDescription,
  step: Step,
  tileOffset: number,
  beta: number,
  offsetOf: (piece: Piece) => number,
): GemmTask[] {
  const { dtype, semiring, alpha, reproducible } = unit
  return step.a.flatMap(a =>
    step.b.map(b => ({
      dtype,
      semiring,
      m: length(a.rows),
      n: length(b.columns),
      k: length(a.columns),
      alpha,
      beta,
      a: a.view(offsetOf(a)),
      b: b.view(offsetOf(b)),
      c: tileView(unit, tileOffset, a.rows.start, b.columns.start),
      reproducible,
    })),
  )
}

/** With an inner dimension of zero there is no step, yet the tile is beta times what it holds. */
export function scaleTask(unit: UnitDescription, tileOffset: number, beta: number): GemmTask {
  const nothing = { offset: tileOffset, rowStride: 1, columnStride: 1 }
  const { rows: m, columns: n, row, column } = unit.tile
  return {
    dtype: unit.dtype,
    semiring: unit.semiring,
    m,
    n,
    k: 0,
    alpha: unit.alpha,
    beta,
    a: nothing,
    b: nothing,
    c: tileView(unit, tileOffset, row, column),
  }
}

const rowsOf = ({ tile }: UnitDescription): Interval => ({ start: tile.row, end: tile.row + tile.rows })
const columnsOf = ({ tile }: UnitDescription): Interval => ({
  start: tile.column,
  end: tile.column + tile.columns,
})
const length = ({ start, end }: Interval): number => end - start
