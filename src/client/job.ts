/** A submitted job, as its user sees it. */
import { randomBytes } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Receipt } from '../api/schemas/receipt.ts'
import type { JobState, JobView } from '../api/schemas.ts'
import { GemmeshError, isErrorCode } from '../errors.ts'
import { printedKind, printMatrix } from '../formats/print-matrix.ts'
import { download } from './download.ts'
import type { MasterHttp } from './http.ts'
import { copyResult, takeResult } from './result-here.ts'

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
   * is named .csv, .tsv or .mtx is printed from it. GEMMESH_OUTPUT_UNWRITABLE.
   */
  async save(path: string, { stream = false, take = false }: SaveOptions = {}): Promise<void> {
    const partial = `${path}.${randomBytes(4).toString('hex')}.partial`
    const kind = printedKind(path)
    const whole = kind === undefined ? partial : `${partial}${extname(path)}`
    const result = `/v1/jobs/${this.id}/result`
    let isTaken = false
    try {
      isTaken = take && !stream && kind === undefined && (await takeResult(this.#http, result, partial))
      const isHere = isTaken || (!stream && (await copyResult(this.#http, result, partial)))
      if (!isHere) await download(this.#http, result, partial)
      if (kind !== undefined) {
        await printMatrix(partial, whole, kind)
        await rm(partial)
      }
      await rename(whole, path)
    } catch (error) {
      // What was taken along is nowhere else.
      if (!isTaken) await Promise.all([partial, whole].map(file => rm(file, { force: true })))
      if (error instanceof GemmeshError) throw error
      throw new GemmeshError(
        'GEMMESH_OUTPUT_UNWRITABLE',
        `the result of job ${this.id} could not be saved as ${path}: ${String(error)}${isTaken ? `. It is ${partial}: rename that.` : ''}`,
        { cause: error },
      )
    }
  }

  /** Who computed which tile, with what, and what came of the checks: of a job that is done, or of its tiles so far. */
  receipt(): Promise<Receipt> {
    return this.#http.patiently(() => this.#http.followedJson(`/v1/jobs/${this.id}/receipt`))
  }

  cancel(): Promise<JobView> {
    return this.#http.json('DELETE', `/v1/jobs/${this.id}`)
  }
}
