/** Products of matrices with a few vectors, as verification asks for them, over a memory of their own. */
import type { Dtype } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'

/** What a call of the checker reads and adds to: byte offsets, lengths and strides in elements. */
export interface CheckTask {
  readonly dtype: Dtype
  readonly rows: number
  readonly columns: number
  /** The matrix: rows `stride` elements apart, each contiguous. */
  readonly matrix: number
  readonly stride: number
  /** The vectors, `xStride` elements apart: float64, or int32 for int32. */
  readonly x: number
  readonly xStride: number
  /** The sums, one after the other likewise, `yStride` apart. Added to. */
  readonly y: number
  readonly yStride: number
  /**
   * What the fourth sums are, of floats: nothing, the sums of the squares of the elements, or those of their
   * magnitudes times the fourth vector.
   */
  readonly fourth: 'none' | 'squares' | 'weights'
}

/** Vectors of a call: floats have three and perhaps a fourth, int32 has eight. */
const integerVectors = 8
const floatVectors = 3

export class Checker {
  readonly memory: SharedArrayBuffer

  /** With a memory of at least `bytes` bytes. */
  constructor(bytes: number) {
    this.memory = new SharedArrayBuffer(Math.ceil(bytes / 65_536) * 65_536)
  }

  bytesAt(offset: number, bytes: number): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.memory, offset, bytes)
  }

  realsAt(offset: number, length: number): Float64Array<SharedArrayBuffer> {
    return new Float64Array(this.memory, offset, length)
  }

  integersAt(offset: number, length: number): Int32Array<SharedArrayBuffer> {
    return new Int32Array(this.memory, offset, length)
  }

  /** For each row, vector by vector: y[row] += the sum over the columns of matrix[row][column] * x[column]. */
  byRows(task: CheckTask): void {
    this.#run(task, (row, column) => ({ from: column, to: row }))
  }

  /** For each column, vector by vector: y[column] += the sum over the rows of matrix[row][column] * x[row]. */
  byColumns(task: CheckTask): void {
    this.#run(task, (row, column) => ({ from: row, to: column }))
  }

  #run(task: CheckTask, place: (row: number, column: number) => { from: number; to: number }): void {
    const { dtype, rows, columns, matrix, stride, xStride, yStride, fourth } = task
    const source =
      dtype === 'float64'
        ? new Float64Array(this.memory, matrix)
        : dtype === 'float32'
          ? new Float32Array(this.memory, matrix)
          : new Int32Array(this.memory, matrix)
    const exact = dtype === 'int32'
    const x = exact ? new Int32Array(this.memory, task.x) : new Float64Array(this.memory, task.x)
    const y = exact ? new Int32Array(this.memory, task.y) : new Float64Array(this.memory, task.y)
    const value = (array: typeof source, index: number): number => {
      const found = array[index]
      if (found === undefined) throw new GemmeshError('GEMMESH_INTERNAL', 'the checker left its memory')
      return found
    }
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const element = value(source, row * stride + column)
        const { from, to } = place(row, column)
        for (let vector = 0; vector < (exact ? integerVectors : floatVectors); vector++) {
          const at = vector * yStride + to
          const factor = value(x, vector * xStride + from)
          y[at] = exact ? value(y, at) + Math.imul(element, factor) : value(y, at) + element * factor
        }
        const at = floatVectors * yStride + to
        if (fourth === 'squares') y[at] = value(y, at) + element * element
        if (fourth === 'weights')
          y[at] = value(y, at) + Math.abs(element) * value(x, floatVectors * xStride + from)
      }
    }
  }
}
