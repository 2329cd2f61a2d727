/** The way of an int8 matrix to the threads: by copies of its parts, in which two adjacent steps of k are one int32 element. */
import type { Arena } from '../kernel/arena.ts'
import type { View } from '../kernel/task.ts'
import type { Part } from './lane.ts'

/** As `Place`. */
export interface Int8Place {
  readonly data: Int8Array
  readonly offset: number
  readonly rowStride: number
}

/**
 * Parts are in pairs along k: along the columns of the matrix as it is stored, or its rows. The last pair of an odd k is
 * filled up with zero. (A loop over elements, in TypeScript as an exception: 1 ns a pair, a tenth of the time of a product of
 * 1024x1024x1024 on one thread, and while the threads compute. The kernel packs elements of 4 or 8 bytes.)
 */
export class PairLane {
  copiedBytes = 0
  readonly #arena: Arena
  readonly #place: Int8Place
  readonly #alongColumns: boolean
  readonly #k: number

  /** `k`: the length along which pairs go, in elements. */
  constructor(arena: Arena, place: Int8Place, alongColumns: boolean, k: number) {
    this.#arena = arena
    this.#place = place
    this.#alongColumns = alongColumns
    this.#k = k
  }

  view(part: Part, at: number): View {
    return { offset: at, rowStride: part.columns, columnStride: 1 }
  }

  /** Widens `part` into the stage, row after row without gaps. */
  load({ row, column, rows, columns }: Part, at: number): void {
    const { data, offset, rowStride } = this.#place
    const staged = this.#arena.view('int32', at, rows * columns)
    const [down, across] = this.#alongColumns ? [1, 2] : [2, 1]
    const toSecond = this.#alongColumns ? 1 : rowStride
    const firstPair = this.#alongColumns ? column : row
    for (let i = 0, to = 0; i < rows; i++) {
      let from = offset + (row + i) * down * rowStride + column * across
      for (let j = 0; j < columns; j++, from += across) {
        const isWhole = 2 * (firstPair + (this.#alongColumns ? j : i)) + 1 < this.#k
        const second = isWhole ? (data[from + toSecond] ?? 0) : 0
        staged[to++] = ((data[from] ?? 0) & 0xffff) | (second << 16)
      }
    }
    this.copiedBytes += staged.byteLength
  }
}
