/** A tile's products with the secret vectors, compared with the reference row by row. */
import { bytesPerElement } from '../../core/matrix.ts'
import { methodOf } from '../../core/verify/method.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { vectorCount } from '../../core/verify/vectors.ts'
import { judgeExact, judgeReal, type TileVerdict } from '../../core/verify/verdict.ts'
import type { CheckedTile, TileTest } from './checked-tile.ts'
import { float64s, int32s } from './reference-values.ts'
import type { Strip, TileVectors } from './tile-vectors.ts'

export class TileSums implements TileTest {
  readonly #vectors: TileVectors
  readonly #strip: Strip
  readonly #rows: number
  readonly #sums: Float64Array | Int32Array
  #elements = 0

  constructor({ tile, dtype, semiring, seed }: CheckedTile, vectors: TileVectors) {
    this.#vectors = vectors
    this.#strip = { dtype, seed, column: tile.column, columns: tile.columns }
    this.#rows = tile.rows
    this.#sums =
      methodOf(semiring, dtype) === 'modular'
        ? new Int32Array(vectorCount.modular * tile.rows)
        : new Float64Array(vectorCount.real * tile.rows)
  }

  add(bytes: Uint8Array): void {
    this.#vectors.add(this.#strip, this.#elements, bytes, this.#sums)
    this.#elements += bytes.length / bytesPerElement[this.#strip.dtype]
  }

  verdict({ values, bounds }: UnitReference): TileVerdict {
    const rows = this.#rows
    if (this.#sums instanceof Int32Array)
      return judgeExact(this.#sums, int32s(values, this.#sums.length), index => index % rows, rows)
    return judgeReal(this.#sums, float64s(values, this.#sums.length), float64s(bounds, rows))
  }
}
