import { randomBytes } from 'node:crypto'
import { readdir, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rectangle } from '../core/geometry.ts'
import type { Dtype } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { renameDurably, syncFolder } from '../formats/durable.ts'
import { writeFault } from '../formats/file-errors.ts'
import type { NpyHeader } from '../formats/npy.ts'
import { NpyReader } from '../formats/npy-reader.ts'
import { makeFolder } from './folder.ts'
import { OpenReaders } from './open-readers.ts'
import { type Collected, expendable, type Keeping } from './retention.ts'
import { type ReceivedMatrix, type ReceiveLimits, Upload } from './upload.ts'
import type { UploadSpec } from './upload-spec.ts'
import { type Arriving, Uploads } from './uploads.ts'

/** What a MatrixStore does, whoever does it. */
export type Matrices = Pick<MatrixStore, keyof MatrixStore>

/** A matrix of the store, as the users' API says it. */
export interface StoredMatrix {
  /** SHA-256 of the file, hex */
  readonly id: string
  readonly dtype: Dtype
  /** of one or two lengths */
  readonly shape: number[]
  /** of the file */
  readonly bytes: number
}

export interface MatrixFile {
  readonly id: string
  readonly header: NpyHeader
  readonly path: string
}

/** Reads rectangles of a stored matrix; nothing to close. */
export interface MatrixReader extends MatrixFile {
  /** As `NpyReader.read`. */
  read(rectangle: Rectangle, target: Uint8Array, targetRowBytes?: number): Promise<void>
}

export interface MatrixStoreOptions {
  /** What goes, and when. Default: nothing does. */
  readonly keeping?: Keeping
  /** Of matrices that jobs under way need. */
  readonly inUse?: () => ReadonlySet<string>
  /** Hears of matrices that went. */
  readonly onCollected?: (collected: Collected) => void
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

interface Stored extends MatrixFile {
  usedMs: number
}

/** Files that are kept open for reading while nobody reads them. */
const mostOpenFiles = 64
const suffix = '.npy'
const partialSuffix = '.partial'
/** An upload that nobody goes on with. */
const uploadAgeMs = 24 * 3_600_000
/** How exactly the last use is written to the disk. */
const usedStepMs = 60_000

/**
 * The matrices of a node by content: `<folder>/<SHA-256 of the file>.npy`. A file that is there under its name is
 * whole: it was written elsewhere, checked, brought to the disk, and renamed. Its time of modification is that of its last use.
 */
export class MatrixStore {
  readonly #folder: string
  readonly #matrices = new Map<string, Stored>()
  readonly #open = new OpenReaders(mostOpenFiles)
  readonly #uploads: Uploads
  readonly #options: MatrixStoreOptions
  readonly #now: () => number

  private constructor(folder: string, options: MatrixStoreOptions) {
    this.#folder = folder
    this.#uploads = new Uploads(join(folder, 'uploads'), options.now)
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** The store in `folder`, which is made where it is missing, with the matrices that are there. */
  static async open(folder: string, options: MatrixStoreOptions = {}): Promise<MatrixStore> {
    await makeFolder(folder)
    const names = await readdir(folder)
    // What a crash cut off, but for uploads that go on.
    const partials = names.filter(name => name.includes(partialSuffix))
    await Promise.all(partials.map(name => rm(join(folder, name), { force: true })))
    // A name that a killed process made may not be on the disk yet: who sends that file again is told that it is.
    await syncFolder(folder)
    const store = new MatrixStore(folder, options)
    for (const name of names) {
      const id = name.slice(0, -suffix.length)
      if (!name.endsWith(suffix) || !/^[0-9a-f]{64}$/.test(id)) continue
      const path = join(folder, name)
      const header = await readHeader(path)
      if (header === undefined) continue
      store.#matrices.set(id, { id, header, path, usedMs: (await stat(path)).mtimeMs })
    }
    return store
  }

  /**
   * Stores the matrix file that `stream` brings, in bounded memory; it is on the disk when this resolves. A file that is
   * there already is not stored again; one of another kind than .npy is converted when it is whole.
   *
   * Refused as soon as it is known, and nothing is left of it: the errors of `parseNpyHeader`, GEMMESH_FORMAT_INVALID,
   * GEMMESH_UPLOAD_TOO_LARGE where the file is longer than `limitBytes`, GEMMESH_STORAGE_FULL. A Node stream is destroyed
   * then; one that is still wanted, such as a request to be answered, comes as
   * `request.iterator({ destroyOnReturn: false })`.
   */
  async put(
    stream: AsyncIterable<Uint8Array>,
    limitBytes: number,
    spec: UploadSpec = {},
  ): Promise<StoredMatrix> {
    const partial = join(this.#folder, `upload-${randomBytes(8).toString('hex')}${partialSuffix}`)
    try {
      const limits = this.#limits(limitBytes)
      const upload = await Upload.begin(partial, spec)
      await upload.append(stream, limits)
      return await this.#keep(await upload.finish(limits))
    } finally {
      await rm(partial, { force: true })
    }
  }

  /** Begins an upload that may be cut and go on; its id. GEMMESH_BUSY. */
  beginUpload(spec: UploadSpec): Promise<string> {
    return this.#uploads.create(spec)
  }

  /** How many bytes of an upload are there. GEMMESH_UPLOAD_UNKNOWN. */
  uploadOffset(id: string): Promise<number> {
    return this.#uploads.offset(id)
  }

  /** GEMMESH_UPLOAD_UNKNOWN, GEMMESH_UPLOAD_OFFSET, or as `put`; after errors of the connection or the disk it may go on. */
  async appendUpload(
    id: string,
    offsetBytes: number,
    arriving: Arriving,
    limitBytes: number,
  ): Promise<number> {
    await this.#uploads.append(id, offsetBytes, arriving, this.#limits(limitBytes))
    return this.#uploads.offset(id)
  }

  /** Stores the matrix of an upload that is whole. */
  async finishUpload(id: string, limitBytes: number): Promise<StoredMatrix> {
    const stored = await this.#keep(await this.#uploads.finish(id, this.#limits(limitBytes)))
    await this.#uploads.discard(id)
    return stored
  }

  discardUpload(id: string): Promise<void> {
    return this.#uploads.discard(id)
  }

  /** Notes its use. GEMMESH_MATRIX_UNKNOWN where there is no such matrix. */
  get(id: string): MatrixFile {
    const matrix = this.#matrices.get(id)
    if (matrix !== undefined) {
      this.#touch(matrix)
      return matrix
    }
    throw new GemmeshError(
      'GEMMESH_MATRIX_UNKNOWN',
      `No matrix is stored under the id ${JSON.stringify(id.slice(0, 80))}; ${this.#matrices.size} are stored. Upload the file first: PUT /v1/matrices answers its id.`,
    )
  }

  list(): StoredMatrix[] {
    return [...this.#matrices.values()].map(storedMatrix)
  }

  /** Reads a stored matrix. Its file is shared with all readers, and opened and closed as needed. */
  reader(id: string): MatrixReader {
    const matrix = this.get(id)
    return {
      ...matrix,
      read: (rectangle, target, targetRowBytes) =>
        this.#open.use(matrix.path, reader => reader.read(rectangle, target, targetRowBytes)),
    }
  }

  /** Removes what is too old, or was not used for longest where there is more than may be; what jobs use stays. */
  async collect(neededBytes = 0): Promise<Collected> {
    const { keeping, inUse = () => new Set(), onCollected = () => {} } = this.#options
    const partial = await this.#uploads.collect(uploadAgeMs)
    const used = inUse()
    const entries = [...this.#matrices.values()].map(matrix => ({
      ...{
        id: matrix.id,
        bytes: fileBytes(matrix.header),
        usedMs: matrix.usedMs,
        isUsed: used.has(matrix.id),
      },
    }))
    const more = neededBytes + (await this.#uploads.bytes())
    const gone = keeping === undefined ? [] : expendable(entries, keeping, this.#now(), more)
    for (const { id } of gone) {
      const path = this.#matrices.get(id)?.path
      this.#matrices.delete(id)
      if (path !== undefined) await rm(path, { force: true })
    }
    const collected = {
      files: partial.files + gone.length,
      bytes: gone.reduce((sum, { bytes }) => sum + bytes, partial.bytes),
    }
    if (collected.files > 0) onCollected(collected)
    return collected
  }

  /** Closes the files that are open, once nobody reads them. */
  async close(): Promise<void> {
    await this.#open.close()
  }

  async #keep(received: ReceivedMatrix): Promise<StoredMatrix> {
    const { id, header, bytes } = received
    const matrix = { id, header, path: join(this.#folder, `${id}${suffix}`), usedMs: this.#now() }
    try {
      if (!(await hasBytes(matrix.path, bytes))) await renameDurably(received.path, matrix.path)
    } catch (error) {
      throw writeFault(error, matrix.path)
    } finally {
      await rm(received.path, { force: true })
    }
    this.#matrices.set(id, matrix)
    this.#touch(matrix, true)
    return storedMatrix(matrix)
  }

  #limits(limitBytes: number): ReceiveLimits {
    return { limitBytes, reserve: bytes => this.#reserve(bytes) }
  }

  /** GEMMESH_STORAGE_FULL unless there is room for so many bytes, or is made. */
  async #reserve(bytes: number): Promise<void> {
    const { keeping } = this.#options
    if (keeping !== undefined) await this.collect(bytes)
    const sum = [...this.#matrices.values()].reduce((total, { header }) => total + fileBytes(header), 0)
    if (keeping !== undefined && sum + bytes > keeping.quotaBytes)
      throw new GemmeshError(
        'GEMMESH_STORAGE_FULL',
        `A matrix of ${bytes} bytes does not fit: the quota is ${keeping.quotaBytes}, and ${sum} bytes are those of matrices that jobs use or that were used a moment ago. Wait for jobs to end, or raise the option "matrix-quota" of the configuration.`,
      )
    const { bavail, bsize, blocks } = await statfs(this.#folder)
    if (blocks > 0 && bavail * bsize < bytes)
      throw new GemmeshError(
        'GEMMESH_STORAGE_FULL',
        `A matrix of ${bytes} bytes does not fit: the disk of ${this.#folder} has ${bavail * bsize} free. Make room, or lower the option "matrix-quota" of the configuration.`,
      )
  }

  #touch(matrix: Stored, isNew = false): void {
    const now = this.#now()
    if (!isNew && now - matrix.usedMs < usedStepMs) return
    matrix.usedMs = now
    utimes(matrix.path, now / 1000, now / 1000).catch(() => {}) // the next start then thinks that it is older
  }
}

const fileBytes = ({ dataOffset, dataBytes }: NpyHeader): number => dataOffset + dataBytes

const storedMatrix = ({ id, header }: MatrixFile): StoredMatrix => ({
  id,
  dtype: header.dtype,
  shape: [...header.shape],
  bytes: fileBytes(header),
})

/** Whether the file is there, with so many bytes; its name says what they are. */
const hasBytes = (path: string, bytes: number): Promise<boolean> =>
  stat(path).then(
    ({ size }) => size === bytes,
    () => false,
  )

/** The header of a stored file; undefined where it is damaged, so that it is not offered and may be stored anew. */
async function readHeader(path: string): Promise<NpyHeader | undefined> {
  try {
    const reader = await NpyReader.open(path)
    await reader.close()
    return reader.header
  } catch (error) {
    if (error instanceof GemmeshError) return undefined
    throw error
  }
}
