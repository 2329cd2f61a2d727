/** Matrices as users hand them in: what they are, and whether they are what they say. */
import { arrayOf, type Dtype, dtypes, type Matrix, type Shape, transposed } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'

/** A matrix in a larger array: element (i, j) is data[offset + i * rowStride + j]. A `Matrix` is one without gaps. */
export interface MatrixView<D extends Dtype = Dtype> extends Matrix<D> {
  /** In elements, 0 by default. */
  readonly offset?: number
  /** From one row to the next, in elements; by default the columns. */
  readonly rowStride?: number
}

/** int8, as A and B of a product alone: C is int32 then. `offset` and `rowStride` as of a view. */
export interface Int8Matrix {
  readonly data: Int8Array
  readonly shape: Shape
  readonly dtype: 'int8'
  readonly offset?: number
  readonly rowStride?: number
}

/** A view with nothing left out. */
export interface Operand extends Matrix {
  readonly offset: number
  readonly rowStride: number
}

/** As Operand. */
export type Int8Operand = Required<Int8Matrix>

/**
 * A row-major matrix over `data`, which is not copied. GEMMESH_DTYPE_UNSUPPORTED when `data` is none of Float32Array,
 * Float64Array, Int32Array and Int8Array, GEMMESH_SHAPE_MISMATCH when its length is not rows times columns.
 */
export function matrix(data: Float32Array, shape: Shape): Matrix<'float32'>
export function matrix(data: Float64Array, shape: Shape): Matrix<'float64'>
export function matrix(data: Int32Array, shape: Shape): Matrix<'int32'>
export function matrix(data: Int8Array, shape: Shape): Int8Matrix
export function matrix(data: Matrix['data'], shape: Shape): Matrix
export function matrix(data: Matrix['data'] | Int8Array, shape: Shape): Matrix | Int8Matrix {
  const given: Matrix | Int8Matrix =
    data instanceof Int8Array ? { data, shape, dtype: 'int8' } : { data, shape, dtype: dtypeOf(data) }
  asFactor('The matrix', given)
  return given
}

/**
 * The operand that a view means. Without `offset` and `rowStride` its data has to have just its elements, else at least
 * those; GEMMESH_SHAPE_MISMATCH, GEMMESH_DTYPE_MISMATCH, GEMMESH_DTYPE_UNSUPPORTED or GEMMESH_USAGE where that is not so.
 */
export function asOperand(name: string, given: MatrixView): Operand {
  checkGiven(name, given)
  const { data, shape, dtype } = given
  const found = dtypeOf(data)
  if (found !== dtype) throw dtypeMismatch(`The data of ${name}`, found, dtype)
  return { data, shape, dtype, ...placeOf(name, given) }
}

/** As asOperand, for A and B: of int8, too. */
export function asFactor(name: string, given: MatrixView | Int8Matrix): Operand | Int8Operand {
  checkGiven(name, given)
  if (given.dtype !== 'int8') return asOperand(name, given)
  const { data, shape, dtype } = given
  if (!(data instanceof Int8Array)) throw dtypeMismatch(`The data of ${name}`, dtypeOf(data), dtype)
  return { data, shape, dtype, ...placeOf(name, given) }
}

/** GEMMESH_USAGE for what TypeScript would not let pass, such as an operand that was forgotten. */
function checkGiven(name: string, given: unknown): void {
  if (given instanceof Object) return
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `${name} is ${given}, no matrix: { data, shape, dtype }, such as matrix(data, [rows, columns]) makes.`,
  )
}

function placeOf(name: string, given: MatrixView | Int8Matrix): { offset: number; rowStride: number } {
  const { data, shape } = given
  checkShape(name, shape)
  const [rows, columns] = shape
  const { offset = 0, rowStride = columns } = given
  const isWhole = given.offset === undefined && given.rowStride === undefined
  if (!isCount(offset) || !isCount(rowStride) || rowStride < columns) {
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `${name} has the offset ${offset} and the rowStride ${rowStride}; they have to be whole numbers of elements, ` +
        `the rowStride at least the ${columns} columns.`,
    )
  }
  const end = rows === 0 || columns === 0 ? offset : offset + (rows - 1) * rowStride + columns
  if (isWhole ? data.length !== rows * columns : data.length < end) {
    const wanted = isWhole
      ? `which takes ${rows * columns} elements`
      : `whose last element, at offset ${offset} with rowStride ${rowStride}, would be number ${end}`
    throw new GemmeshError(
      'GEMMESH_SHAPE_MISMATCH',
      `${name} is ${rows}x${columns}, ${wanted}, but its data has ${data.length}.`,
    )
  }
  return { offset, rowStride }
}

/** GEMMESH_SHAPE_MISMATCH when `shape` is not [rows, columns]. */
export function checkShape(name: string, shape: Shape): void {
  if (Array.isArray(shape) && shape.length === 2 && shape.every(isCount)) return
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `${name} has the shape ${JSON.stringify(shape)}; it has to be [rows, columns], whole numbers from 0.`,
  )
}

/** Refuses a C that is not of the product's dtype and shape. */
export function checkC(c: Operand, dtype: Dtype, [m, n]: Shape): void {
  if (c.dtype !== dtype) throw dtypeMismatch('C', c.dtype, dtype)
  const [rows, columns] = c.shape
  if (rows === m && columns === n) return
  const [turnedRows, turnedColumns] = transposed([m, n])
  const mean =
    rows === turnedRows && columns === turnedColumns ? ' It is its transpose: transpose it first.' : ''
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `C is ${rows}x${columns}, but the product is ${m}x${n}: they cannot be added.${mean}`,
  )
}

/** Zeros outside the arena. GEMMESH_MEMORY_EXCEEDED when the system has no room for them. */
export function zeros(dtype: Dtype, [rows, columns]: Shape): Matrix {
  return { data: newArray(dtype, rows * columns), shape: [rows, columns], dtype }
}

/** A matrix of its own, without gaps, outside the arena. */
export function copyOf({ data, shape: [rows, columns], dtype, offset, rowStride }: Operand): Matrix {
  const copy = zeros(dtype, [rows, columns])
  for (let row = 0; row < rows; row++) {
    const from = offset + row * rowStride
    copy.data.set(data.subarray(from, from + columns), row * columns)
  }
  return copy
}

function newArray(dtype: Dtype, length: number): Matrix['data'] {
  try {
    return new arrayOf[dtype](length)
  } catch (cause) {
    throw new GemmeshError(
      'GEMMESH_MEMORY_EXCEEDED',
      `There is no room for a result of ${length} elements of ${dtype}. Compute it in parts, with gemm.`,
      { cause },
    )
  }
}

export const dtypeMismatch = (name: string, found: Dtype | 'int8', wanted: Dtype | 'int8') =>
  new GemmeshError(
    'GEMMESH_DTYPE_MISMATCH',
    `${name} is ${found}, but the rest is ${wanted}: convert one, so that all are of one dtype.`,
  )

function dtypeOf(data: unknown): Dtype {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  if (data instanceof Int8Array) {
    throw new GemmeshError(
      'GEMMESH_DTYPE_UNSUPPORTED',
      'The data is Int8Array, which only A and B of a product may be, with the dtype int8; their C is int32.',
    )
  }
  const found = data instanceof Object ? data.constructor.name : typeof data
  throw new GemmeshError(
    'GEMMESH_DTYPE_UNSUPPORTED',
    `The data is ${found}; gemmesh multiplies ${dtypes.join(', ')}: pass a Float32Array, Float64Array or Int32Array.`,
  )
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
