/** A submitted job, as its user sees it. */
import { randomBytes } from 'node:crypto'
import { constants, copyFile, link, rename, rm, stat } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Receipt } from '../api/schemas/receipt.ts'
import type { JobState, JobView } from '../api/schemas.ts'
import { GemmeshError, isErrorCode } from '../errors.ts'
import { syncFolder } from '../formats/durable.ts'
import { systemCode } from '../formats/file-errors.ts'
import { isThatFile } from '../formats/file-identity.ts'
import { printedKind, printMatrix } from '../formats/print-matrix.ts'
import { download } from './download.ts'
import type { MasterHttp } from './http.ts'

export interface SaveOptions {
  /** Streams it even where its file could be copied on this machine. */
  readonly stream?: boolean
  /**
   * The cluster need not keep it: where its file is on this machine, in the same file system and of the same user, it becomes this
   * one, and nothing is copied.
   */
  readonly take?: boolean
}

const ended: ReadonlySet<JobState> = new Set(['done', 'failed', 'cancelled'])

/** How often `progress` asks: at first soon, so that a small job is not waited for; then often enough for a live bar. */
const [firstPollMs, lastPollMs] = [5, 200]

export class Job {
  readonly id: string
  readonly #http: MasterHttp

  constructor(id: string, http: MasterHttp) {
    this.id = id
    this.#http = http
  }

  status(options: { signal?: AbortSignal } = {}): Promise<JobView> {
    return this.#statusWithin(0, options)
  }

  /** The answer comes as soon as the job has ended, but at most `waitMs` from now. */
  #statusWithin(waitMs: number, { signal }: { signal?: AbortSignal }): Promise<JobView> {
    const path = `/v1/jobs/${this.id}?waitMs=${waitMs}`
    return this.#http.patiently(() => this.#http.json('GET', path), signal)
  }

  /** The job's state now and after each change, until it has ended. */
  async *progress(options: { signal?: AbortSignal } = {}): AsyncGenerator<JobView> {
    let waitMs = 0
    for (let pollMs = firstPollMs; ; pollMs = Math.min(2 * pollMs, lastPollMs)) {
      const askedMs = performance.now()
      const view = await this.#statusWithin(waitMs, options)
      yield view
      if (ended.has(view.state)) return
      // One who answered sooner than it was asked to is waited for here: it may not know of waiting.
      const leftMs = askedMs + waitMs - performance.now()
      if (leftMs > 1) await delay(leftMs, undefined, options)
      waitMs = pollMs
    }
  }

  /** Waits for the end. A job that failed or was cancelled is an error with the job's own code and evidence. */
  async done(options: { signal?: AbortSignal } = {}): Promise<JobView> {
    let last: JobView | undefined
    for await (const view of this.progress(options)) last = view
    if (last?.state === 'done') return last
    const code = last?.fault?.code
    throw new GemmeshError(
      isErrorCode(code) ? code : 'GEMMESH_JOB_FAILED',
      last?.fault?.message ?? `job ${this.id} was ${last?.state}`,
    )
  }

  /**
   * Puts the result's .npy into a file, which appears under its name only when it is complete. It is copied where master-combine is
   * on this machine, else streamed. Nothing waits for the disk, as with numpy.save: master-combine has it there already. One that
   * is named .csv, .tsv or .mtx is printed from it.
   */
  async save(path: string, { stream = false, take = false }: SaveOptions = {}): Promise<void> {
    const partial = `${path}.${randomBytes(4).toString('hex')}.partial`
    const kind = printedKind(path)
    const whole = kind === undefined ? partial : `${partial}${extname(path)}`
    const result = `/v1/jobs/${this.id}/result`
    try {
      const isHere =
        !stream &&
        ((take && kind === undefined && (await this.#take(result, partial))) ||
          (await this.#copy(result, partial)))
      if (!isHere) await download(this.#http, result, partial)
      if (kind !== undefined) {
        await printMatrix(partial, whole, kind)
        await rm(partial)
      }
      await rename(whole, path)
    } catch (error) {
      await Promise.all([partial, whole].map(file => rm(file, { force: true })))
      if (error instanceof GemmeshError) throw error
      throw new GemmeshError(
        'GEMMESH_OUTPUT_UNWRITABLE',
        `the result of job ${this.id} could not be saved as ${path}: ${String(error)}`,
        {
          cause: error,
        },
      )
    }
  }

  /**
   * Gives master-combine's file another name, and has it let go of its own. At any time it has one of them. False where that does not
   * go: then nothing is left here.
   */
  async #take(result: string, partial: string): Promise<boolean> {
    const file = await this.#http.patiently(() => this.#http.reference(result))
    if (file === undefined || !(await isThatFile(file)) || !(await isOwn(file.path))) return false
    try {
      await link(file.path, partial)
    } catch {
      return false // another file system, or one without links
    }
    await syncFolder(dirname(partial))
    if (await isThatFile({ ...file, path: partial })) await this.#http.discard(result).catch(() => {})
    // Whether it let go, the file itself says better than an answer that may be lost.
    if (await isThatFile(file)) {
      await rm(partial)
      return false
    }
    await separate(partial)
    return true
  }

  /** False where master-combine's file is not to be had here; then nothing is left of a copy. */
  async #copy(result: string, partial: string): Promise<boolean> {
    const file = await this.#http.patiently(() => this.#http.reference(result))
    if (file === undefined || !(await isThatFile(file))) return false
    try {
      // By the kernel; at once where the file system can share the blocks of two files.
      await copyFile(file.path, partial, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    } catch (error) {
      await rm(partial, { force: true })
      if (systemCode(error) === 'EACCES') return false
      throw error
    }
    // It would be another one if it was removed and made again meanwhile.
    if (await isThatFile(file)) return true
    await rm(partial, { force: true })
    return false
  }

  /** Who computed which tile, with what, and what came of the checks: of a job that is done, or of its tiles so far. */
  receipt(): Promise<Receipt> {
    return this.#http.patiently(() => this.#http.followedJson(`/v1/jobs/${this.id}/receipt`))
  }

  cancel(): Promise<JobView> {
    return this.#http.json('DELETE', `/v1/jobs/${this.id}`)
  }
}

/** Whether it belongs to the user of this process, who may then do with it as with any file of theirs. */
async function isOwn(path: string): Promise<boolean> {
  const { uid } = await stat(path)
  return process.getuid === undefined || uid === process.getuid()
}

/** Copies a file that has another name besides: two who take the same result at once. */
async function separate(path: string): Promise<void> {
  if ((await stat(path)).nlink === 1) return
  const apart = `${path}.apart`
  try {
    await copyFile(path, apart)
    await rename(apart, path)
  } catch (error) {
    await rm(apart, { force: true })
    throw error
  }
}
