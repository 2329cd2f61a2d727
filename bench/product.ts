/** What is multiplied: an m x k matrix by a k x n one. */
import { type Dtype, type Elements, unitRoundoff } from '../src/core/matrix.ts'
import { algebraOf, type Semiring } from '../src/core/semiring.ts'

export interface Product {
  readonly dtype: Dtype
  readonly m: number
  readonly n: number
  readonly k: number
  /** Default plus-times. */
  readonly semiring?: Semiring
}

/** `float32`, `float32 min-plus` */
export const kindName = ({ dtype, semiring }: Pick<Product, 'dtype' | 'semiring'>): string =>
  semiring === undefined ? dtype : `${dtype} ${semiring}`

/** One multiply-add, or what a semiring has in its place, is two operations. */
export const operations = ({ m, n, k }: Product): number => 2 * m * n * k

/** `1024` for a square product, else `2000x16x2000`: m x n x k. */
export const shapeName = ({ m, n, k }: Pick<Product, 'm' | 'n' | 'k'>): string =>
  m === n && n === k ? String(n) : `${m}x${n}x${k}`

/** What the elements of the operands are at most; int32 operands are whole numbers. */
const largest = { float32: 0.5, float64: 0.5, int32: 50 } as const

/** Fills an operand with numbers that look random, the same ones for the same seed. */
export function fill(values: Elements, dtype: Dtype, seed: number): void {
  const scale = 2 * largest[dtype]
  let state = seed
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    values[i] = (state / 2 ** 32) * scale
  }
}

/** Elements of C that are compared: the corners, where edges are handled apart, and some between. */
const samples = 24

/**
 * The first of some elements of C that is not row times column within the rounding of k multiply-adds, in words; undefined
 * where all are right. A and B are row-major, `at` gives an element of C.
 */
export function findFault(
  { dtype, m, n, k, semiring = 'plus-times' }: Product,
  a: Elements,
  b: Elements,
  at: (row: number, column: number) => number,
): string | undefined {
  const { add, multiply, zero } = algebraOf(semiring, dtype)
  const bound = k * largest[dtype] ** 2 * k * unitRoundoff[dtype]
  for (let sample = 0; sample < samples; sample++) {
    const row = sample < 4 ? (sample >> 1) * (m - 1) : (sample * 7919) % m
    const column = sample < 4 ? (sample & 1) * (n - 1) : (sample * 104729) % n
    let wanted = zero
    for (let p = 0; p < k; p++) {
      wanted = add(wanted, multiply(a[row * k + p] ?? Number.NaN, b[p * n + column] ?? Number.NaN))
    }
    const found = at(row, column)
    if (!(Math.abs(found - wanted) <= bound)) {
      return `element (${row}, ${column}) is ${found}; row times column is ${wanted}, give or take ${bound}`
    }
  }
  return undefined
}
