/** A disk of a few MiB that can be filled to the last byte and emptied again: a tmpfs, which only root may mount. */
import { execFile } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ballast = 'ballast'

/** Linux lets root alone mount. */
export const canMount = (): boolean => process.platform === 'linux' && process.getuid?.() === 0

export class SmallDisk {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async mount(folder: string, bytes: number): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true })
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'gemmesh-faults', folder])
    return new SmallDisk(folder)
  }

  /** Not one more page fits. */
  async fill(): Promise<void> {
    const file = await open(join(this.#folder, ballast), 'a')
    try {
      for (let bytes = 2 ** 20; bytes >= 2 ** 9; ) {
        try {
          if ((await file.write(Buffer.alloc(bytes))).bytesWritten < bytes) bytes /= 2
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
          bytes /= 2
        }
      }
    } finally {
      await file.close()
    }
  }

  async makeRoom(): Promise<void> {
    await rm(join(this.#folder, ballast), { force: true })
  }

  async unmount(): Promise<void> {
    await run('umount', [this.#folder])
  }
}
