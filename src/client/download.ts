/** A result's file, streamed to this machine: where the connection is cut, it goes on where it was. */
import { type FileHandle, open } from 'node:fs/promises'
import type { MasterHttp } from './http.ts'
import { Unreachable } from './unreachable.ts'

/** Parts in a row that bring nothing. */
const mostEmptyParts = 10

/** Writes what lies at `from`, which never changes, to the new file `path`. */
export async function download(http: MasterHttp, from: string, path: string): Promise<void> {
  await using file = await open(path, 'wx')
  let offset = 0
  for (let empty = 0; ; ) {
    const part = await http.patiently(() => http.part(from, offset))
    const before = offset
    offset = await append(file, part, part.offset)
    if (offset >= part.totalBytes) return
    empty = offset > before ? 0 : empty + 1
    if (empty > mostEmptyParts) throw new Unreachable(http.origin, 'the result is cut off again and again')
  }
}

/** As much as comes; the offset behind it. */
async function append(
  file: FileHandle,
  { body }: { body: AsyncIterable<Uint8Array> },
  start: number,
): Promise<number> {
  let offset = start
  try {
    for await (const chunk of body) {
      for (let written = 0; written < chunk.length; )
        written += (await file.write(chunk, written, chunk.length - written, offset + written)).bytesWritten
      offset += chunk.length
    }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
  }
  return offset
}
