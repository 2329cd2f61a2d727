/** The machine's disk, which fails when it is told to. */
import { type DataFile, type Disk, machineDisk } from '../../src/formats/disk.ts'

export class FaultyDisk implements Disk {
  /** System codes, such as ENOSPC, that calls fail with from now on. */
  write: string | undefined
  /** For the next flush only, as the system says it only once. */
  flush: string | undefined
  flushes = 0
  readonly #real = machineDisk
  readonly #files = new Set<DataFile>()

  async open(...of: Parameters<Disk['open']>): Promise<DataFile> {
    const file = await this.#real.open(...of)
    this.#files.add(file)
    const flush = (real: () => Promise<void>) => async () => {
      this.flushes++
      const code = this.flush
      this.flush = undefined
      if (code !== undefined) throw systemError(code)
      await real()
    }
    return {
      fd: -1, // no calls beside these
      read: (...of) => file.read(...of),
      write: async (...of) => {
        if (this.write !== undefined) throw systemError(this.write)
        return file.write(...of)
      },
      stat: options => file.stat(options),
      truncate: bytes => file.truncate(bytes),
      datasync: flush(() => file.datasync()),
      sync: flush(() => file.sync()),
      close: () => {
        this.#files.delete(file)
        return file.close()
      },
    }
  }
  /** The process that had these files open is gone. */
  crash(): void {
    for (const file of this.#files) file.close().catch(() => {})
    this.#files.clear()
  }
  stat = this.#real.stat
  touch = this.#real.touch
  list = this.#real.list
  rename = this.#real.rename
  remove = this.#real.remove
  makeFolder = this.#real.makeFolder
  syncFolder = this.#real.syncFolder
  freeBytes = this.#real.freeBytes
}

export const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: as the test wants it`), { code })
