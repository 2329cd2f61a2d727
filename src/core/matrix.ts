/** What a matrix is: element types, shapes and the fixed grid of blocks that operands travel in. */
import { GemmeshError } from '../errors.ts'

export const dtypes = ['float32', 'float64', 'int32'] as const
export type Dtype = (typeof dtypes)[number]

export const bytesPerElement: Readonly<Record<Dtype, number>> = { float32: 4, float64: 8, int32: 4 }

/** Half the distance from 1 to the next number: what one rounding can cost, relatively; 0 for integers. */
export const unitRoundoff: Readonly<Record<Dtype, number>> = {
  float32: 2 ** -24,
  float64: 2 ** -53,
  int32: 0,
}

/** [rows, columns] */
export type Shape = readonly [rows: number, columns: number]

export interface Matrix {
  readonly data: Float32Array | Float64Array | Int32Array
  readonly shape: Shape
  readonly dtype: Dtype
}

export const transposed = ([rows, columns]: Shape): Shape => [columns, rows]

/** The shape of op(A)*op(B), or GEMMESH_SHAPE_MISMATCH with both shapes and the flag that would make them fit. */
export function productShape(
  a: Shape,
  b: Shape,
  transA: boolean,
  transB: boolean,
): [m: number, n: number, k: number] {
  const [m, k] = transA ? transposed(a) : a
  const [kB, n] = transB ? transposed(b) : b
  if (k === kB) return [m, n, k]
  const remedies: string[] = []
  if (k === n) remedies.push(transB ? 'leaving out --trans-b' : '--trans-b')
  if (m === kB) remedies.push(transA ? 'leaving out --trans-a' : '--trans-a')
  const mean = remedies.length > 0 ? ` Did you mean ${remedies.join(' or ')}?` : ''
  const name = (letter: string, trans: boolean) => (trans ? `the transpose of ${letter}` : letter)
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `${name('B', transB)} is ${kB}x${n} but ${name('A', transA)} is ${m}x${k}: the inner dimensions (${k}, ${kB}) differ.${mean}`,
  )
}
