/**
 * Matrices that stay where they are: .npy files below the folders that the configuration allows, read by blocks. What a
 * file is, is its path, size, time of change and inode; whoever finds it otherwise in mid-job does not read it.
 */
import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, sep } from 'node:path'
import type { Rectangle } from '../core/geometry.ts'
import { GemmeshError } from '../errors.ts'
import { readFault } from '../formats/file-errors.ts'
import type { NpyHeader } from '../formats/npy.ts'
import type { FileState, NpyReader } from '../formats/npy-reader.ts'
import { OpenReaders } from './open-readers.ts'

/** A file as it was when it was looked at. */
export interface FileVersion {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedUs: number
}

export interface LocatedFile extends FileVersion {
  /** Of this version: 64 hex digits, as the ids of stored matrices. */
  readonly id: string
  readonly inode: string
  readonly header: NpyHeader
}

/** Files that are kept open for reading while nobody reads them. */
const mostOpenFiles = 64

export class FileOperands {
  readonly #folders: readonly string[]
  readonly #open = new OpenReaders(mostOpenFiles)

  /** `folders` as configured: absolute paths; none of them need exist. */
  constructor(folders: readonly string[]) {
    this.#folders = folders
  }

  /**
   * The file at `path`, which may lead there by symbolic links. GEMMESH_OPERAND_REFUSED where it is in no allowed folder,
   * GEMMESH_OPERAND_UNREADABLE where it is not there, or the errors of `parseNpyHeader`.
   */
  async locate(path: string): Promise<LocatedFile> {
    const real = await this.#allowed(path)
    return this.#use(real, async reader => {
      const state = await this.#current(real, reader)
      const { sizeBytes, modifiedUs, inode } = state
      const identity = JSON.stringify(['file', real, sizeBytes, state.modifiedNs, inode])
      const id = createHash('sha256').update(identity).digest('hex')
      return { id, path: real, sizeBytes, modifiedUs, inode, header: reader.header }
    })
  }

  /** Reads a rectangle of that version, as `NpyReader.read`. GEMMESH_OPERAND_CHANGED where the file is another one by now. */
  async read(version: FileVersion, rectangle: Rectangle, target: Uint8Array): Promise<void> {
    // Where it is open, it was allowed, and whatever else its path leads to by now does not matter.
    const real = this.#open.has(version.path) ? version.path : await this.#allowed(version.path)
    await this.#use(real, reader => readVersion(reader, version, rectangle, target))
  }

  async close(): Promise<void> {
    await this.#open.close()
  }

  /** The reader may be one of an older file at this path: then it is closed, and the file opened anew. */
  async #use<T>(path: string, task: (reader: NpyReader) => Promise<T>): Promise<T> {
    try {
      return await this.#open.use(path, task)
    } catch (error) {
      if (!(error instanceof GemmeshError) || error.code !== 'GEMMESH_OPERAND_CHANGED') throw error
      return this.#open.use(await this.#allowed(path), task)
    }
  }

  async #allowed(path: string): Promise<string> {
    if (this.#folders.length === 0)
      throw refused(
        path,
        'this node reads no operands by their paths: list folders under "operand-folders" in the options of its configuration, or upload the file',
      )
    if (!isAbsolute(path)) throw refused(path, 'an absolute path is wanted')
    const real = await realpath(path).catch(unreadable(path))
    for (const folder of this.#folders) {
      const root = await realpath(folder).catch(() => undefined)
      if (root !== undefined && real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) return real
    }
    throw refused(
      path,
      `it is not below ${this.#folders.join(' or ')}, the folders that the configuration allows`,
    )
  }

  /** A reader that was open already may be of a file that is not there any more. */
  async #current(path: string, reader: NpyReader): Promise<FileState> {
    const state = await reader.state()
    const { ino } = await stat(path, { bigint: true }).catch(unreadable(path))
    if (String(ino) === state.inode) return state
    throw changed(path)
  }
}

/** What was read counts only where the file is the same afterwards; then it was before. */
async function readVersion(
  reader: NpyReader,
  version: FileVersion,
  rectangle: Rectangle,
  target: Uint8Array,
): Promise<void> {
  const [reading] = await Promise.allSettled([reader.read(rectangle, target)])
  const { sizeBytes, modifiedUs } = await reader.state()
  if (sizeBytes !== version.sizeBytes || modifiedUs !== version.modifiedUs) throw changed(version.path)
  if (reading.status === 'rejected') throw reading.reason
}

const refused = (path: string, why: string): GemmeshError =>
  new GemmeshError('GEMMESH_OPERAND_REFUSED', `${path}: ${why}.`)

const changed = (path: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_OPERAND_CHANGED',
    `${path} is not the file any more that it was when the job was submitted. Submit the job again, and leave its files alone until it is done.`,
  )

const unreadable =
  (path: string) =>
  (error: unknown): never => {
    throw new GemmeshError('GEMMESH_OPERAND_UNREADABLE', readFault(error, path).message, { cause: error })
  }
