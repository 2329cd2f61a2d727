/**
 * The secret vectors that tiles are multiplied with. Element j of each belongs to column j of C and follows from the seed and
 * j alone: master-assign and master-combine derive the same ones, whatever the tiles.
 */
import { blockWords, ChaCha } from './chacha.ts'

/** Of a seed: random, drawn for each job, never seen by a slave. */
export const seedBytes = 16

/** How many vectors there are. */
export const vectorCount = { real: 3, modular: 8 } as const

/** What streams of one seed are for: the last word of their nonce. */
export const purposes = { vectors: 0, columns: 1, rows: 2 } as const

/**
 * Three vectors, one after the other, of `columns` elements from column `first` on. The first has elements 1 and -1, the
 * others sums of three numbers that are uniform on a grid from -1 to 1: near to Gaussian, never 0. All have
 * mean 0 and variance 1 (the others a little less), and each is a sum of independent signs with weights whose squares add up
 * to that variance, which is what Hoeffding's inequality asks for.
 */
export function realVectors(seed: Uint8Array, first: number, columns: number): Float64Array<ArrayBuffer> {
  const vectors = new Float64Array(vectorCount.real * columns)
  eachColumn(seed, first, columns, (index, words) => {
    const [a, b, c] = [words[1] ?? 0, words[2] ?? 0, words[3] ?? 0]
    vectors[index] = (words[0] ?? 0) & 1 ? 1 : -1
    vectors[columns + index] = uniform(a) + uniform(a >>> 16) + uniform(b)
    vectors[2 * columns + index] = uniform(b >>> 16) + uniform(c) + uniform(c >>> 16)
  })
  return vectors
}

/** Eight vectors modulo 2^32, one after the other: the first of odd numbers, the others uniform. */
export function modularVectors(seed: Uint8Array, first: number, columns: number): Int32Array<ArrayBuffer> {
  const vectors = new Int32Array(vectorCount.modular * columns)
  eachColumn(seed, first, columns, (index, words) => {
    for (let vector = 0; vector < vectorCount.modular; vector++)
      vectors[vector * columns + index] = vector === 0 ? (words[vector] ?? 0) | 1 : (words[vector] ?? 0)
  })
  return vectors
}

/** An odd multiple of 2^-16 between -1 and 1, from 16 bits: 1/2 + 1/4 + ... + 2^-16, each with a sign of its own. */
const uniform = (bits: number): number => (2 * (bits & 0xffff) - 0xffff) / 0x1_0000

function eachColumn(
  seed: Uint8Array,
  first: number,
  columns: number,
  take: (index: number, words: Uint32Array) => void,
): void {
  const stream = new ChaCha(seed)
  const words = new Uint32Array(blockWords)
  for (let index = 0; index < columns; index++) {
    const column = first + index
    stream.block(column % 2 ** 32, [Math.floor(column / 2 ** 32), 0, purposes.vectors], words)
    take(index, words)
  }
}
