import { randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rectangle } from '../core/geometry.ts'
import type { Dtype } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { renameDurably } from '../formats/durable.ts'
import { writeFault } from '../formats/file-errors.ts'
import type { NpyHeader } from '../formats/npy.ts'
import { NpyReader } from '../formats/npy-reader.ts'
import { makeFolder } from './folder.ts'
import { OpenReaders } from './open-readers.ts'
import { receiveNpy } from './upload.ts'

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

/** Files that are kept open for reading while nobody reads them. */
const mostOpenFiles = 64
const suffix = '.npy'
const partialSuffix = '.partial'

/**
 * The matrices of a node by content: `<folder>/<SHA-256 of the file>.npy`. A file that is there under its name is
 * whole: it was written elsewhere, checked, brought to the disk, and renamed.
 */
export class MatrixStore {
  readonly #folder: string
  readonly #matrices: Map<string, MatrixFile>
  readonly #open = new OpenReaders(mostOpenFiles)

  private constructor(folder: string, matrices: Map<string, MatrixFile>) {
    this.#folder = folder
    this.#matrices = matrices
  }

  /** The store in `folder`, which is made where it is missing, with the matrices that are there. */
  static async open(folder: string): Promise<MatrixStore> {
    await makeFolder(folder)
    const names = await readdir(folder)
    // Uploads that a crash cut off.
    const partials = names.filter(name => name.endsWith(partialSuffix))
    await Promise.all(partials.map(name => rm(join(folder, name), { force: true })))
    const matrices = new Map<string, MatrixFile>()
    for (const name of names) {
      const id = name.slice(0, -suffix.length)
      if (!name.endsWith(suffix) || !/^[0-9a-f]{64}$/.test(id)) continue
      const path = join(folder, name)
      const header = await readHeader(path)
      if (header !== undefined) matrices.set(id, { id, header, path })
    }
    return new MatrixStore(folder, matrices)
  }

  /**
   * Stores the .npy file that `stream` brings, in bounded memory; it is on the disk when this resolves. A file that is
   * there already is not stored again.
   *
   * Refused as soon as it is known, and nothing is left of it: the errors of `parseNpyHeader`,
   * GEMMESH_UPLOAD_TOO_LARGE where the file is longer than `limitBytes`, GEMMESH_STORAGE_FULL. A Node stream is destroyed
   * then; one that is still wanted, such as a request to be answered, comes as
   * `request.iterator({ destroyOnReturn: false })`.
   */
  async put(stream: AsyncIterable<Uint8Array>, limitBytes: number): Promise<StoredMatrix> {
    const partial = join(this.#folder, `upload-${randomBytes(8).toString('hex')}${partialSuffix}`)
    try {
      const { id, header, bytes } = await receiveNpy(stream, partial, limitBytes)
      const matrix = { id, header, path: join(this.#folder, `${id}${suffix}`) }
      if (!(await hasBytes(matrix.path, bytes)))
        await renameDurably(partial, matrix.path).catch((error: unknown) => {
          throw writeFault(error, matrix.path)
        })
      this.#matrices.set(id, matrix)
      return storedMatrix(matrix)
    } finally {
      await rm(partial, { force: true })
    }
  }

  /** GEMMESH_MATRIX_UNKNOWN where there is no such matrix. */
  get(id: string): MatrixFile {
    const matrix = this.#matrices.get(id)
    if (matrix !== undefined) return matrix
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

  /** Closes the files that are open, once nobody reads them. */
  async close(): Promise<void> {
    await this.#open.close()
  }
}

const storedMatrix = ({ id, header }: MatrixFile): StoredMatrix => ({
  id,
  dtype: header.dtype,
  shape: [...header.shape],
  bytes: header.dataOffset + header.dataBytes,
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
