/** The receiver's side of bulk data: parses a stream of Chunks as it arrives, in constant memory. See wire.proto. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { GemmeshError } from '../errors.ts'
import { type BulkSink, payloadBytesOf, type Received } from './bulk.ts'
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
 * header by a CRC-32 before the sink sees it, each chunk's data by another, the payload as a whole by SHA-256.
 */
export class ChunkParser {
  readonly #sink: BulkSink
  readonly #digest = createHash('sha256')
  readonly #prefix = new Uint8Array(limits.chunkPrefixBytes)
  #prefixBytes = 0
  #header: BulkHeader | undefined
  #totalBytes = 0
  #receivedBytes = 0
  /** Of the chunk at hand: data still to come, its checksum so far, and what that has to become. */
  #dataBytes = 0
  #checksum = 0
  #wantedChecksum = 0
  #wantedDigest = ''
  #received: Received | undefined

  constructor(sink: BulkSink) {
    this.#sink = sink
  }

  /** Rejects with GEMMESH_TRANSFER_CORRUPT at the first byte that cannot be right, or with what the sink throws. */
  async push(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#received) throw corrupt(`${bytes.length - at} bytes or more follow its end`)
      const rest = bytes.subarray(at)
      at += this.#dataBytes > 0 ? await this.#takeData(rest) : await this.#takePrefix(rest)
    }
  }

  /** What was received, once all of it is: else GEMMESH_TRANSFER_CORRUPT. */
  end(): Received {
    if (this.#received) return this.#received
    const of = this.#header ? ` of ${this.#totalBytes}` : ''
    throw corrupt(`the stream ended after ${this.#receivedBytes}${of} bytes of payload`)
  }

  async #takeData(rest: Uint8Array): Promise<number> {
    const piece = rest.subarray(0, this.#dataBytes)
    this.#checksum = crc32(piece, this.#checksum)
    this.#digest.update(piece)
    await this.#sink.data(this.#receivedBytes, piece)
    this.#receivedBytes += piece.length
    this.#dataBytes -= piece.length
    if (this.#dataBytes === 0) this.#endChunk()
    return piece.length
  }

  /** Gathers a prefix, a hundred bytes or so; returns how many of `rest` belong to it. */
  async #takePrefix(rest: Uint8Array): Promise<number> {
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
    await this.#beginChunk(found)
    return found.prefixBytes - before
  }

  async #beginChunk({ fields, header, dataBytes }: ChunkPrefix): Promise<void> {
    const chunk = reading('a chunk cannot be read', () => gemmesh.wire.Chunk.decode(fields))
    if (chunk.offset !== this.#receivedBytes)
      throw corrupt(`a chunk is for offset ${chunk.offset}, expected ${this.#receivedBytes}`)
    if (this.#header) this.#checkDataChunk(header, dataBytes)
    else await this.#takeHeader(header, dataBytes, chunk.crc32)

    const last = this.#receivedBytes + dataBytes === this.#totalBytes
    if (chunk.sha256.length !== (last ? 32 : 0))
      throw corrupt(
        `a digest of ${chunk.sha256.length} bytes stands in ${last ? 'the last' : 'an earlier'} chunk`,
      )
    this.#wantedDigest = hexOfBytes(chunk.sha256)
    this.#wantedChecksum = chunk.crc32
    this.#dataBytes = dataBytes
    this.#checksum = 0
    if (this.#totalBytes === 0) this.#complete()
  }

  async #takeHeader(bytes: Uint8Array | undefined, dataBytes: number, wantedChecksum: number): Promise<void> {
    if (!bytes || dataBytes > 0) throw corrupt('its first chunk is not a header alone')
    if (crc32(bytes) !== wantedChecksum) throw corrupt('the checksum of its header differs')
    const header = reading('its header cannot be read', () => BulkHeader.decode(bytes))
    const totalBytes = payloadBytesOf(header)
    if (!Number.isSafeInteger(totalBytes)) throw corrupt(`its header announces ${totalBytes} bytes`)
    this.#header = header
    this.#totalBytes = totalBytes
    await this.#sink.begin(header)
  }

  #checkDataChunk(header: Uint8Array | undefined, dataBytes: number): void {
    if (header) throw corrupt('a second header follows the first')
    if (dataBytes === 0 || dataBytes > limits.chunkPayloadBytes)
      throw corrupt(`a chunk has ${dataBytes} bytes of data, expected 1 to ${limits.chunkPayloadBytes}`)
    const bytes = this.#receivedBytes + dataBytes
    if (bytes > this.#totalBytes)
      throw corrupt(`${bytes} bytes of payload or more, its header announces ${this.#totalBytes}`)
  }

  #endChunk(): void {
    if (this.#checksum !== this.#wantedChecksum)
      throw corrupt(`the checksum of the chunk that ends at byte ${this.#receivedBytes} differs`)
    if (this.#receivedBytes === this.#totalBytes) this.#complete()
  }

  #complete(): void {
    const sha256 = this.#digest.digest('hex')
    if (sha256 !== this.#wantedDigest)
      throw corrupt(`its SHA-256 is ${sha256}, the sender's was ${this.#wantedDigest}`)
    if (this.#header) this.#received = { header: this.#header, payloadBytes: this.#receivedBytes, sha256 }
  }
}

/**
 * Parses a whole stream into the sink, pulling from `source` only as fast as the sink takes. Resolves when everything
 * arrived undamaged; rejects with GEMMESH_TRANSFER_CORRUPT, or with what the source or the sink throws.
 */
export async function decodeChunks(source: AsyncIterable<Uint8Array>, sink: BulkSink): Promise<Received> {
  const parser = new ChunkParser(sink)
  for await (const bytes of source) await parser.push(bytes)
  return parser.end()
}
