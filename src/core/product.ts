/**
 * What a product of given operands is: C = alpha*op(A)*op(B) + beta*C0, its shape and element type, or the error that
 * says why there is none.
 *
 * Vectors follow NumPy's matmul: of one dimension, A is a row and B a column, transposing changes neither, and C has
 * one dimension where at least one of them has (two vectors give one of length 1, where NumPy gives a scalar).
 */
import { GemmeshError } from '../errors.ts'
import { type Dtype, productShape, type Shape, type TransposeNames } from './matrix.ts'
import { checkFactors, type Semiring } from './semiring.ts'

/** An operand as its file says it; `name` is how messages call it. */
export interface OperandFacts {
  readonly name: string
  readonly dtype: Dtype
  /** One or two lengths. */
  readonly shape: readonly number[]
}

export interface ProductRequest {
  readonly a: OperandFacts
  readonly b: OperandFacts
  /** C0, which has the shape of C. */
  readonly added?: OperandFacts | undefined
  readonly transA: boolean
  readonly transB: boolean
  readonly alpha: number
  readonly beta: number
  /** Default: plus-times. */
  readonly semiring?: Semiring | undefined
  /** For messages. Default: the command line's. */
  readonly transposeNames?: TransposeNames
}

/** How an operand lies in its file (a vector as one row), and whether op() turns it. */
export interface StoredOperand {
  readonly stored: Shape
  readonly transposed: boolean
}

export interface Product {
  readonly dtype: Dtype
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: StoredOperand
  readonly b: StoredOperand
  readonly added?: StoredOperand
  /** Of C: one or two lengths. */
  readonly shape: readonly number[]
}

/** GEMMESH_DTYPE_MISMATCH, GEMMESH_SHAPE_MISMATCH, or GEMMESH_USAGE for factors that the dtype or the semiring does not have. */
export function productOf(request: ProductRequest): Product {
  const { a, b, added } = request
  checkDtypes(a, b)
  if (added !== undefined) checkDtypes(a, added)
  checkFactors(request.semiring ?? 'plus-times', a.dtype, request.alpha, request.beta)
  const storedA = stored(a, request.transA, false)
  const storedB = stored(b, request.transB, true)
  checkVectors(a, b, storedA, storedB)
  const [m, n, k] = productShape(
    storedA.stored,
    storedB.stored,
    storedA.transposed,
    storedB.transposed,
    request.transposeNames,
  )
  const vectors = a.shape.length === 1 || b.shape.length === 1
  const shape = vectors ? [m * n] : [m, n] // with a vector, one of m and n is 1
  if (added === undefined) return { dtype: a.dtype, m, n, k, a: storedA, b: storedB, shape }
  checkAdded(added, shape)
  return { dtype: a.dtype, m, n, k, a: storedA, b: storedB, added: stored(added, false, n === 1), shape }
}

/** `standing`: a vector is a column here. */
function stored({ shape }: OperandFacts, transpose: boolean, standing: boolean): StoredOperand {
  const [rows = 0, columns] = shape
  return columns === undefined
    ? { stored: [1, rows], transposed: standing }
    : { stored: [rows, columns], transposed: transpose }
}

function checkDtypes(first: OperandFacts, other: OperandFacts): void {
  if (first.dtype === other.dtype) return
  throw new GemmeshError(
    'GEMMESH_DTYPE_MISMATCH',
    `${first.name} holds ${first.dtype} but ${other.name} holds ${other.dtype}: all operands need one dtype. Convert one of them, such as with NumPy: np.save(file, array.astype('${first.dtype}')).`,
  )
}

/** Transposing a vector changes nothing, so that the remedies which productShape proposes would not help here. */
function checkVectors(
  a: OperandFacts,
  b: OperandFacts,
  storedA: StoredOperand,
  storedB: StoredOperand,
): void {
  if (a.shape.length === 2 && b.shape.length === 2) return
  const inner = ({ stored, transposed }: StoredOperand, last: boolean) => stored[last === transposed ? 0 : 1]
  const [kA, kB] = [inner(storedA, true), inner(storedB, false)]
  if (kA === kB) return
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `B is ${b.shape.join('x')} but A is ${a.shape.join('x')}: the inner dimensions (${kA}, ${kB}) differ. A of one dimension is a row, B of one dimension a column.`,
  )
}

function checkAdded(added: OperandFacts, shape: readonly number[]): void {
  if (added.shape.length === shape.length && added.shape.every((length, index) => length === shape[index]))
    return
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `${added.name} is ${added.shape.join('x')} but the product it is added to is ${shape.join('x')}: both need the same shape.`,
  )
}
