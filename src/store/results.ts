import { join } from 'node:path'
import { GemmeshError } from '../errors.ts'
import { type Disk, machineDisk } from '../formats/disk.ts'
import { nameDurably, syncFolder } from '../formats/durable.ts'
import { readFault, systemCode } from '../formats/file-errors.ts'
import { type NpySpec, npyDataBytes } from '../formats/npy.ts'
import { NpyWriter } from '../formats/npy-writer.ts'
import { addLayers, type Layering } from './add-layers.ts'
import { makeFolder } from './folder.ts'
import { type Collected, expendable, graceMs, type Keeping } from './retention.ts'

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

const oneLayer: Layering = { layers: 1, add: sum => sum }

interface OpenResult extends Layering {
  readonly result: NpyWriter
  /** Where tiles are placed: in the result itself, or in its layers. */
  readonly tiles: NpyWriter
}

async function closeFiles({ result, tiles }: OpenResult): Promise<void> {
  await result.close()
  if (tiles !== result) await tiles.close()
}

/**
 * The results of jobs: `<folder>/<job>.npy` when sealed, `<job>.npy.partial` while tiles are placed. The tiles of a product that
 * is cut along k go to `<job>.npy.layers`, layer under layer, and are added up when it is sealed.
 */
export class ResultStore {
  readonly #folder: string
  readonly #disk: Disk
  readonly #open = new Map<string, OpenResult>()
  readonly #sealing = new Map<string, Promise<SealedResult>>()

  readonly #options: ResultStoreOptions

  private constructor(folder: string, options: ResultStoreOptions) {
    this.#folder = folder
    this.#disk = options.disk ?? machineDisk
    this.#options = options
  }

  /**
   * The store in `folder`, which is made where it is missing. What a crash left unfinished is removed, but for the jobs of `kept`
   * that are not sealed: they are gone on with by `resume`.
   */
  static async open(
    folder: string,
    options: ResultStoreOptions = {},
    kept: ReadonlySet<string> = new Set(),
  ): Promise<ResultStore> {
    const { disk = machineDisk } = options
    await makeFolder(folder, disk)
    const names = new Set(await disk.list(folder))
    const isLeft = (job: string) => !kept.has(job) || names.has(`${job}${suffix}`)
    const left = [...names].filter(name =>
      [partialSuffix, layersSuffix].some(end => name.endsWith(end) && isLeft(name.slice(0, -end.length))),
    )
    await Promise.all(left.map(name => disk.remove(join(folder, name))))
    // A process that was killed may have left names that a loss of power would still take back.
    await syncFolder(folder, disk)
    return new ResultStore(folder, options)
  }

  /**
   * Begins the result of a job: the writer its tiles are placed with; with layers, one of that many times the rows. Its files are
   * there after a crash when `settle` has resolved. `seal` or `discard` ends it. GEMMESH_STORAGE_FULL where the quota, or the disk,
   * has no room for it.
   */
  async create(job: string, spec: NpySpec, layering: Layering = oneLayer): Promise<NpyWriter> {
    const files = this.#files(job, spec, layering)
    if (this.#open.has(job))
      throw new GemmeshError('GEMMESH_USAGE', `The result of job ${job} has begun already.`)
    await this.#reserve(npyDataBytes(spec))
    const disk = this.#disk
    const writers: NpyWriter[] = []
    try {
      for (const file of files) {
        const besidesBytes = writers[0]?.bytes ?? 0
        const writer = await NpyWriter.create(file.path, file.spec, { portionBytes, besidesBytes, disk })
        writers.push(writer)
      }
    } catch (error) {
      await Promise.all(writers.map(writer => writer.close()))
      await this.discard(job)
      throw error
    }
    return this.#begin(job, writers, layering)
  }

  /** Waits until the files of a result that was begun are there after a crash, too. */
  async settle(job: string): Promise<void> {
    const open = this.#open.get(job)
    if (open === undefined) throw unknownJob(job)
    const { result, tiles } = open
    const names = syncFolder(this.#folder, this.#disk)
    await Promise.all([result.sync(), ...(tiles === result ? [] : [tiles.sync()]), names])
  }

  /**
   * Goes on with the result of a job that was begun before a restart; as `create`. Undefined where its files are not there, or not
   * as they were made: then it has to begin anew.
   */
  async resume(job: string, spec: NpySpec, layering: Layering = oneLayer): Promise<NpyWriter | undefined> {
    const files = this.#files(job, spec, layering)
    const options = { portionBytes, disk: this.#disk }
    const writers = await Promise.all(files.map(file => NpyWriter.reopen(file.path, file.spec, options)))
    const found = writers.filter(writer => writer !== undefined)
    const writer = found.length === files.length ? this.#begin(job, found, layering) : undefined
    // Whoever made them may have been killed before they were settled: a loss of power would still take them back.
    if (writer !== undefined) await this.settle(job)
    else await Promise.all(found.map(part => part.close()))
    return writer
  }

  /** Whether the result of a job is sealed. */
  async isSealed(job: string): Promise<boolean> {
    const path = this.#path(job, suffix)
    return this.#disk.stat(path).then(
      () => true,
      (error: unknown) => {
        if (systemCode(error) === 'ENOENT') return false
        throw readFault(error, path)
      },
    )
  }

  /**
   * Ends the result of a job that has all its tiles: when this resolves it is on the disk under its name. Once more is
   * the same again.
   */
  async seal(job: string): Promise<SealedResult> {
    const open = this.#open.get(job)
    if (open === undefined) return this.#sealed(job)
    const sealing = this.#sealing.get(job) ?? this.#seal(job, open)
    this.#sealing.set(job, sealing)
    return sealing.finally(() => this.#sealing.delete(job))
  }

  /** The file of a sealed result; GEMMESH_JOB_UNFINISHED while it has none, GEMMESH_JOB_UNKNOWN where there is no such job. */
  async path(job: string): Promise<string> {
    const path = this.#path(job, suffix)
    if (this.#open.has(job))
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
    const open = this.#open.get(job)
    return open !== undefined && open.tiles === open.result ? open.result.path : undefined
  }

  /** Removes results that are too old, or were not fetched for longest where there are more than may be. What is written stays. */
  async collect(): Promise<Collected> {
    const { collected } = await this.#sweep({ byAge: true })
    return collected
  }

  /** Removes what there is of a job's result, sealed or not; waits for a seal that is under way. */
  async discard(job: string): Promise<void> {
    const paths = [partialSuffix, layersSuffix, suffix].map(end => this.#path(job, end))
    await this.#sealing.get(job)?.catch(() => {})
    const open = this.#open.get(job)
    this.#open.delete(job)
    if (open !== undefined) await closeFiles(open)
    await Promise.all(paths.map(path => this.#disk.remove(path)))
  }

  /** Closes what is being written; it stays on the disk as it is. */
  async close(): Promise<void> {
    const open = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(open.map(closeFiles))
  }

  /** Makes room within the quota for so many bytes more. */
  async #reserve(neededBytes: number): Promise<void> {
    const { quotaBytes = Number.POSITIVE_INFINITY } = this.#options.keeping ?? {}
    let openBytes = 0
    for (const { result } of this.#open.values()) openBytes += result.bytes
    const { keptBytes } = await this.#sweep({ byAge: false, neededBytes: neededBytes + openBytes })
    const takenBytes = keptBytes + openBytes
    if (takenBytes + neededBytes <= quotaBytes) return
    throw new GemmeshError(
      'GEMMESH_STORAGE_FULL',
      `A result of ${neededBytes} bytes does not fit: the quota is ${quotaBytes}, and ${takenBytes} bytes are those of jobs that run and of results that were made or fetched in the last ${graceMs / 60_000} minutes. Wait for that, or raise the option "result-quota" of the configuration.`,
    )
  }

  /** With `neededBytes`, what was not fetched for longest goes, so that they are within the quota, too. */
  async #sweep({ byAge, neededBytes = 0 }: { readonly byAge: boolean; readonly neededBytes?: number }) {
    const { keeping, onCollected = () => {} } = this.#options
    if (keeping === undefined) return { collected: { files: 0, bytes: 0 }, keptBytes: 0 }
    const names = (await this.#disk.list(this.#folder)).filter(name => name.endsWith(suffix))
    const files = await Promise.all(
      names.map(async id => {
        const { size, mtimeMs } = await this.#disk
          .stat(join(this.#folder, id))
          .catch(() => ({ size: 0, mtimeMs: 0 }))
        return { id, bytes: size, usedMs: mtimeMs, isUsed: false }
      }),
    )
    const ageMs = byAge ? keeping.ageMs : Number.POSITIVE_INFINITY
    const gone = expendable(files, { ...keeping, ageMs }, this.#now() * 1000, neededBytes)
    await Promise.all(gone.map(({ id }) => this.#disk.remove(join(this.#folder, id))))
    const sum = (list: readonly { readonly bytes: number }[]) =>
      list.reduce((total, { bytes }) => total + bytes, 0)
    const collected = { files: gone.length, bytes: sum(gone) }
    if (collected.files > 0) onCollected(collected)
    return { collected, keptBytes: sum(files) - collected.bytes }
  }

  #begin(job: string, writers: readonly NpyWriter[], layering: Layering): NpyWriter {
    const [result, tiles = result] = writers
    if (result === undefined || tiles === undefined)
      throw new GemmeshError('GEMMESH_INTERNAL', `job ${job} has no file for its result`)
    this.#open.set(job, { ...layering, result, tiles })
    return tiles
  }

  async #seal(job: string, open: OpenResult): Promise<SealedResult> {
    const { result, tiles } = open
    const path = this.#path(job, suffix)
    if (tiles !== result) await addLayers(tiles.path, result, open, this.#disk)
    await result.sync()
    await nameDurably(result.path, path, this.#disk)
    this.#open.delete(job)
    await closeFiles(open)
    if (tiles !== result) await this.#disk.remove(tiles.path)
    return { path, bytes: result.bytes }
  }

  async #sealed(job: string): Promise<SealedResult> {
    const path = await this.path(job)
    return { path, bytes: (await this.#disk.stat(path)).size }
  }

  /** What there is while tiles are placed: the result, and its layers where it has some. */
  #files(job: string, spec: NpySpec, { layers }: Layering): { path: string; spec: NpySpec }[] {
    const result = { path: this.#path(job, partialSuffix), spec }
    if (layers === 1) return [result]
    const layered: NpySpec = { ...spec, rows: layers * spec.rows, dimensions: 2 }
    return [result, { path: this.#path(job, layersSuffix), spec: layered }]
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
    `No result is stored for the job ${JSON.stringify(job.slice(0, 80))}. Check the id: gemmesh jobs lists them. A result that "gemmesh multiply -o" took along is not kept, unless it says --keep; others go by age and quota.`,
  )
