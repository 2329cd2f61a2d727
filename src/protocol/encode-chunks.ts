/** The sender's side of bulk data: a block or tile as a stream of length-delimited Chunks. See wire.proto. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import protobuf from 'protobufjs/minimal.js'
import { GemmeshError } from '../errors.ts'
import { type Payload, payloadBytesOf } from './bulk.ts'
import { limits } from './limits.ts'
import { BulkHeader } from './messages.ts'
import { gemmesh } from './wire.generated.js'

const { Chunk } = gemmesh.wire
/** Tag of Chunk.data, field 15, and its wire type: length-delimited. */
const dataTag = (15 << 3) | 2

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
async function* groups(payload: Payload): AsyncGenerator<{ views: Uint8Array[]; bytes: number }> {
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

/**
 * The stream of a block or tile: small prefixes, and between them the very views of `payload`, nothing copied. The
 * pieces may have any size; together they are the row-major rectangle that the header announces, or the stream ends with
 * GEMMESH_TRANSFER_CORRUPT.
 */
export async function* encodeChunks(header: BulkHeader, payload: Payload): AsyncGenerator<Uint8Array> {
  const totalBytes = payloadBytesOf(header)
  const wrong = (found: string) =>
    new GemmeshError(
      'GEMMESH_TRANSFER_CORRUPT',
      `The payload has ${found} but ${header.rows}x${header.columns} of ${header.dtype} are ${totalBytes} bytes: it does not fit its header.`,
    )
  const digest = createHash('sha256')
  const wireHeader = BulkHeader.toWire(header, BulkHeader.name)
  const first = { header: wireHeader, crc32: crc32(BulkHeader.encode(header)) }
  yield prefixOf(totalBytes > 0 ? first : { ...first, sha256: digest.digest() }, 0)

  let offset = 0
  for await (const { views, bytes } of groups(payload)) {
    if (offset + bytes > totalBytes) throw wrong(`more than ${offset + bytes - 1} bytes`)
    let checksum = 0
    for (const view of views) {
      digest.update(view)
      checksum = crc32(view, checksum)
    }
    const fields = { offset, crc32: checksum }
    offset += bytes
    yield prefixOf(offset < totalBytes ? fields : { ...fields, sha256: digest.digest() }, bytes)
    yield* views
  }
  if (offset < totalBytes) throw wrong(`${offset} bytes`)
}
