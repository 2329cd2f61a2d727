import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { GemmeshError } from '../errors.ts'
import { writeFault } from '../formats/file-errors.ts'
import {
  checkFileBytes,
  headerWindowBytes,
  type NpyHeader,
  parseNpyHeader,
  parseNpyStart,
  shapeText,
} from '../formats/npy.ts'

const name = 'the uploaded file'

/**
 * Writes the .npy file that `stream` brings to a new file at `path`, and waits until it is on the disk. The header is
 * checked as soon as it is there, the length when it is passed or at the end. `id` is the SHA-256 of the file, hex.
 */
export async function receiveNpy(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  limitBytes: number,
): Promise<{ id: string; header: NpyHeader; bytes: number }> {
  const faulty = (error: unknown): never => {
    throw writeFault(error, path)
  }
  const file = await open(path, 'wx', 0o600).catch(faulty)
  try {
    const hash = createHash('sha256')
    const start = new Uint8Array(headerWindowBytes)
    let header: NpyHeader | undefined
    let bytes = 0
    for await (const chunk of stream) {
      const end = bytes + chunk.length
      if (header === undefined) {
        start.set(chunk.subarray(0, Math.max(0, start.length - bytes)), Math.min(bytes, start.length))
        header = parseNpyStart(start.subarray(0, end), name)
        if (header !== undefined) checkAnnounced(header, limitBytes)
      }
      if (header !== undefined && end > header.dataOffset + header.dataBytes)
        checkFileBytes(header, end, name)
      if (end > limitBytes) throw tooLarge(`has more than ${limitBytes} bytes`, limitBytes)
      const writing = writeAll(file, chunk, bytes)
      // While the pool writes the chunk, this thread digests it.
      hash.update(chunk)
      await writing.catch(faulty)
      bytes = end
    }
    header ??= parseNpyHeader(start.subarray(0, bytes), bytes, name)
    checkFileBytes(header, bytes, name)
    await file.sync().catch(faulty)
    return { id: hash.digest('hex'), header, bytes }
  } finally {
    await file.close()
  }
}

/** A file that says in its header that it will be too long is refused before it is sent. */
function checkAnnounced(header: NpyHeader, limitBytes: number): void {
  const bytes = header.dataOffset + header.dataBytes
  if (bytes > limitBytes)
    throw tooLarge(`has ${bytes} bytes (${shapeText(header.shape)} of ${header.dtype})`, limitBytes)
}

const tooLarge = (found: string, limitBytes: number): GemmeshError =>
  new GemmeshError(
    'GEMMESH_UPLOAD_TOO_LARGE',
    `${name} ${found}; the limit is ${limitBytes}. Raise the option "upload-limit" of the configuration, or multiply parts of the matrix.`,
  )

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
}
