/** Which entries of a tile are compared, where no vectors can check it: secret rows of it, each with secret columns. */
import type { Rectangle } from '../geometry.ts'
import { blockWords, ChaCha } from './chacha.ts'
import { purposes } from './vectors.ts'

/** Rows, and columns, of a tile that are drawn: up to 64 entries. */
const drawn = 8

export interface Samples {
  /** From 0, of the tile; ascending. */
  readonly rows: readonly number[]
  /** Likewise; tiles that have the same columns of C share them. */
  readonly columns: readonly number[]
}

export function samplesOf(seed: Uint8Array, unit: number, tile: Rectangle): Samples {
  return {
    rows: draw(seed, unit, purposes.rows, tile.rows),
    columns: draw(seed, tile.column, purposes.columns, tile.columns),
  }
}

/** All of them where there are few; some may be drawn twice, and count once. */
function draw(seed: Uint8Array, of: number, purpose: number, length: number): number[] {
  if (length <= drawn) return Array.from({ length }, (_, index) => index)
  const words = new Uint32Array(blockWords)
  new ChaCha(seed).block(of % 2 ** 32, [Math.floor(of / 2 ** 32), 0, purpose], words)
  const found = new Set<number>()
  for (let index = 0; index < drawn; index++) {
    const fraction = ((words[2 * index] ?? 0) * 2 ** 21 + ((words[2 * index + 1] ?? 0) >>> 11)) / 2 ** 53
    found.add(Math.floor(fraction * length))
  }
  return [...found].sort((a, b) => a - b)
}
