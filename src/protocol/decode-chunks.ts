/** The receiver's side of bulk data: parses a stream of Chunks as it arrives, in constant memory. See wire.proto. */
import { crc32 } from 'node:zlib'
import { GemmeshError } from '../errors.ts'
import { type BulkSink, type ByteSource, payloadBytesOf, type Received } from './bulk.ts'
import { Checksum, checksumBytes } from './checksum.ts'
import { type ChunkPrefix, findPrefix } from './chunk-prefix.ts'
import { hexOfBytes } from './domain.ts'
import { limits } from './limits.ts'
import { BulkHeader } from './messages.ts'
import { gemmesh } from './wire.generated.js'

function corrupt(reason: string, cause?: unknown): GemmeshError {
  const message = `A block or tile arrived damaged: ${reason}. It has to be sent again.`
  return new GemmeshError('GEMMESH_TRANSFER_CORRUPT', message, cause === undefined ? {} : { cause })
}

/** What `read` returns; anything it throws is damage. */
function reading<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw corrupt(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

/**
 * Parses one stream given in pieces of any size, and hands payload on without gathering it. Every byte is covered: the
 * header by a CRC-32 before the sink sees it, each chunk's data by a checksum, the payload as a whole by that of all
 * checksums.
 */
export class ChunkParser {
  readonly #sink: BulkSink
  readonly #digest = new Checksum()
  readonly #prefix = new Uint8Array(limits.chunkPrefixBytes)
  #prefixBytes = 0
  #header: BulkHeader | undefined
  #totalBytes = 0
  #receivedBytes = 0
  /** Of the chunk at hand: data still to come, its checksum so far, and what that has to become. */
  #dataBytes = 0
  #checksum = new Checksum()
  #wantedChecksum: Uint8Array = new Uint8Array()
  #wantedDigest: Uint8Array = new Uint8Array()
  #received: Received | undefined
  /** What the sink gave back last: the stream is held back until it settles. */
  #sinking: void | Promise<void> = undefined

  constructor(sink: BulkSink) {
    this.#sink = sink
  }

  /**
   * Takes what arrived; a promise, where there is one, holds the sender back: the bytes are in use until it settles.
   * Throws, or rejects with, GEMMESH_TRANSFER_CORRUPT at the first byte that cannot be right, or what the sink throws.
   */
  push(bytes: Uint8Array): void | Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#received) throw corrupt(`${bytes.length - at} bytes or more follow its end`)
      const rest = bytes.subarray(at)
      at += this.#dataBytes > 0 ? this.#takeData(rest) : this.#takePrefix(rest)
      const sinking = this.#sinking
      if (!sinking) continue
      this.#sinking = undefined
      return sinking.then(() => this.push(bytes.subarray(at)))
    }
  }

  /** What was received, once all of it is: else GEMMESH_TRANSFER_CORRUPT. */
  end(): Received {
    if (this.#received) return this.#received
    const of = this.#header ? ` of ${this.#totalBytes}` : ''
    throw corrupt(`the stream ended after ${this.#receivedBytes}${of} bytes of payload`)
  }

  #takeData(rest: Uint8Array): number {
    const piece = rest.subarray(0, this.#dataBytes)
    this.#checksum.update(piece)
    this.#sinking = this.#sink.data(this.#receivedBytes, piece)
    this.#receivedBytes += piece.length
    this.#dataBytes -= piece.length
    if (this.#dataBytes === 0) this.#endChunk()
    return piece.length
  }

  /** Gathers a prefix, a hundred bytes or so; returns how many of `rest` belong to it. */
  #takePrefix(rest: Uint8Array): number {
    const before = this.#prefixBytes
    const added = rest.subarray(0, this.#prefix.length - before)
    this.#prefix.set(added, before)
    const bytes = this.#prefix.subarray(0, before + added.length)
    const found = reading('it is no stream of chunks', () => findPrefix(bytes))
    if (!found) {
      if (bytes.length === this.#prefix.length)
        throw corrupt(`more than ${limits.chunkPrefixBytes} bytes stand before the data of a chunk`)
      this.#prefixBytes = bytes.length
      return added.length
    }
    this.#prefixBytes = 0
    this.#beginChunk(found)
    return found.prefixBytes - before
  }

  #beginChunk({ fields, header, dataBytes }: ChunkPrefix): void {
    const chunk = reading('a chunk cannot be read', () => gemmesh.wire.Chunk.decode(fields))
    if (chunk.offset !== this.#receivedBytes)
      throw corrupt(`a chunk is for offset ${chunk.offset}, expected ${this.#receivedBytes}`)
    if (this.#header) this.#checkDataChunk(header, dataBytes, chunk.checksum)
    else this.#takeHeader(header, dataBytes, chunk.crc32)

    const last = this.#receivedBytes + dataBytes === this.#totalBytes
    if (chunk.digest.length !== (last ? checksumBytes : 0))
      throw corrupt(
        `a digest of ${chunk.digest.length} bytes stands in ${last ? 'the last' : 'an earlier'} chunk`,
      )
    this.#wantedDigest = chunk.digest
    this.#wantedChecksum = chunk.checksum
    this.#dataBytes = dataBytes
    if (this.#totalBytes === 0) this.#complete()
  }

  #takeHeader(bytes: Uint8Array | undefined, dataBytes: number, wantedChecksum: number): void {
    if (!bytes || dataBytes > 0) throw corrupt('its first chunk is not a header alone')
    if (crc32(bytes) !== wantedChecksum) throw corrupt('the checksum of its header differs')
    const header = reading('its header cannot be read', () => BulkHeader.decode(bytes))
    const totalBytes = payloadBytesOf(header)
    if (!Number.isSafeInteger(totalBytes)) throw corrupt(`its header announces ${totalBytes} bytes`)
    this.#header = header
    this.#totalBytes = totalBytes
    this.#sinking = this.#sink.begin(header)
  }

  /** Chunks are full but for the last one, so that the same payload always has the same digest. */
  #checkDataChunk(header: Uint8Array | undefined, dataBytes: number, checksum: Uint8Array): void {
    if (header) throw corrupt('a second header follows the first')
    const expected = Math.min(limits.chunkPayloadBytes, this.#totalBytes - this.#receivedBytes)
    if (dataBytes !== expected)
      throw corrupt(
        `a chunk has ${dataBytes} bytes of data, expected ${expected} at ${this.#receivedBytes} of ${this.#totalBytes}`,
      )
    if (checksum.length !== checksumBytes) throw corrupt(`a chunk has a checksum of ${checksum.length} bytes`)
  }

  #endChunk(): void {
    const checksum = this.#checksum.finish()
    if (Buffer.compare(checksum, this.#wantedChecksum) !== 0)
      throw corrupt(`the checksum of the chunk that ends at byte ${this.#receivedBytes} differs`)
    this.#digest.update(checksum)
    if (this.#receivedBytes === this.#totalBytes) this.#complete()
    else this.#checksum = new Checksum()
  }

  #complete(): void {
    const digest = this.#digest.finish()
    if (Buffer.compare(digest, this.#wantedDigest) !== 0)
      throw corrupt(`its digest is ${hexOfBytes(digest)}, the sender's was ${hexOfBytes(this.#wantedDigest)}`)
    if (this.#header)
      this.#received = {
        header: this.#header,
        payloadBytes: this.#receivedBytes,
        digest: hexOfBytes(digest),
      }
  }
}

/**
 * Parses a whole stream into the sink, as fast as the sink takes it. Resolves when everything arrived undamaged; rejects
 * with GEMMESH_TRANSFER_CORRUPT, or with what the source or the sink throws.
 */
export async function decodeChunks(source: ByteSource, sink: BulkSink): Promise<Received> {
  const parser = new ChunkParser(sink)
  await source(bytes => parser.push(bytes))
  return parser.end()
}
