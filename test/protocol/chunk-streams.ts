/** Streams of chunks for tests: captured, decoded, cut. */
import { createCipheriv } from 'node:crypto'
import type { ByteSource, Original, Received } from '../../src/protocol/bulk.ts'
import { decodeChunks } from '../../src/protocol/decode-chunks.ts'
import { encodeChunks } from '../../src/protocol/encode-chunks.ts'
import type { BulkHeader } from '../../src/protocol/messages.ts'

export const MiB = 1024 * 1024

/** Bytes that differ from their neighbours and from those a chunk away. */
export function pattern(length: number, buffer: ArrayBufferLike = new ArrayBuffer(length)): Uint8Array {
  const bytes = new Uint8Array(buffer, 0, length)
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16)) & 255
  return bytes
}

export async function captured(
  header: BulkHeader,
  pieces: Iterable<Uint8Array>,
  original?: Original,
): Promise<Uint8Array> {
  const out: Uint8Array[] = []
  const { bytes, groups } = encodeChunks(header, pieces, original)
  for await (const views of groups) out.push(...views)
  const stream = Buffer.concat(out)
  if (stream.length !== bytes) throw new Error(`${stream.length} bytes, ${bytes} were announced`)
  return stream
}

/** The checksum of a payload as a stranger would compute it from docs/PROTOCOL.md. */
export function gmac(bytes: Uint8Array): string {
  const gcm = createCipheriv('aes-128-gcm', 'gemmesh checksum', Buffer.alloc(12)).setAAD(bytes)
  gcm.final()
  return gcm.getAuthTag().toString('hex')
}

/** The digest of a payload, likewise. */
export function digestOf(payload: Uint8Array): string {
  const tags: string[] = []
  for (let at = 0; at < payload.length; at += MiB) tags.push(gmac(payload.subarray(at, at + MiB)))
  return gmac(Buffer.from(tags.join(''), 'hex'))
}

/** A stream that is given in pieces. */
export const sourceOf =
  (pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): ByteSource =>
  async take => {
    for await (const piece of pieces) await take(piece)
  }

/** Decodes the pieces into `target`; checks that the sink is called in order, with a header before any data. */
export async function decoded(
  pieces: Iterable<Uint8Array>,
  target: Uint8Array,
): Promise<Received & { pieces: number; begun: number }> {
  let next = 0
  let begun = 0
  let count = 0
  const received = await decodeChunks(sourceOf(pieces), {
    begin() {
      if (next > 0) throw new Error('data came before the header')
      begun++
    },
    data(offset, bytes) {
      if (begun !== 1 || offset !== next) throw new Error(`data at ${offset}, expected ${next}`)
      target.set(bytes, offset)
      next += bytes.length
      count++
    },
  })
  return { ...received, pieces: count, begun }
}

/** Cuts bytes at the given places, taken modulo the length. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length))
}
