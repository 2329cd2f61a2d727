import { join } from 'node:path'
import { GemmeshError } from '../errors.ts'
import { type Disk, machineDisk } from '../formats/disk.ts'
import { renameDurably } from '../formats/durable.ts'
import { flushFault, systemCode } from '../formats/file-errors.ts'
import { makeFolder } from './folder.ts'
import { expendable, type Keeping } from './retention.ts'

export interface ReceiptStoreOptions {
  readonly keeping?: Keeping
  readonly disk?: Disk
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

const suffix = '.receipt.json'
const partialSuffix = '.receipt.json.partial'
const jobPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/

/** The receipts of sealed jobs: `<folder>/<job>.receipt.json`. Whoever reads one, also after a crash, finds all of it or none. */
export class ReceiptStore {
  readonly #folder: string
  readonly #options: ReceiptStoreOptions
  readonly #disk: Disk

  private constructor(folder: string, options: ReceiptStoreOptions) {
    this.#folder = folder
    this.#options = options
    this.#disk = options.disk ?? machineDisk
  }

  static async open(folder: string, options: ReceiptStoreOptions = {}): Promise<ReceiptStore> {
    const store = new ReceiptStore(folder, options)
    await makeFolder(folder, store.#disk)
    return store
  }

  /** The file is on the disk when this resolves. Once more replaces it. GEMMESH_STORAGE_FULL, GEMMESH_STORAGE_FAILED. */
  async write(job: string, pieces: Iterable<string>): Promise<void> {
    const partial = this.#path(job, partialSuffix)
    try {
      const file = await this.#disk.open(partial, 'w', 0o600)
      try {
        let position = 0
        for (const piece of pieces) {
          const bytes = Buffer.from(piece)
          for (let done = 0; done < bytes.length; ) {
            const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position)
            done += bytesWritten
            position += bytesWritten
          }
        }
        await file.sync()
      } finally {
        await file.close()
      }
      await renameDurably(partial, this.#path(job, suffix), this.#disk)
    } catch (error) {
      await this.#disk.remove(partial).catch(() => {})
      // Of the text, not of the disk.
      if (systemCode(error) === undefined) throw error
      throw flushFault(error, this.#path(job, suffix))
    }
  }

  /** The file of a receipt; GEMMESH_JOB_UNKNOWN where there is none. */
  async path(job: string): Promise<string> {
    const path = this.#path(job, suffix)
    await this.#disk.stat(path).catch(() => {
      throw unknownJob(job)
    })
    return path
  }

  async discard(job: string): Promise<void> {
    await this.#disk.remove(this.#path(job, suffix))
  }

  /** Removes those that are too old, or the oldest of too many. */
  async collect(): Promise<void> {
    const { keeping, now = Date.now } = this.#options
    if (keeping === undefined) return
    const names = (await this.#disk.list(this.#folder)).filter(name => name.endsWith(suffix))
    const files = await Promise.all(
      names.map(async id => {
        const none = { size: 0, mtimeMs: 0 }
        const { size, mtimeMs } = await this.#disk.stat(join(this.#folder, id)).catch(() => none)
        return { id, bytes: size, usedMs: mtimeMs, isUsed: false }
      }),
    )
    const gone = expendable(files, keeping, now())
    await Promise.all(gone.map(({ id }) => this.#disk.remove(join(this.#folder, id))))
  }

  /** A job's id becomes a file name: anything else in it, such as a slash, is no job's. */
  #path(job: string, end: string): string {
    if (!jobPattern.test(job)) throw unknownJob(job)
    return join(this.#folder, `${job}${end}`)
  }
}

const unknownJob = (job: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_JOB_UNKNOWN',
    `No receipt is stored for the job ${JSON.stringify(job.slice(0, 80))}: there is one for jobs that are running or done.`,
  )
