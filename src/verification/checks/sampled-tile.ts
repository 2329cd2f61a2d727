/** A tile whose secret entries are compared: no vectors check sums of other semirings. */
import { bytesPerElement, type Dtype } from '../../core/matrix.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { samplesOf } from '../../core/verify/samples.ts'
import { judgeExact, type TileVerdict } from '../../core/verify/verdict.ts'
import type { CheckedTile, TileTest } from './checked-tile.ts'
import { elementsOf } from './reference-values.ts'

export class SampledTile implements TileTest {
  readonly #dtype: Dtype
  /** Of the tile's elements, ascending, and the row of each. */
  readonly #indices: readonly number[]
  readonly #rows: readonly number[]
  readonly #found: Uint8Array
  #next = 0
  #elements = 0

  constructor({ unit, tile, dtype, seed }: CheckedTile) {
    const { rows, columns } = samplesOf(seed, unit, tile)
    this.#dtype = dtype
    this.#indices = rows.flatMap(row => columns.map(column => row * tile.columns + column))
    this.#rows = rows.flatMap(row => columns.map(() => row))
    this.#found = new Uint8Array(this.#indices.length * bytesPerElement[dtype])
  }

  add(bytes: Uint8Array): void {
    const size = bytesPerElement[this.#dtype]
    const end = this.#elements + bytes.length / size
    for (; this.#next < this.#indices.length; this.#next++) {
      const index = this.#indices[this.#next] ?? 0
      if (index >= end) break
      const at = (index - this.#elements) * size
      this.#found.set(bytes.subarray(at, at + size), this.#next * size)
    }
    this.#elements = end
  }

  verdict({ values }: UnitReference): TileVerdict {
    const { length } = this.#indices
    const found = elementsOf(this.#dtype, this.#found, length)
    return judgeExact(
      found,
      elementsOf(this.#dtype, values, length),
      index => this.#rows[index] ?? 0,
      new Set(this.#rows).size,
    )
  }
}
