/** What a matrix is: element types, shapes and the fixed grid of blocks that operands travel in. */
import { GemmeshError } from '../errors.ts'
import { columnEnd, intersect, type Rectangle, rowEnd } from './geometry.ts'

export const dtypes = ['float32', 'float64', 'int32'] as const
export type Dtype = (typeof dtypes)[number]

export const bytesPerElement: Readonly<Record<Dtype, number>> = { float32: 4, float64: 8, int32: 4 }

/** Half the distance from 1 to the next number: what one rounding can cost, relatively; 0 for integers. */
export const unitRoundoff: Readonly<Record<Dtype, number>> = {
  float32: 2 ** -24,
  float64: 2 ** -53,
  int32: 0,
}

interface ElementsOf {
  readonly float32: Float32Array
  readonly float64: Float64Array
  readonly int32: Int32Array
}

/** The elements of a matrix, of any dtype. */
export type Elements = ElementsOf[Dtype]

interface ElementsConstructor {
  new (length: number): Elements
  new (buffer: ArrayBufferLike, offsetBytes?: number, length?: number): Elements
  from(values: Iterable<number>): Elements
}

/** `new arrayOf[dtype](length)` */
export const arrayOf: Readonly<Record<Dtype, ElementsConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
}

/** [rows, columns] */
export type Shape = readonly [rows: number, columns: number]

export interface Matrix<D extends Dtype = Dtype> {
  readonly data: ElementsOf[D]
  readonly shape: Shape
  readonly dtype: D
}

export const transposed = ([rows, columns]: Shape): Shape => [columns, rows]

/** What users call the options that transpose A and B, where they say them. */
export interface TransposeNames {
  readonly transA: string
  readonly transB: string
}
const commandLine: TransposeNames = { transA: '--trans-a', transB: '--trans-b' }
export const inPrograms: TransposeNames = { transA: 'transA', transB: 'transB' }

/** The shape of op(A)*op(B), or GEMMESH_SHAPE_MISMATCH with both shapes and the option that would make them fit. */
export function productShape(
  a: Shape,
  b: Shape,
  transA: boolean,
  transB: boolean,
  names = commandLine,
): [m: number, n: number, k: number] {
  const [m, k] = transA ? transposed(a) : a
  const [kB, n] = transB ? transposed(b) : b
  if (k === kB) return [m, n, k]
  const remedies: string[] = []
  if (k === n) remedies.push(transB ? `leaving out ${names.transB}` : names.transB)
  if (m === kB) remedies.push(transA ? `leaving out ${names.transA}` : names.transA)
  const mean = remedies.length > 0 ? ` Did you mean ${remedies.join(' or ')}?` : ''
  const name = (letter: string, trans: boolean) => (trans ? `the transpose of ${letter}` : letter)
  throw new GemmeshError(
    'GEMMESH_SHAPE_MISMATCH',
    `${name('B', transB)} is ${kB}x${n} but ${name('A', transA)} is ${m}x${k}: the inner dimensions (${k}, ${kB}) differ.${mean}`,
  )
}

/** A block's place on the grid of its operand: rows and columns of blocks, from 0. */
export interface BlockIndex {
  readonly blockRow: number
  readonly blockColumn: number
}

/**
 * The fixed grid of an operand: blocks of `blockRows` x `blockColumns` elements, cut off at the far edges. It follows
 * from the stored shape alone, so that any two work units that need an element name the same block.
 */
export class BlockGrid {
  readonly shape: Shape
  readonly blockRows: number
  readonly blockColumns: number
  /** Blocks down, and blocks across. */
  readonly rowCount: number
  readonly columnCount: number

  constructor(shape: Shape, blockRows: number, blockColumns: number) {
    if (!shape.every(length => Number.isSafeInteger(length) && length >= 0)) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `an operand of ${shape.join('x')} elements has no block grid`,
      )
    }
    if (![blockRows, blockColumns].every(length => Number.isSafeInteger(length) && length > 0)) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `blocks of ${blockRows}x${blockColumns} elements make no grid: both have to be whole and at least 1`,
      )
    }
    this.shape = shape
    this.blockRows = blockRows
    this.blockColumns = blockColumns
    this.rowCount = Math.ceil(shape[0] / blockRows)
    this.columnCount = Math.ceil(shape[1] / blockColumns)
  }

  get count(): number {
    return this.rowCount * this.columnCount
  }

  /** The elements of one block; GEMMESH_INTERNAL where the grid has no such block. */
  rectangle({ blockRow, blockColumn }: BlockIndex): Rectangle {
    const within = (index: number, count: number) => Number.isInteger(index) && index >= 0 && index < count
    if (!within(blockRow, this.rowCount) || !within(blockColumn, this.columnCount)) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `there is no block (${blockRow}, ${blockColumn}) in a grid of ${this.rowCount}x${this.columnCount} blocks`,
      )
    }
    const row = blockRow * this.blockRows
    const column = blockColumn * this.blockColumns
    return {
      row,
      column,
      rows: Math.min(this.blockRows, this.shape[0] - row),
      columns: Math.min(this.blockColumns, this.shape[1] - column),
    }
  }

  /** The blocks that hold an element of `rectangle`, row by row; what stands out of the operand meets none. */
  meeting(rectangle: Rectangle): BlockIndex[] {
    const [rows, columns] = this.shape
    const inside = intersect(rectangle, { row: 0, column: 0, rows, columns })
    if (inside === undefined) return []
    const blocks: BlockIndex[] = []
    const lastRow = Math.floor((rowEnd(inside) - 1) / this.blockRows)
    const lastColumn = Math.floor((columnEnd(inside) - 1) / this.blockColumns)
    for (let blockRow = Math.floor(inside.row / this.blockRows); blockRow <= lastRow; blockRow++) {
      for (
        let blockColumn = Math.floor(inside.column / this.blockColumns);
        blockColumn <= lastColumn;
        blockColumn++
      ) {
        blocks.push({ blockRow, blockColumn })
      }
    }
    return blocks
  }
}
