/** A .npy file to the master: a small one in one request, a large one so that it goes on where a cut connection left it. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { StoredMatrix } from '../api/schemas.ts'
import { asGemmeshError, type ErrorCode, GemmeshError } from '../errors.ts'
import { readFault } from '../formats/file-errors.ts'
import type { MasterHttp } from './http.ts'

export interface UploadTerms {
  readonly onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined
  /** Smaller files are sent in one request. Default: 8 MiB, which take a moment. */
  readonly oneGoBytes?: number
  /** After the first cut; it doubles up to five seconds with each one that follows at the same byte. Default: 100. */
  readonly firstDelayMs?: number
}

const defaultOneGoBytes = 8 * 2 ** 20
const readBytes = 2 ** 20
/** Tries in a row that get no byte further: with the delays between them half a minute. */
const mostTries = 10
const longestDelayMs = 5000

const passing: ReadonlySet<ErrorCode> = new Set([
  'GEMMESH_MASTER_UNREACHABLE',
  'GEMMESH_TRANSFER_CORRUPT',
  'GEMMESH_UPLOAD_OFFSET',
  'GEMMESH_UPLOAD_UNKNOWN',
  'GEMMESH_BUSY',
])

/** GEMMESH_FILE_UNREADABLE, what the master says of the file, or why it could not be sent after many tries. */
export async function uploadNpy(
  http: MasterHttp,
  path: string,
  { onProgress = () => {}, oneGoBytes = defaultOneGoBytes, firstDelayMs = 100 }: UploadTerms = {},
): Promise<StoredMatrix> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw readFault(error, path)
  })
  const from = (offset: number) => partOf(path, offset, sentBytes => onProgress(sentBytes, size))
  if (size <= oneGoBytes) return http.patiently(() => http.put<StoredMatrix>('/v1/matrices', from(0), size))

  let place: string | undefined
  let offset = 0
  let cuts = 0
  for (let tries = 0; ; tries++) {
    try {
      if (place === undefined) {
        place = await http.patiently(() => http.beginUpload())
        offset = 0
      } else if (cuts > 0) {
        const begun = place
        const reached = await http.patiently(() => http.uploadOffset(begun))
        if (reached > offset) tries = 0
        offset = reached
      }
      const stored = await http.sendPart<StoredMatrix>(place, offset, from(offset), size - offset)
      // What came in several parts is checked as a whole.
      if (cuts > 0) await check(path, stored)
      return stored
    } catch (thrown) {
      const error = asGemmeshError(thrown)
      if (!passing.has(error.code) || tries >= mostTries) throw error
      if (error.code === 'GEMMESH_UPLOAD_UNKNOWN') place = undefined
      cuts++
      await delay(Math.min(firstDelayMs * 2 ** tries, longestDelayMs))
    }
  }
}

/** The file's bytes from `offset`; `onProgress` hears how far it is. */
function partOf(path: string, offset: number, onProgress: (sentBytes: number) => void): Readable {
  async function* chunks() {
    let sentBytes = offset
    try {
      for await (const chunk of createReadStream(path, { start: offset, highWaterMark: readBytes })) {
        yield chunk
        sentBytes += chunk.length
        onProgress(sentBytes)
      }
    } catch (error) {
      throw readFault(error, path)
    }
  }
  return Readable.from(chunks(), { objectMode: false })
}

async function check(path: string, stored: StoredMatrix): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: readBytes })) hash.update(chunk)
  if (hash.digest('hex') !== stored.id)
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `${path} is another file at the master than here: it was changed while it was sent, or its upload went on at the wrong place. Send it again.`,
    )
}
