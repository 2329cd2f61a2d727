/**
 * The checksum of bulk data: GMAC (NIST SP 800-38D), which is AES-128-GCM without a message, under a key that everybody
 * knows. It finds what goes wrong by itself, in 128 bits that depend on every bit and its place; it keeps out nobody who
 * means harm. Carry-less multiplication makes it as fast as reading memory: docs/adr/0007 has the figures.
 */
import { type CipherGCM, createCipheriv } from 'node:crypto'
import { hexOfBytes } from './domain.ts'
import { limits } from './limits.ts'

export const checksumBytes = 16

const key = Buffer.from('gemmesh checksum', 'ascii')
const nonce = Buffer.alloc(12)

export class Checksum {
  readonly #gcm: CipherGCM = createCipheriv('aes-128-gcm', key, nonce)

  update(bytes: Uint8Array): void {
    this.#gcm.setAAD(bytes)
  }

  /** Of all bytes given, however they were cut; nothing can be added afterwards. */
  finish(): Uint8Array {
    this.#gcm.final()
    return this.#gcm.getAuthTag()
  }
}

/** The digest of a payload that is all here, in hex, as the last chunk of its stream bears it. */
export function digestOf(payload: Uint8Array): string {
  const digest = new Checksum()
  for (let at = 0; at < payload.length; at += limits.chunkPayloadBytes) {
    const ofChunk = new Checksum()
    ofChunk.update(payload.subarray(at, at + limits.chunkPayloadBytes))
    digest.update(ofChunk.finish())
  }
  return hexOfBytes(digest.finish())
}
