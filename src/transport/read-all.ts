/** All bytes of a stream that must not be long. */
import { GemmeshError } from '../errors.ts'
import type { ByteSource } from '../protocol/bulk.ts'

/** GEMMESH_MESSAGE_INVALID where `source` has more than `limitBytes`; the rest is not read then. */
export async function readAll(source: ByteSource, limitBytes: number, what: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let total = 0
  await source(bytes => {
    total += bytes.length
    if (total > limitBytes)
      throw new GemmeshError(
        'GEMMESH_MESSAGE_INVALID',
        `${what} has ${total} bytes or more, the limit is ${limitBytes}. Do both nodes run the same version?`,
      )
    pieces.push(Buffer.from(bytes))
  })
  return Buffer.concat(pieces, total)
}
