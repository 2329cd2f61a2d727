/** The exact product, modulo 2^32, of tiles and of whole jobs. */
import type { Rectangle } from '../../../src/core/geometry.ts'
import type { WorkUnit } from '../../../src/protocol/messages.ts'
import type { Int32Matrix } from './stores.ts'

/** An element of a stored matrix, of that part of it which is known. */
export type Element = (row: number, column: number) => number

export interface UnitOperands {
  readonly a: Element
  readonly b: Element
  readonly c?: Element | undefined
}

const oriented = (element: Element, transposed: boolean): Element =>
  transposed ? (row, column) => element(column, row) : element

export function tileOf(unit: WorkUnit, { a, b, c }: UnitOperands): Int32Array<ArrayBuffer> {
  return multiply(unit.tile, [unit.kStart, unit.kEnd], {
    a: oriented(a, unit.a.transposed),
    b: oriented(b, unit.b.transposed),
    c,
    alpha: unit.alpha,
    beta: unit.beta,
  })
}

export interface ProductOf {
  readonly a: Element
  readonly b: Element
  readonly c?: Element | undefined
  readonly alpha: number
  readonly beta: number
}

/** alpha*A*B + beta*C in this rectangle, of this part of k. */
export function multiply(
  { row, column, rows, columns }: Rectangle,
  [kStart, kEnd]: readonly [number, number],
  { a, b, c, alpha, beta }: ProductOf,
): Int32Array<ArrayBuffer> {
  const tile = new Int32Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0
      for (let k = kStart; k < kEnd; k++) sum = (sum + Math.imul(a(row + i, k), b(k, column + j))) | 0
      const added = c === undefined ? 0 : Math.imul(beta, c(row + i, column + j))
      tile[i * columns + j] = (Math.imul(alpha, sum) + added) | 0
    }
  }
  return tile
}

export const elementOf =
  ({ columns, values }: Int32Matrix): Element =>
  (row, column) =>
    values[row * columns + column] ?? 0
