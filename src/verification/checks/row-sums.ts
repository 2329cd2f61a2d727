/** The sums of a tile's rows with the vectors, of parts as they come. */

export interface RowSums {
  /** Adds `parts` to the sums of `rows` rows from `row` on: vector by vector, a number for each row. */
  add(row: number, rows: number, parts: Float64Array | Int32Array): void
}

/** Modulo 2^32. */
export class IntegerSums implements RowSums {
  readonly total: Int32Array
  readonly #tileRows: number

  constructor(tileRows: number, vectors: number) {
    this.total = new Int32Array(vectors * tileRows)
    this.#tileRows = tileRows
  }

  add(row: number, rows: number, parts: Float64Array | Int32Array): void {
    for (let index = 0; index < parts.length; index++) {
      const at = placeOf(index, row, rows, this.#tileRows)
      this.total[at] = (this.total[at] ?? 0) + (parts[index] ?? 0)
    }
  }
}

/**
 * A row may come in as many parts as it has elements, where the network cuts a stream so: what is lost by each addition is added
 * up as well (Neumaier 1974; Higham, section 4.3), so that their number does not count.
 */
export class RealSums implements RowSums {
  readonly #sums: Float64Array
  readonly #lost: Float64Array
  readonly #tileRows: number

  constructor(tileRows: number, vectors: number) {
    this.#sums = new Float64Array(vectors * tileRows)
    this.#lost = new Float64Array(vectors * tileRows)
    this.#tileRows = tileRows
  }

  get total(): Float64Array {
    return this.#sums.map((sum, index) => sum + (this.#lost[index] ?? 0))
  }

  add(row: number, rows: number, parts: Float64Array | Int32Array): void {
    for (let index = 0; index < parts.length; index++) {
      const at = placeOf(index, row, rows, this.#tileRows)
      const part = parts[index] ?? 0
      const before = this.#sums[at] ?? 0
      const sum = before + part
      this.#sums[at] = sum
      if (before === 0) continue
      const lost = Math.abs(before) >= Math.abs(part) ? before - sum + part : part - sum + before
      this.#lost[at] = (this.#lost[at] ?? 0) + lost
    }
  }
}

const placeOf = (index: number, row: number, rows: number, tileRows: number): number =>
  Math.floor(index / rows) * tileRows + row + (index % rows)
