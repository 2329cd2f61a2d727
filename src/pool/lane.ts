/** The way of one matrix of a product to the threads: used where it is in the arena, or by copies of its parts. */
import type { Dtype, Elements } from '../core/matrix.ts'
import type { Arena } from '../kernel/arena.ts'
import type { View } from '../kernel/task.ts'

/** Element (i, j) is data[offset + i * rowStride + j]: rows adjacent, or further apart. */
export interface Place {
  readonly data: Elements
  /** In elements. */
  readonly offset: number
  /** In elements, at least the columns. */
  readonly rowStride: number
}

/** A rectangle of a matrix, in elements. */
export interface Part {
  readonly row: number
  readonly column: number
  readonly rows: number
  readonly columns: number
}

/** Whether threads can read and write the matrix where it is. */
export const isInside = (arena: Arena, { data }: Place): boolean => data.buffer === arena.buffer

export class Lane {
  /** What was copied, both ways. */
  copiedBytes = 0
  readonly #arena: Arena
  readonly #dtype: Dtype
  readonly #place: Place
  readonly #isInside: boolean

  constructor(arena: Arena, dtype: Dtype, place: Place) {
    this.#arena = arena
    this.#dtype = dtype
    this.#place = place
    this.#isInside = isInside(arena, place)
  }

  /** Where threads find `part`: in place, or at the stage's offset `at`, to which `load` copies it. */
  view(part: Part, at: number): View {
    if (!this.#isInside) return { offset: at, rowStride: part.columns, columnStride: 1 }
    const { data, rowStride } = this.#place
    return {
      offset: data.byteOffset + this.#first(part) * data.BYTES_PER_ELEMENT,
      rowStride,
      columnStride: 1,
    }
  }

  /** Copies `part` to the stage, row after row without gaps. */
  load(part: Part, at: number): void {
    if (this.#isInside) return
    const { rows, columns } = part
    const { data, rowStride } = this.#place
    const first = this.#first(part)
    const staged = this.#staged(part, at)
    if (columns === rowStride || rows === 1) {
      staged.set(data.subarray(first, first + rows * columns))
      return
    }
    for (let row = 0; row < rows; row++) {
      const from = first + row * rowStride
      staged.set(data.subarray(from, from + columns), row * columns)
    }
  }

  /** Copies `part` from the stage to its place in the matrix. */
  store(part: Part, at: number): void {
    if (this.#isInside) return
    const { rows, columns } = part
    const { data, rowStride } = this.#place
    const first = this.#first(part)
    const staged = this.#staged(part, at)
    if (columns === rowStride || rows === 1) {
      data.set(staged, first)
      return
    }
    for (let row = 0; row < rows; row++) {
      data.set(staged.subarray(row * columns, (row + 1) * columns), first + row * rowStride)
    }
  }

  #first({ row, column }: Part): number {
    return this.#place.offset + row * this.#place.rowStride + column
  }

  #staged({ rows, columns }: Part, at: number): Elements {
    const staged = this.#arena.view(this.#dtype, at, rows * columns)
    this.copiedBytes += staged.byteLength
    return staged
  }
}
