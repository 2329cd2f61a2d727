/** What references are made of: a product, its units, its operands. */
import type { Interval, Rectangle } from '../../core/geometry.ts'
import type { Product } from '../../core/product.ts'
import type { Semiring } from '../../core/semiring.ts'

/** What is to be computed, and the secret. */
export interface ReferenceJob {
  readonly product: Product
  readonly semiring: Semiring
  readonly alpha: number
  readonly beta: number
  readonly reproducible: boolean
  /** Whoever computes a tile multiplies part by part of k: from 0, each of so much, the last one shorter. Sums end where parts do. */
  readonly stepDepth: number
  /** `seedBytes` of core/verify/vectors.ts. */
  readonly seed: Uint8Array
}

export interface ReferenceUnit {
  readonly unit: number
  readonly tile: Rectangle
  readonly depth: Interval
}

export type OperandName = 'a' | 'b' | 'c'

/** Reads a rectangle of an operand as it is stored to `target`: row-major, without gaps. */
export type ReadOperand = (operand: OperandName, stored: Rectangle, target: Uint8Array) => Promise<void>
