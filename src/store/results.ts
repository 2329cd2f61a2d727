import { join } from 'node:path'
import { GemmeshError } from '../errors.ts'
import { type Disk, machineDisk } from '../formats/disk.ts'
import { renameDurably } from '../formats/durable.ts'
import { writeFault } from '../formats/file-errors.ts'
import { type NpySpec, npyDataBytes } from '../formats/npy.ts'
import { NpyWriter } from '../formats/npy-writer.ts'
import { addLayers, type Layering } from './add-layers.ts'
import { makeFolder } from './folder.ts'
import { type Collected, expendable, type Keeping } from './retention.ts'

/** A result that is whole and on the disk. */
export interface SealedResult {
  readonly path: string
  /** of the file */
  readonly bytes: number
}

const suffix = '.npy'
const partialSuffix = '.npy.partial'
const layersSuffix = '.npy.layers'
const jobPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/
/**
 * While tiles come, what came before them is sent to the disk in portions of this size, so that the end of a job waits for the
 * last of them only.
 */
const portionBytes = 32 * 2 ** 20

export interface ResultStoreOptions {
  /** What goes, and when. Default: nothing does. */
  readonly keeping?: Keeping
  /** Hears of results that went. */
  readonly onCollected?: (collected: Collected) => void
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** The machine's where absent. */
  readonly disk?: Disk
}

interface Layers extends Layering {
  readonly writer: NpyWriter
}

/**
 * The results of jobs: `<folder>/<job>.npy` when sealed, `<job>.npy.partial` while tiles are placed. The tiles of a product that
 * is cut along k go to `<job>.npy.layers`, layer under layer, and are added up when it is sealed.
 */
export class ResultStore {
  readonly #folder: string
  readonly #disk: Disk
  readonly #writers = new Map<string, NpyWriter>()
  readonly #layers = new Map<string, Layers>()
  readonly #sealing = new Map<string, Promise<SealedResult>>()

  readonly #options: ResultStoreOptions

  private constructor(folder: string, options: ResultStoreOptions) {
    this.#folder = folder
    this.#disk = options.disk ?? machineDisk
    this.#options = options
  }

  /** The store in `folder`, which is made where it is missing. What a crash left unfinished is removed. */
  static async open(folder: string, options: ResultStoreOptions = {}): Promise<ResultStore> {
    const { disk = machineDisk } = options
    await makeFolder(folder, disk)
    const partials = (await disk.list(folder)).filter(
      name => name.endsWith(partialSuffix) || name.endsWith(layersSuffix),
    )
    await Promise.all(partials.map(name => disk.remove(join(folder, name))))
    return new ResultStore(folder, options)
  }

  /**
   * Begins the result of a job: the writer its tiles are placed with; with layers, one of that many times the rows. `seal` or
   * `discard` ends it.
   */
  async create(job: string, spec: NpySpec, layering?: Layering): Promise<NpyWriter> {
    const path = this.#path(job, partialSuffix)
    if (this.#writers.has(job))
      throw new GemmeshError('GEMMESH_USAGE', `The result of job ${job} has begun already.`)
    await this.collect(npyDataBytes(spec))
    const writer = await NpyWriter.create(path, spec, { portionBytes, disk: this.#disk })
    this.#writers.set(job, writer)
    if (layering === undefined || layering.layers === 1) return writer
    try {
      const rows = layering.layers * spec.rows
      const layers = await NpyWriter.create(
        this.#path(job, layersSuffix),
        { ...spec, rows, dimensions: 2 },
        { besidesBytes: writer.bytes, disk: this.#disk },
      )
      this.#layers.set(job, { ...layering, writer: layers })
      return layers
    } catch (error) {
      await this.discard(job)
      throw error
    }
  }

  /**
   * Ends the result of a job that has all its tiles: when this resolves it is on the disk under its name. Once more is
   * the same again.
   */
  async seal(job: string): Promise<SealedResult> {
    const writer = this.#writers.get(job)
    if (writer === undefined) return this.#sealed(job)
    const sealing = this.#sealing.get(job) ?? this.#seal(job, writer)
    this.#sealing.set(job, sealing)
    return sealing.finally(() => this.#sealing.delete(job))
  }

  /** The file of a sealed result; GEMMESH_JOB_UNFINISHED while it has none, GEMMESH_JOB_UNKNOWN where there is no such job. */
  async path(job: string): Promise<string> {
    const path = this.#path(job, suffix)
    if (this.#writers.has(job))
      throw new GemmeshError(
        'GEMMESH_JOB_UNFINISHED',
        `Job ${job} has no result yet: its tiles are still being placed. Ask again when it is done.`,
      )
    await this.#disk.stat(path).catch(() => {
      throw unknownJob(job)
    })
    const now = this.#now()
    await this.#disk.touch(path, now).catch(() => {}) // it is then thought to be older than it is
    return path
  }

  /** The file that tiles are being placed in; undefined where there is none, or where they are only parts to be added up. */
  partialPath(job: string): string | undefined {
    return this.#writers.has(job) && !this.#layers.has(job) ? this.#path(job, partialSuffix) : undefined
  }

  /**
   * Removes results that are too old, or were not fetched for longest where there are more than may be with `neededBytes` more.
   * What is being written stays.
   */
  async collect(neededBytes = 0): Promise<Collected> {
    const { keeping, onCollected = () => {} } = this.#options
    if (keeping === undefined) return { files: 0, bytes: 0 }
    const names = (await this.#disk.list(this.#folder)).filter(name => name.endsWith(suffix))
    const files = await Promise.all(
      names.map(async id => {
        const { size, mtimeMs } = await this.#disk
          .stat(join(this.#folder, id))
          .catch(() => ({ size: 0, mtimeMs: 0 }))
        return { id, bytes: size, usedMs: mtimeMs, isUsed: false }
      }),
    )
    const gone = expendable(files, keeping, this.#now() * 1000, neededBytes)
    await Promise.all(gone.map(({ id }) => this.#disk.remove(join(this.#folder, id))))
    const collected = { files: gone.length, bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0) }
    if (collected.files > 0) onCollected(collected)
    return collected
  }

  /** Removes what there is of a job's result, sealed or not. */
  async discard(job: string): Promise<void> {
    const paths = [partialSuffix, layersSuffix, suffix].map(end => this.#path(job, end))
    await this.#writers.get(job)?.close()
    await this.#layers.get(job)?.writer.close()
    this.#writers.delete(job)
    this.#layers.delete(job)
    await Promise.all(paths.map(path => this.#disk.remove(path)))
  }

  /** Closes what is being written; it stays on the disk as it is. */
  async close(): Promise<void> {
    const writers = [...this.#writers.values(), ...[...this.#layers.values()].map(({ writer }) => writer)]
    this.#writers.clear()
    this.#layers.clear()
    await Promise.all(writers.map(writer => writer.close()))
  }

  async #seal(job: string, writer: NpyWriter): Promise<SealedResult> {
    const path = this.#path(job, suffix)
    const layers = this.#layers.get(job)
    if (layers !== undefined) await addLayers(layers.writer.path, writer, layers, this.#disk)
    await writer.sync()
    await writer.close()
    await renameDurably(writer.path, path, this.#disk).catch((error: unknown) => {
      throw writeFault(error, path)
    })
    this.#writers.delete(job)
    if (layers !== undefined) await this.#drop(job, layers)
    return { path, bytes: writer.bytes }
  }

  async #drop(job: string, { writer }: Layers): Promise<void> {
    this.#layers.delete(job)
    await writer.close()
    await this.#disk.remove(writer.path)
  }

  async #sealed(job: string): Promise<SealedResult> {
    const path = await this.path(job)
    return { path, bytes: (await this.#disk.stat(path)).size }
  }

  /** Seconds since 1970. */
  #now(): number {
    return (this.#options.now ?? Date.now)() / 1000
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
    `No result is stored for the job ${JSON.stringify(job.slice(0, 80))}. Check the id: gemmesh jobs lists them.`,
  )
