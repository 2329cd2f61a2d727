import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFault } from '../formats/file-errors.ts'

const sliceBytes = 2 ** 20

/** SHA-256 of a file, hex; its length, and, where asked for, what it begins with. */
export async function digestFile(
  path: string,
  startBytes = 0,
): Promise<{ sha256: string; bytes: number; start: Uint8Array }> {
  const hash = createHash('sha256')
  const start = new Uint8Array(startBytes)
  let bytes = 0
  try {
    for await (const slice of createReadStream(path, { highWaterMark: sliceBytes })) {
      if (bytes < startBytes) start.set(slice.subarray(0, startBytes - bytes), bytes)
      hash.update(slice)
      bytes += slice.length
    }
  } catch (error) {
    throw readFault(error, path)
  }
  return { sha256: hash.digest('hex'), bytes, start: start.subarray(0, bytes) }
}
