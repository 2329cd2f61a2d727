/** Matrices that users bring to master-assign: received, counted, kept while jobs need them. */
import type { Readable } from 'node:stream'
import type { MatricesService, UploadHints } from '../../api/matrices-api.ts'
import type { StoredMatrix } from '../../api/schemas.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import { kindByMediaType } from '../../formats/matrix-kind.ts'
import type { Matrices } from '../../store/matrices.ts'
import type { UploadSpec } from '../../store/upload-spec.ts'
import type { Traffic } from '../../transport/traffic.ts'
import type { Shell } from '../shell.ts'

export class AssignMatricesService implements MatricesService {
  readonly #shell: Shell
  readonly #store: Matrices

  constructor(shell: Shell, store: Matrices) {
    this.#shell = shell
    this.#store = store
  }

  put(file: Readable, hints: UploadHints): Promise<StoredMatrix> {
    return this.#receive(file, bytes => this.#store.put(bytes, this.#limitBytes, specOf(hints)))
  }

  begin(hints: UploadHints): Promise<string> {
    return this.#store.beginUpload(specOf(hints))
  }

  offset(id: string): Promise<number> {
    return this.#store.uploadOffset(id)
  }

  append(id: string, offsetBytes: number, part: Readable): Promise<number> {
    return this.#receive(part, bytes =>
      this.#store.appendUpload(id, offsetBytes, { bytes, stop: () => part.destroy() }, this.#limitBytes),
    )
  }

  finish(id: string): Promise<StoredMatrix> {
    return this.#store.finishUpload(id, this.#limitBytes)
  }

  discard(id: string): Promise<void> {
    return this.#store.discardUpload(id)
  }

  get #limitBytes(): number {
    return this.#shell.cluster.options.uploadLimitBytes
  }

  /** Not destroyed when refused: the connection still has to carry the answer. */
  async #receive<T>(file: Readable, take: (bytes: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
    try {
      return await take(counted(file.iterator({ destroyOnReturn: false }), this.#shell.traffic))
    } catch (error) {
      if (error instanceof GemmeshError || !file.destroyed) throw error
      throw new GemmeshError(
        'GEMMESH_TRANSFER_CORRUPT',
        `The connection of an upload was cut: ${asGemmeshError(error).message}. Go on where it ended.`,
        { cause: error },
      )
    } finally {
      file.resume()
    }
  }
}

function specOf({ contentType, member, dtype }: UploadHints): UploadSpec {
  const kind = contentType === undefined ? undefined : kindByMediaType(contentType)
  return { ...(kind && { kind }), ...(member !== undefined && { member }), ...(dtype && { dtype }) }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, traffic: Traffic): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    traffic.countIn('upload', chunk.byteLength)
    yield chunk
  }
}
