/** A matrix file that is arriving: kept on the disk as far as it came, so that it goes on there after a cut. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { GemmeshError } from '../errors.ts'
import { readFault, writeFault } from '../formats/file-errors.ts'
import { kindOf, kindWindowBytes, type MatrixKind } from '../formats/matrix-kind.ts'
import {
  checkFileBytes,
  headerWindowBytes,
  type NpyHeader,
  parseNpyHeader,
  parseNpyStart,
  shapeText,
} from '../formats/npy.ts'
import { convertToNpy } from '../formats/npy-file.ts'
import { digestFile } from './digest-file.ts'
import type { UploadSpec } from './upload-spec.ts'

const uploadName = 'the uploaded file'

export interface ReceiveLimits {
  /** Of the file, and of the .npy file that is made of one of another kind. */
  readonly limitBytes: number
  /** Called once the length of the .npy file is known, before it is written as a whole. */
  readonly reserve: (bytes: number) => Promise<void>
}

export interface ReceivedMatrix {
  /** Of the .npy file. */
  readonly path: string
  /** SHA-256 of it, hex */
  readonly id: string
  readonly header: NpyHeader
  readonly bytes: number
}

export class Upload {
  readonly path: string
  readonly spec: UploadSpec
  #hash: Hash = createHash('sha256')
  #start = new Uint8Array(headerWindowBytes)
  #kind: MatrixKind | undefined
  #header: NpyHeader | undefined
  #bytes = 0
  /** What was noted is more than what is in the file. */
  #isAhead = false

  private constructor(path: string, spec: UploadSpec) {
    this.path = path
    this.spec = spec
  }

  /** A new file at `path`. */
  static async begin(path: string, spec: UploadSpec): Promise<Upload> {
    try {
      await (await open(path, 'wx', 0o600)).close()
    } catch (error) {
      throw writeFault(error, path)
    }
    return new Upload(path, spec)
  }

  /** Goes on with the file at `path`: what is there is read once, for its digest. */
  static async resume(path: string, spec: UploadSpec): Promise<Upload> {
    const upload = new Upload(path, spec)
    await upload.#read()
    return upload
  }

  /** What has arrived, and is in the file. */
  get offsetBytes(): number {
    return this.#bytes
  }

  /**
   * Writes what `stream` brings behind what is there. Errors of the stream leave what came before; those of the content are
   * said as soon as they are known: the codes of `parseNpyHeader`, GEMMESH_UPLOAD_TOO_LARGE, GEMMESH_STORAGE_FULL.
   */
  async append(stream: AsyncIterable<Uint8Array>, limits: ReceiveLimits): Promise<void> {
    if (this.#isAhead) await this.#read()
    const faulty = (error: unknown): never => {
      throw writeFault(error, this.path)
    }
    const file = await open(this.path, 'r+').catch(faulty)
    try {
      for await (const chunk of stream) {
        const knew = this.#header !== undefined
        this.#look(chunk, limits.limitBytes)
        if (!knew && this.#header !== undefined) await limits.reserve(npyBytes(this.#header))
        this.#isAhead = true
        const writing = writeAll(file, chunk, this.#bytes)
        // While the pool writes the chunk, this thread digests it.
        this.#hash.update(chunk)
        await writing.catch(faulty)
        this.#bytes += chunk.length
        this.#isAhead = false
      }
    } finally {
      await file.close()
    }
  }

  /** The whole file, on the disk: itself, or the .npy file that was made of it beside it. */
  async finish({ limitBytes, reserve }: ReceiveLimits): Promise<ReceivedMatrix> {
    const bytes = this.#bytes
    const start = this.#start.subarray(0, bytes)
    const kind = this.#kind ?? kindOf(start, true, this.spec.kind) ?? 'npy'
    if (kind !== 'npy') return this.#convert(kind, { limitBytes, reserve })
    const header = this.#header ?? parseNpyHeader(start, bytes, uploadName)
    checkFileBytes(header, bytes, uploadName)
    await sync(this.path)
    return { path: this.path, id: this.#hash.copy().digest('hex'), header, bytes }
  }

  async #convert(kind: Exclude<MatrixKind, 'npy'>, limits: ReceiveLimits): Promise<ReceivedMatrix> {
    const { limitBytes, reserve } = limits
    const target = `${this.path}.npy`
    try {
      await convertToNpy(this.path, kind, target, { ...this.spec, name: uploadName, limitBytes })
      const { sha256: id, start, bytes } = await digestFile(target, headerWindowBytes)
      const header = parseNpyHeader(start, bytes, uploadName)
      await reserve(bytes)
      await sync(target)
      return { path: target, id, header, bytes }
    } catch (error) {
      await rm(target, { force: true })
      throw error
    }
  }

  /** Notes what the next chunk of the file is, before it is written. */
  #look(chunk: Uint8Array, limitBytes: number): void {
    const end = this.#bytes + chunk.length
    if (this.#bytes < this.#start.length)
      this.#start.set(chunk.subarray(0, this.#start.length - this.#bytes), this.#bytes)
    const start = this.#start.subarray(0, end)
    this.#kind ??= kindOf(start.subarray(0, kindWindowBytes), false, this.spec.kind)
    if (this.#kind === 'npy' && this.#header === undefined) {
      this.#header = parseNpyStart(start, uploadName)
      if (this.#header !== undefined) checkAnnounced(this.#header, limitBytes)
    }
    if (this.#header !== undefined && end > npyBytes(this.#header))
      checkFileBytes(this.#header, end, uploadName)
    if (end > limitBytes) throw tooLarge(`has more than ${limitBytes} bytes`, limitBytes)
  }

  async #read(): Promise<void> {
    this.#hash = createHash('sha256')
    this.#bytes = 0
    try {
      for await (const chunk of createReadStream(this.path, { highWaterMark: 2 ** 20 })) {
        this.#look(chunk, Number.POSITIVE_INFINITY)
        this.#hash.update(chunk)
        this.#bytes += chunk.length
      }
      this.#isAhead = false
    } catch (error) {
      throw readFault(error, this.path)
    }
  }
}

const npyBytes = ({ dataOffset, dataBytes }: NpyHeader): number => dataOffset + dataBytes

/** A file that says in its header that it will be too long is refused before it is sent. */
function checkAnnounced(header: NpyHeader, limitBytes: number): void {
  const bytes = npyBytes(header)
  if (bytes > limitBytes)
    throw tooLarge(`has ${bytes} bytes (${shapeText(header.shape)} of ${header.dtype})`, limitBytes)
}

const tooLarge = (found: string, limitBytes: number): GemmeshError =>
  new GemmeshError(
    'GEMMESH_UPLOAD_TOO_LARGE',
    `${uploadName} ${found}; the limit is ${limitBytes}. Raise the option "upload-limit" of the configuration, or multiply parts of the matrix.`,
  )

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
}

async function sync(path: string): Promise<void> {
  try {
    const file = await open(path, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw writeFault(error, path)
  }
}
