/** The check of one tile: while it streams by, its products with the secret vectors are summed up. */
import { bytesPerElement } from '../../core/matrix.ts'
import { methodOf } from '../../core/verify/method.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import type { TileVerdict } from '../../core/verify/verdict.ts'
import { GemmeshError } from '../../errors.ts'
import type { CheckedTile, TileTest } from './checked-tile.ts'
import { SampledTile } from './sampled-tile.ts'
import { TileSums } from './tile-sums.ts'
import type { TileVectors } from './tile-vectors.ts'

export type { CheckedTile } from './checked-tile.ts'

export class TileCheck {
  readonly #test: TileTest
  readonly #tileBytes: number
  readonly #elementBytes: number
  /** Of an element whose other bytes are to come. */
  readonly #begun: Uint8Array
  #takenBytes = 0

  /** `vectors`: one for all tiles, of whatever job. */
  constructor(checked: CheckedTile, vectors: TileVectors) {
    const { tile, dtype, semiring } = checked
    this.#elementBytes = bytesPerElement[dtype]
    this.#begun = new Uint8Array(this.#elementBytes)
    this.#tileBytes = tile.rows * tile.columns * this.#elementBytes
    this.#test =
      methodOf(semiring, dtype) === 'sampled' ? new SampledTile(checked) : new TileSums(checked, vectors)
  }

  /** Bytes of the tile, row by row, in their order and without gaps; they are not kept. GEMMESH_INTERNAL for any others. */
  data(offsetBytes: number, bytes: Uint8Array): void {
    if (offsetBytes !== this.#takenBytes || offsetBytes + bytes.length > this.#tileBytes) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `${bytes.length} bytes at ${offsetBytes} of a tile were to be checked after ${this.#takenBytes} of ${this.#tileBytes}`,
      )
    }
    const begunBytes = offsetBytes % this.#elementBytes
    this.#takenBytes += bytes.length
    let rest = bytes
    if (begunBytes > 0) {
      const missing = Math.min(rest.length, this.#elementBytes - begunBytes)
      this.#begun.set(rest.subarray(0, missing), begunBytes)
      rest = rest.subarray(missing)
      if (begunBytes + missing < this.#elementBytes) return
      this.#test.add(this.#begun)
    }
    const whole = rest.length - (rest.length % this.#elementBytes)
    if (whole > 0) this.#test.add(rest.subarray(0, whole))
    this.#begun.set(rest.subarray(whole))
  }

  /** When all bytes were taken. GEMMESH_INTERNAL where they were not, or the reference is of another tile. */
  verdict(reference: UnitReference): TileVerdict {
    if (this.#takenBytes < this.#tileBytes) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `a tile was to be judged after ${this.#takenBytes} of ${this.#tileBytes} bytes`,
      )
    }
    return this.#test.verdict(reference)
  }
}
