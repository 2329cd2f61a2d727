/** The sender's side of bulk data: a block or tile as a stream of length-delimited Chunks. See wire.proto. */
import { crc32 } from 'node:zlib'
import protobuf from 'protobufjs/minimal.js'
import { GemmeshError } from '../errors.ts'
import { type Original, type Payload, payloadBytesOf } from './bulk.ts'
import { Checksum, checksumBytes } from './checksum.ts'
import { bytesOfHex } from './domain.ts'
import { limits } from './limits.ts'
import { BulkHeader } from './messages.ts'
import { gemmesh } from './wire.generated.js'

const { Chunk } = gemmesh.wire
/** Tag of Chunk.data, field 15, and its wire type: length-delimited. */
const dataTag = (15 << 3) | 2

/** A body whose length is known before its bytes are. */
export interface ByteStream {
  readonly bytes: number
  /**
   * Views to be written together. The next group is asked for when the bytes of the last one have been sent, so that the
   * memory behind a view is free again as soon as the iteration goes on, or ends.
   */
  readonly groups: AsyncIterable<readonly Uint8Array[]>
}

/** All of a chunk but its data: its length, the other fields, and the tag and length of the data where there is any. */
function prefixOf(fields: gemmesh.wire.Chunk.$Properties, dataBytes: number): Uint8Array {
  const rest = Chunk.encode(fields)
  if (dataBytes > 0) rest.uint32(dataTag).uint32(dataBytes)
  const bytes = rest.finish()
  return protobuf.Writer.create()
    .uint32(bytes.length + dataBytes)
    .raw(bytes)
    .finish()
}

/** Cuts and gathers the pieces into groups of views of `limits.chunkPayloadBytes` together; the last may have less. */
async function* groupsOf(payload: Payload): AsyncGenerator<{ views: Uint8Array[]; bytes: number }> {
  let views: Uint8Array[] = []
  let bytes = 0
  for await (const piece of payload) {
    for (let at = 0; at < piece.length; ) {
      const view = piece.subarray(at, at + limits.chunkPayloadBytes - bytes)
      views.push(view)
      bytes += view.length
      at += view.length
      if (bytes < limits.chunkPayloadBytes) break
      yield { views, bytes }
      views = []
      bytes = 0
    }
  }
  if (bytes > 0) yield { views, bytes }
}

/** How long the stream is: prefixes differ in the digits of their numbers alone. */
function streamBytes(header: BulkHeader, totalBytes: number): number {
  const checksum = new Uint8Array(checksumBytes)
  let bytes = headerChunk(header, totalBytes).length
  for (let offset = 0; offset < totalBytes; offset += limits.chunkPayloadBytes) {
    const dataBytes = Math.min(limits.chunkPayloadBytes, totalBytes - offset)
    const last = offset + dataBytes === totalBytes
    const fields = { offset, checksum, ...(last && { digest: checksum }) }
    bytes += prefixOf(fields, dataBytes).length + dataBytes
  }
  return bytes
}

function headerChunk(header: BulkHeader, totalBytes: number): Uint8Array {
  const first = {
    header: BulkHeader.toWire(header, BulkHeader.name),
    crc32: crc32(BulkHeader.encode(header)),
  }
  return prefixOf(totalBytes > 0 ? first : { ...first, digest: new Checksum().finish() }, 0)
}

/**
 * The stream of a block or tile: small prefixes, and between them the very views of `payload`, nothing copied. The
 * pieces may have any size; together they are the row-major rectangle that the header announces, or the stream ends with
 * GEMMESH_TRANSFER_CORRUPT. The digest is that of `original` where the payload is passed on.
 */
export function encodeChunks(header: BulkHeader, payload: Payload, original?: Original): ByteStream {
  const totalBytes = payloadBytesOf(header)
  return { bytes: streamBytes(header, totalBytes), groups: chunks(header, totalBytes, payload, original) }
}

/** What the last chunk bears for a payload that has the digest `found`. */
function digestToSend(found: Uint8Array, original: Original | undefined): Uint8Array {
  if (original === undefined) return found
  const wanted = bytesOfHex(original.digest, checksumBytes, 'digest')
  if (Buffer.compare(found, wanted) !== 0) original.onDamaged()
  return wanted
}

async function* chunks(
  header: BulkHeader,
  totalBytes: number,
  payload: Payload,
  original: Original | undefined,
): AsyncGenerator<readonly Uint8Array[]> {
  const wrong = (found: string) =>
    new GemmeshError(
      'GEMMESH_TRANSFER_CORRUPT',
      `The payload has ${found} but ${header.rows}x${header.columns} of ${header.dtype} are ${totalBytes} bytes: it does not fit its header.`,
    )
  const digest = new Checksum()
  let first: readonly Uint8Array[] = [headerChunk(header, totalBytes)]
  let offset = 0
  for await (const { views, bytes } of groupsOf(payload)) {
    if (offset + bytes > totalBytes) throw wrong(`more than ${offset + bytes - 1} bytes`)
    const ofChunk = new Checksum()
    for (const view of views) ofChunk.update(view)
    const checksum = ofChunk.finish()
    digest.update(checksum)
    const fields = { offset, checksum }
    offset += bytes
    const isLast = offset === totalBytes
    const told = isLast ? { ...fields, digest: digestToSend(digest.finish(), original) } : fields
    yield [...first, prefixOf(told, bytes), ...views]
    first = []
  }
  if (offset < totalBytes) throw wrong(`${offset} bytes`)
  if (totalBytes === 0) yield first
}
