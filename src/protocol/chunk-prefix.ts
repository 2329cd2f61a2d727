/** Finds where the data of a length-delimited Chunk begins, in bytes that may not all be there yet. */
export interface ChunkPrefix {
  /** Bytes up to the data, the chunk's own length included. */
  readonly prefixBytes: number
  readonly dataBytes: number
  /** The fields before the data, as Chunk.decode reads them. */
  readonly fields: Uint8Array
  /** The header's own bytes; absent where the chunk has none. */
  readonly header: Uint8Array | undefined
}

const wireTypes = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const
const headerField = 1
const dataField = 15

/** Why a stream is not one of chunks; the parser makes it a coded error. */
class NotAChunk extends Error {}

/** An unsigned varint of at most 2^32 - 1 at `at`; undefined where its last byte is not there yet. */
function varint(bytes: Uint8Array, at: number): { value: number; end: number } | undefined {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return undefined
    value += (byte & 127) * 2 ** (7 * i)
    if (byte >= 128) continue
    if (value >= 2 ** 32) break
    return { value, end: at + i + 1 }
  }
  throw new NotAChunk('a length or tag is longer than 32 bits')
}

/** Where the field ends whose content begins at `at`; undefined where that is not known yet. */
function fieldEnd(bytes: Uint8Array, at: number, wireType: number): number | undefined {
  switch (wireType) {
    case wireTypes.varint: {
      const last = bytes.subarray(at, at + 10).findIndex(byte => byte < 128)
      if (last >= 0) return at + last + 1
      if (bytes.length >= at + 10) throw new NotAChunk('a number has more than 10 bytes')
      return undefined
    }
    case wireTypes.fixed64:
      return at + 8
    case wireTypes.fixed32:
      return at + 4
    case wireTypes.lengthDelimited: {
      const length = varint(bytes, at)
      return length && length.end + length.value
    }
    default:
      throw new NotAChunk(`a field has the wire type ${wireType}`)
  }
}

/** The prefix of the chunk that starts with `bytes`; undefined where more bytes are needed to know. */
export function findPrefix(bytes: Uint8Array): ChunkPrefix | undefined {
  const length = varint(bytes, 0)
  if (!length) return undefined
  const start = length.end
  const chunkEnd = start + length.value
  let header: Uint8Array | undefined
  let at = start
  while (at < chunkEnd) {
    const tag = varint(bytes, at)
    if (!tag) return undefined
    const [field, wireType] = [tag.value >>> 3, tag.value & 7]
    if (field === dataField && wireType === wireTypes.lengthDelimited) {
      const data = varint(bytes, tag.end)
      if (!data) return undefined
      if (data.end + data.value !== chunkEnd) throw new NotAChunk('data is not the last field of its chunk')
      return { prefixBytes: data.end, dataBytes: data.value, fields: bytes.subarray(start, at), header }
    }
    const end = fieldEnd(bytes, tag.end, wireType)
    if (end === undefined) return undefined
    if (end > chunkEnd) throw new NotAChunk('a field is longer than its chunk')
    if (end > bytes.length) return undefined
    if (field === headerField && wireType === wireTypes.lengthDelimited) {
      const content = varint(bytes, tag.end)
      header = bytes.subarray(content?.end, end)
    }
    at = end
  }
  return { prefixBytes: at, dataBytes: 0, fields: bytes.subarray(start, at), header }
}
