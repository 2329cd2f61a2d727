/**
 * How far the product of an honest tile with a secret vector may be from the reference: docs/VERIFICATION.md derives each
 * term. Sources: Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., chapter 3; Hoeffding, "Probability
 * Inequalities for Sums of Bounded Random Variables", 1963.
 */
import { type Dtype, unitRoundoff } from '../matrix.ts'

/**
 * A sum of errors that do not depend on the vector's signs is larger than this times its Euclidean length with a probability of
 * 2 exp(-9^2 / 2) = 5e-18.
 */
const deviations = 9

/** What is the same for all rows of a tile. */
export interface TileFacts {
  readonly dtype: Dtype
  readonly alpha: number
  /** Of the added matrix; 0 where this unit has none. */
  readonly beta: number
  readonly columns: number
  /** Of the inner dimension, in this unit. */
  readonly depth: number
  /** At most so many terms of an element are added up before the sum goes to C. */
  readonly blockDepth: number
  /** At most so many sums go to an element of C. */
  readonly blocks: number
  /** The Euclidean length of the longest of the vectors, of this tile's columns. */
  readonly vectorLength: number
}

/** What a row of a tile consists of, in Euclidean norms over the tile's columns. */
export interface RowMagnitudes {
  /** The sum over l of |A[i,l]| * ||B[l, columns]||. */
  readonly product: number
  /** ||C0[i, columns]|| */
  readonly added: number
}

/** The largest error of n roundings one after the other, relatively (Higham, lemma 3.1). */
export function gamma(roundings: number, roundoff: number): number {
  const product = roundings * roundoff
  return product < 0.5 ? product / (1 - product) : Number.POSITIVE_INFINITY
}

/**
 * At most so many additions stand one after the other where the checker sums up so many terms: never more than there are terms.
 * Along rows (assembly/check-rows.ts) 64 in each of four lanes, 2 for the lanes, 3 for what is left of the last block, one for
 * each block of 256, a few for each chunk (131072 or more) and each of its rests; down columns 8 of 8 rows, 8 of 64, one for each 64.
 */
export const sumChain = (terms: number): number => Math.min(terms, 80 + Math.ceil(terms / 64))

const largest = { float32: 3.4028234663852886e38, float64: Number.MAX_VALUE, int32: 0 }
const leastAbove0 = { float32: 2 ** -149, float64: 2 ** -1074, int32: 0 }

/** What may be missing from the square of a norm, because the squares of small numbers of float64 vanish. */
export const missingSquares = (dtype: Dtype, terms: number): number =>
  dtype === 'float64' ? terms * 2 ** -1074 : 0

/**
 * A function that gives the bound of a row. Infinity where the row cannot be checked, because its numbers are not finite; negative
 * where a sum of an honest slave may overflow: then it holds only for a row whose elements are all finite, since what has once
 * overflowed stays so.
 */
export function rowBounds(facts: TileFacts): (row: RowMagnitudes) => number {
  const { dtype, columns, depth, blockDepth, blocks, vectorLength } = facts
  const [alpha, beta] = [Math.abs(facts.alpha), Math.abs(facts.beta)]
  const roundoff = unitRoundoff[dtype]
  const u = unitRoundoff.float64
  const signs = Math.min(deviations, vectorLength)

  // Each term of an element: a product, additions within its block, alpha, additions to C.
  const chain = Math.min(depth + 1, blockDepth + blocks) + 1
  const across = sumChain(columns) + 1
  const along = sumChain(depth) + 1
  const perProduct =
    signs * (gamma(chain, roundoff) + gamma(along + 2, u)) + vectorLength * 2 * gamma(across + 2, u)
  const perAdded = signs * gamma(blocks + 1, roundoff) + vectorLength * gamma(2 * across + 3, u)
  const underflow = (alpha * depth + blocks + 2) * leastAbove0[dtype]
  const constant = signs * Math.sqrt(columns) * underflow
  // Errors of errors, and those of the norms themselves.
  const more = 1 + 2 * gamma(chain, roundoff) + 4 * gamma(across + along, u) + 2 ** -20
  const limit = largest[dtype] / (dtype === 'float64' ? 4 * Math.max(1, vectorLength) : 2)

  return ({ product, added }) => {
    const ofAdded = beta === 0 ? 0 : beta * added
    const ofProduct = alpha === 0 || depth === 0 ? 0 : alpha * product
    const most = (alpha === 0 || depth === 0 ? 0 : Math.max(1, alpha) * product) + ofAdded
    const bound = (ofProduct * perProduct + ofAdded * perAdded + constant) * more
    if (!Number.isFinite(bound)) return Number.POSITIVE_INFINITY
    return most <= limit ? bound : -bound
  }
}
