/**
 * The ChaCha20 block function (Bernstein 2008, RFC 8439): numbers that nobody can guess who does not know the seed, the
 * same on every machine, each block by itself.
 */
import { GemmeshError } from '../../errors.ts'

export const blockWords = 16
const rounds = 20

/** "expand 32-byte k" and, for keys that are half as long and stand twice, "expand 16-byte k". */
const constants: Readonly<Record<number, readonly number[]>> = {
  32: [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574],
  16: [0x61707865, 0x3120646e, 0x79622d36, 0x6b206574],
}

export class ChaCha {
  readonly #input = new Uint32Array(blockWords)

  /** `seed`: 16 or 32 bytes. GEMMESH_INTERNAL for any other number of them. */
  constructor(seed: Uint8Array) {
    const first = constants[seed.length]
    if (first === undefined)
      throw new GemmeshError('GEMMESH_INTERNAL', `a seed has 16 or 32 bytes, not ${seed.length}`)
    const view = new DataView(seed.buffer, seed.byteOffset, seed.length)
    this.#input.set(first)
    for (let word = 0; word < 8; word++)
      this.#input[4 + word] = view.getUint32((4 * word) % seed.length, true)
  }

  /** Block `counter` of the stream that the three words of `nonce` name, as 16 words. */
  block(counter: number, nonce: readonly [number, number, number], target: Uint32Array): void {
    const input = this.#input
    input[12] = counter
    input.set(nonce, 13)
    target.set(input)
    for (let round = 0; round < rounds; round += 2) {
      for (let i = 0; i < 4; i++) quarter(target, i, 4 + i, 8 + i, 12 + i)
      for (let i = 0; i < 4; i++) quarter(target, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4))
    }
    for (let i = 0; i < blockWords; i++) target[i] = at(target, i) + at(input, i)
  }
}

/** Every index is one of the sixteen. */
const at = (words: Uint32Array, index: number): number => words[index] ?? 0

function quarter(x: Uint32Array, a: number, b: number, c: number, d: number): void {
  let [xa, xb, xc, xd] = [at(x, a) | 0, at(x, b) | 0, at(x, c) | 0, at(x, d) | 0]
  xa = (xa + xb) | 0
  xd = rotated(xd ^ xa, 16)
  xc = (xc + xd) | 0
  xb = rotated(xb ^ xc, 12)
  xa = (xa + xb) | 0
  xd = rotated(xd ^ xa, 8)
  xc = (xc + xd) | 0
  xb = rotated(xb ^ xc, 7)
  x[a] = xa
  x[b] = xb
  x[c] = xc
  x[d] = xd
}

const rotated = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))
