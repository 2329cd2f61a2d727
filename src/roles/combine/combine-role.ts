/** The reducing master: opens jobs, takes tiles from slaves into the result's file, seals it, and tells master-assign. */
import type { Shape } from '../../core/matrix.ts'
import { algebraOf } from '../../core/semiring.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { BulkSink, Received } from '../../protocol/bulk.ts'
import { faultOf } from '../../protocol/faults.ts'
import type { AbortJob, BulkHeader, JobOpened, OpenJob } from '../../protocol/messages.ts'
import { ResultStore } from '../../store/results.ts'
import { keepHouse } from '../housekeeping.ts'
import { retry } from '../retry.ts'
import type { Shell } from '../shell.ts'
import { CombineJob } from './combine-job.ts'
import { checkPlaced, parseRegion, type RegionFile, type RegionQuery, readRegion } from './region.ts'

interface OpenJobRecord {
  readonly job: CombineJob
  /** Settles when master-assign has heard of every tile placed so far. */
  told: Promise<void>
}

export class CombineRole {
  readonly #shell: Shell
  readonly #results: ResultStore
  readonly #jobs = new Map<string, OpenJobRecord>()
  readonly #ending = new AbortController()
  readonly #endHousekeeping: () => void
  /** Seals and messages under way. */
  readonly #tasks = new Set<Promise<void>>()

  private constructor(shell: Shell, results: ResultStore) {
    this.#shell = shell
    this.#results = results
    this.#endHousekeeping = keepHouse(shell, () => results.collect())
  }

  /** With its results in `resultsFolder`. */
  static async open(shell: Shell, resultsFolder: string): Promise<CombineRole> {
    const { resultAgeHours, resultQuotaBytes } = shell.cluster.options
    const results = await ResultStore.open(resultsFolder, {
      keeping: { ageMs: resultAgeHours * 3_600_000, quotaBytes: resultQuotaBytes },
      disk: shell.disk,
      now: () => shell.world.wallNow(),
      onCollected: collected => shell.logger.info(collected, 'results that were not fetched were removed'),
    })
    return new CombineRole(shell, results)
  }

  /** Opening a job again answers which of its units are placed. */
  async openJob(description: OpenJob): Promise<JobOpened> {
    const { job, dtype, rows, columns, dimensions, layers, semiring } = description
    const known = this.#jobs.get(job)
    if (known !== undefined) return { placed: known.job.placement.placedUnits() }
    const spec = { dtype, rows, columns, dimensions: dimensions === 1 ? 1 : 2 } as const
    const { add } = algebraOf(semiring, dtype)
    const writer = await this.#results.create(job, spec, { layers, add })
    try {
      const opened = new CombineJob(description, writer)
      this.#jobs.set(job, { job: opened, told: Promise.resolve() })
      this.#shell.logger.info({ job, rows, columns, dtype, tiles: description.tiles.length }, 'job opened')
      this.#sealWhenComplete(opened)
      return { placed: [] }
    } catch (error) {
      await this.#results.discard(job)
      throw error
    }
  }

  async abortJob({ job }: AbortJob): Promise<void> {
    this.#jobs.get(job)?.job.stop()
    this.#jobs.delete(job)
    await this.#results.discard(job)
    this.#shell.logger.info({ job }, 'job aborted')
  }

  /** Takes a tile; resolves when it is placed. A tile that is not right is also said to master-assign. */
  async takeTile(jobId: string, transfer: (sink: BulkSink) => Promise<Received>): Promise<void> {
    const record = this.#jobs.get(jobId)
    if (record === undefined) {
      throw new GemmeshError(
        'GEMMESH_JOB_UNKNOWN',
        `job ${jobId} is not open at ${this.#shell.name}: it ended, or was never opened here`,
      )
    }
    const { job } = record
    const { replyTo } = job.description
    let header: BulkHeader | undefined
    try {
      const { payloadBytes, digest } = await job.receive(sink =>
        transfer({
          begin(announced) {
            header = announced
            return sink.begin(announced)
          },
          data: sink.data,
        }),
      )
      if (header?.id === undefined) return
      const placed = { id: header.id, slave: header.slave ?? '', bytes: payloadBytes, digest }
      this.#shell.logger.debug({ unit: placed.id, slave: placed.slave }, 'tile placed')
      this.#tell(record, () => this.#shell.link.call(replyTo, 'unitPlaced', placed))
      this.#sealWhenComplete(job)
    } catch (error) {
      const fault = faultOf(error)
      if (fault.code === 'GEMMESH_TILE_REFUSED' && header?.id !== undefined) {
        const refused = { id: header.id, slave: header.slave ?? '', fault }
        this.#tell(record, () => this.#shell.link.call(replyTo, 'tileRefused', refused))
      }
      throw error
    }
  }

  /**
   * A part of a result, as soon as all its tiles are placed. GEMMESH_JOB_UNFINISHED says what is missing; a product that is cut
   * along k has nothing to read before its parts are added up, at the end.
   */
  async region(job: string, query: RegionQuery): Promise<RegionFile> {
    const open = this.#jobs.get(job)?.job
    const partial = this.#results.partialPath(job)
    const region = (shape: Shape) => parseRegion(query, shape)
    if (partial !== undefined) {
      if (open !== undefined) {
        const { rows, columns } = open.description
        const wanted = region([rows, columns])
        checkPlaced(job, wanted, open.placement.missingIn(wanted))
      }
      try {
        return await readRegion(partial, region, this.#shell.disk)
      } catch (error) {
        // It was sealed meanwhile, and has its own name now.
        if (asGemmeshError(error).code !== 'GEMMESH_FILE_UNREADABLE') throw error
      }
    }
    return readRegion(await this.#results.path(job), region, this.#shell.disk)
  }

  /** The file of a sealed result; GEMMESH_JOB_UNFINISHED or GEMMESH_JOB_UNKNOWN where there is none. */
  resultPath(job: string): Promise<string> {
    return this.#results.path(job)
  }

  async close(): Promise<void> {
    this.#endHousekeeping()
    this.#ending.abort()
    for (const { job } of this.#jobs.values()) job.stop()
    await Promise.all(this.#tasks)
    await this.#results.close()
  }

  #sealWhenComplete(job: CombineJob): void {
    const record = this.#jobs.get(job.description.job)
    if (!job.placement.complete || record?.job !== job) return
    this.#jobs.delete(job.description.job)
    this.#run(this.#seal(record), 'the result could not be sealed')
  }

  async #seal({ job, told }: OpenJobRecord): Promise<void> {
    const { job: id, replyTo } = job.description
    const { link, logger } = this.#shell
    try {
      const { bytes } = await this.#retry(() => this.#results.seal(id))
      logger.info({ job: id, bytes }, 'job sealed')
      await told
      await this.#retry(() => link.call(replyTo, 'jobSealed', { job: id, bytes }))
    } catch (error) {
      if (this.#ending.signal.aborted) throw error
      const fault = faultOf(error)
      await this.#retry(() => link.call(replyTo, 'sealFailed', { job: id, fault }))
      throw error
    }
  }

  #tell(record: OpenJobRecord, call: () => Promise<unknown>): void {
    const telling = this.#retry(call).then(() => {})
    record.told = Promise.all([record.told, telling]).then(
      () => {},
      () => {},
    )
    this.#run(telling, 'master-assign did not hear of a tile')
  }

  #retry<T>(call: () => Promise<T>): Promise<T> {
    const { world } = this.#shell
    return retry(call, { tries: 30, firstMs: 100, maxMs: 5000, signal: this.#ending.signal, world })
  }

  /** Lets something run on its own; `close` waits for it, and a failure is logged as `fault`. */
  #run(task: Promise<void>, fault: string): void {
    const settled = task.catch(error => {
      if (!this.#ending.signal.aborted)
        this.#shell.logger.error({ reason: asGemmeshError(error).message }, fault)
    })
    this.#tasks.add(settled)
    settled.finally(() => this.#tasks.delete(settled))
  }
}
