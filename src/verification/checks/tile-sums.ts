/** A tile's products with the secret vectors, compared with the reference row by row. */
import { bytesPerElement } from '../../core/matrix.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { vectorCount } from '../../core/verify/vectors.ts'
import { judgeExact, judgeReal, type TileVerdict } from '../../core/verify/verdict.ts'
import type { CheckedTile, TileTest } from './checked-tile.ts'
import { float64s, int32s } from './reference-values.ts'
import { IntegerSums, RealSums } from './row-sums.ts'
import { Strip, type TileVectors } from './tile-vectors.ts'

export class TileSums implements TileTest {
  readonly #vectors: TileVectors
  readonly #strip: Strip
  readonly #rows: number
  readonly #sums: IntegerSums | RealSums
  #elements = 0

  constructor({ tile, dtype, seed }: CheckedTile, vectors: TileVectors) {
    this.#vectors = vectors
    this.#strip = new Strip(dtype, seed, tile)
    this.#rows = tile.rows
    this.#sums =
      dtype === 'int32'
        ? new IntegerSums(tile.rows, vectorCount.modular)
        : new RealSums(tile.rows, vectorCount.real)
  }

  add(bytes: Uint8Array): void {
    this.#vectors.add(this.#strip, this.#elements, bytes, this.#sums)
    this.#elements += bytes.length / bytesPerElement[this.#strip.dtype]
  }

  verdict({ values, bounds }: UnitReference): TileVerdict {
    const rows = this.#rows
    const { total } = this.#sums
    if (total instanceof Int32Array)
      return judgeExact(total, int32s(values, total.length), index => index % rows, rows)
    return judgeReal(total, float64s(values, total.length), float64s(bounds, rows))
  }
}
