/** What results need of a disk: the machine's in life, one that crashes and fills up in simulations. */
import { open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises'
import { systemCode } from './file-errors.ts'
import { makeFolder } from './make-folder.ts'

/** An open file; a FileHandle is one. */
export interface DataFile {
  /** For calls that wait for no thread; negative where there are none. */
  readonly fd: number
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
  write(
    source: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>
  stat(options: { bigint: true }): Promise<{ size: bigint; mtimeNs: bigint; ino: bigint }>
  truncate(bytes: number): Promise<void>
  datasync(): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** Errors bear the system's codes, such as ENOENT. */
export interface Disk {
  /** `r+` where it has to be there; `w` makes it anew, empty; `wx` where it must not be there. `mode`: of a new one. */
  open(path: string, flags: 'r' | 'r+' | 'w' | 'wx', mode?: number): Promise<DataFile>
  stat(path: string): Promise<{ size: number; mtimeMs: number; isFile(): boolean }>
  /** Sets when it was used last, in seconds since 1970. */
  touch(path: string, seconds: number): Promise<void>
  /** Names of files. */
  list(folder: string): Promise<string[]>
  rename(from: string, to: string): Promise<void>
  /** Whether it is there or not. */
  remove(path: string): Promise<void>
  /** With those above it, for their owner alone. */
  makeFolder(path: string): Promise<void>
  /** Waits until the names in it are on the disk. */
  syncFolder(path: string): Promise<void>
  /** Infinite where the file system does not say. */
  freeBytes(folder: string): Promise<number>
}

export const machineDisk: Disk = {
  open: (path, flags, mode) => open(path, flags, mode),
  stat: path => stat(path),
  touch: (path, seconds) => utimes(path, seconds, seconds),
  list: folder => readdir(folder),
  rename: (from, to) => rename(from, to),
  remove: path => rm(path, { force: true }),
  makeFolder: path => makeFolder(path),
  async syncFolder(path) {
    // Windows has no such thing, and refuses to open a folder.
    const folder = await open(path, 'r').catch((error: unknown) => {
      if (process.platform === 'win32' && systemCode(error) !== 'ENOENT') return undefined
      throw error
    })
    try {
      await folder?.sync()
    } finally {
      await folder?.close()
    }
  },
  async freeBytes(folder) {
    const { bavail, blocks, bsize } = await statfs(folder)
    // A file system of no blocks at all does not say how much room it has.
    return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize
  },
}
