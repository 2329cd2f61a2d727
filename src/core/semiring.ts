/**
 * Semirings: what stands for addition and multiplication in a product. With ⊕ and ⊗ for them, C[i,j] is the ⊕ over p of
 * A[i,p] ⊗ B[p,j]; what it means of a graph's matrix of edges is in docs/SEMIRINGS.md.
 */
import { GemmeshError } from '../errors.ts'
import type { Dtype } from './matrix.ts'

export const semirings = ['plus-times', 'min-plus', 'max-plus', 'max-min', 'or-and'] as const
export type Semiring = (typeof semirings)[number]

/** A semiring over one dtype, element by element: what every kernel is compared with. */
export interface Algebra {
  /** The ⊕ of no elements at all; a ⊕ zero = a. */
  readonly zero: number
  /** ⊕: the sum so far comes first. A NaN of the second is passed over by all but plus-times and or-and. */
  readonly add: (sum: number, next: number) => number
  /** ⊗ */
  readonly multiply: (a: number, b: number) => number
}

const plus = (x: number, y: number) => x + y
const wrappingPlus = (x: number, y: number) => (x + y) | 0
// As the kernels compare: a NaN is neither less nor greater, so that x stays. Math.min and Math.max would give NaN.
// biome-ignore lint/complexity/useMathMinMax: see above
const lesser = (x: number, y: number) => (y < x ? y : x)
// biome-ignore lint/complexity/useMathMinMax: see above
const greater = (x: number, y: number) => (y > x ? y : x)
const [intMin, intMax] = [-(2 ** 31), 2 ** 31 - 1]

/** Floats are not rounded here (their numbers are float64); int32 wraps. */
export function algebraOf(semiring: Semiring, dtype: Dtype): Algebra {
  const int = dtype === 'int32'
  const sum = int ? wrappingPlus : plus
  const least = int ? intMin : Number.NEGATIVE_INFINITY
  switch (semiring) {
    case 'plus-times':
      return { zero: 0, add: sum, multiply: int ? Math.imul : (x, y) => x * y }
    case 'min-plus':
      return { zero: int ? intMax : Number.POSITIVE_INFINITY, add: lesser, multiply: sum }
    case 'max-plus':
      return { zero: least, add: greater, multiply: sum }
    case 'max-min':
      return { zero: least, add: greater, multiply: Math.min }
    case 'or-and':
      return {
        zero: 0,
        add: (x, y) => Number(x !== 0 || y !== 0),
        multiply: (x, y) => Number(x !== 0 && y !== 0),
      }
  }
}

/**
 * Whether a product's bits are the same whatever the order of its sums and whoever computes them: whole numbers wrap, and the
 * sums of the other semirings are one of their elements. Sums of floats are rounded.
 */
export const isExact = (semiring: Semiring, dtype: Dtype): boolean =>
  semiring !== 'plus-times' || dtype === 'int32'

/**
 * Refuses factors that a product cannot have, with GEMMESH_USAGE: any but whole numbers of 32 bits for int32; any but
 * alpha = 1 and beta = 0 (no C0) or 1 (⊕ C0) where multiplying by a number is not what the semiring does.
 */
export function checkFactors(semiring: Semiring, dtype: Dtype, alpha: number, beta: number): void {
  if (semiring !== 'plus-times') {
    if (alpha === 1 && (beta === 0 || beta === 1)) return
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `alpha is ${alpha} and beta ${beta}, but ${semiring} has no factors: leave alpha out (1), and give a matrix to add with beta 1, or none.`,
    )
  }
  if (dtype !== 'int32') return
  checkWhole('alpha', alpha)
  checkWhole('beta', beta)
}

function checkWhole(name: string, value: number): void {
  if ((value | 0) === value) return
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `${name} is ${value}, but the matrices hold int32: give a whole number from -2147483648 to 2147483647, or convert them to float64.`,
  )
}
