/** All bytes of a stream that must not be long. */
import { GemmeshError } from '../errors.ts'

/** GEMMESH_MESSAGE_INVALID where `source` has more than `limitBytes`; the rest is not read then. */
export async function readAll(
  source: AsyncIterable<Uint8Array>,
  limitBytes: number,
  what: string,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of source) {
    bytes += piece.length
    if (bytes > limitBytes)
      throw new GemmeshError(
        'GEMMESH_MESSAGE_INVALID',
        `${what} has ${bytes} bytes or more, the limit is ${limitBytes}. Do both nodes run the same version?`,
      )
    pieces.push(piece)
  }
  return Buffer.concat(pieces, bytes)
}
