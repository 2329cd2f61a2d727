/** The reducing master: opens jobs, takes tiles from slaves into the result's file, seals it, and tells master-assign. */
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { BulkSink, Received } from '../../protocol/bulk.ts'
import { faultOf } from '../../protocol/faults.ts'
import type { AbortJob, BulkHeader, JobOpened, OpenJob, References } from '../../protocol/messages.ts'
import { keepHouse } from '../housekeeping.ts'
import { retry } from '../retry.ts'
import { RetryBudget } from '../retry-budget.ts'
import type { Shell } from '../shell.ts'
import type { CombineJob } from './combine-job.ts'
import { CombineStore, type Recovered, type Sealed } from './combine-store.ts'
import { receiptText } from './receipt.ts'
import { type RegionFile, type RegionQuery, regionOf } from './region.ts'

interface OpenJobRecord {
  readonly job: CombineJob
  /** Settles when master-assign has heard of every tile placed so far. */
  told: Promise<void>
  /** Settles when master-assign has heard that it is sealed. */
  said?: Promise<void>
  isSealing: boolean
}

export class CombineRole {
  /** Rejects when the disk has failed: nothing can be promised any more, and the node has to end. */
  readonly alive: Promise<void>
  readonly #failed = Promise.withResolvers<void>()
  readonly #shell: Shell
  readonly #store: CombineStore
  /** Until master-assign knows that they are sealed. */
  readonly #jobs = new Map<string, OpenJobRecord>()
  readonly #opening = new Map<string, Promise<JobOpened>>()
  readonly #ending = new AbortController()
  readonly #retries: RetryBudget
  readonly #endHousekeeping: () => void
  /** Seals and messages under way. */
  readonly #tasks = new Set<Promise<void>>()

  private constructor(shell: Shell, store: CombineStore) {
    this.alive = this.#failed.promise
    this.alive.catch(() => {}) // who can end the node asks for it
    this.#shell = shell
    this.#retries = new RetryBudget(shell.world)
    this.#store = store
    this.#endHousekeeping = keepHouse(shell, () => store.collect())
  }

  /** With its results in `resultsFolder`, and its jobs as they were before. The codes of SqliteJournal.open. */
  static async open(shell: Shell, resultsFolder: string): Promise<CombineRole> {
    const store = await CombineStore.open(shell, resultsFolder)
    try {
      const recovered = await store.recover()
      const role = new CombineRole(shell, store)
      role.#goOn(recovered)
      return role
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** Opening a job again answers which of its units are placed; of one that is sealed, which is said once more, all are. */
  openJob(description: OpenJob): Promise<JobOpened> {
    const { job } = description
    const opening = this.#opening.get(job) ?? this.#noticed(this.#open(description))
    this.#opening.set(job, opening)
    return opening.finally(() => this.#opening.delete(job))
  }

  async abortJob({ job }: AbortJob): Promise<void> {
    await this.#opening.get(job)?.catch(() => {})
    await this.#noticed(this.#drop(job))
    this.#shell.logger.info({ job }, 'job aborted')
  }

  /** What the tiles of a job are compared with. */
  references({ job, units }: References): void {
    this.#find(job).job.takeReferences(units)
  }

  /** Takes a tile; resolves when it is placed for good. A tile that is not right is also said to master-assign. */
  async takeTile(jobId: string, transfer: (sink: BulkSink) => Promise<Received>): Promise<void> {
    const record = this.#find(jobId)
    const { job } = record
    const { replyTo } = job.description
    let header: BulkHeader | undefined
    try {
      const receiving = job.receive(sink =>
        transfer({
          begin(announced) {
            header = announced
            return sink.begin(announced)
          },
          data: sink.data,
        }),
      )
      const { payloadBytes, digest } = await this.#noticed(receiving)
      if (header?.id === undefined) return
      const placed = { id: header.id, slave: header.slave ?? '', bytes: payloadBytes, digest }
      this.#shell.logger.debug({ unit: placed.id, slave: placed.slave }, 'tile placed')
      this.#tell(record, () => this.#shell.link.call(replyTo, 'unitPlaced', placed))
      this.#sealWhenComplete(record)
    } catch (error) {
      const fault = faultOf(error)
      if (isGuilty(fault.code) && header?.id !== undefined) {
        const refused = { id: header.id, slave: header.slave ?? '', fault }
        this.#tell(record, () => this.#shell.link.call(replyTo, 'tileRefused', refused))
      }
      throw error
    }
  }

  /** A part of a result: `regionOf`. */
  region(job: string, query: RegionQuery): Promise<RegionFile> {
    const open = this.#jobs.get(job)?.job
    const { disk } = this.#shell
    return regionOf(job, query, { results: this.#store.results, disk, ...(open && { open }) })
  }

  /** The file of a sealed result; GEMMESH_JOB_UNFINISHED or GEMMESH_JOB_UNKNOWN where there is none. */
  resultPath(job: string): Promise<string> {
    return this.#store.results.path(job)
  }

  /** Removes a sealed result, whose user has it, as soon as master-assign knows that it was sealed. The codes of `resultPath`. */
  async discardResult(job: string): Promise<void> {
    await this.resultPath(job)
    await this.#jobs.get(job)?.said
    await this.#store.results.discard(job)
    this.#shell.logger.info({ job }, 'result discarded')
  }

  /** The text of a Receipt: of a job that is sealed, or of its tiles so far. GEMMESH_JOB_UNKNOWN. */
  async receipt(job: string): Promise<{ readonly path: string } | { readonly text: Iterable<string> }> {
    const open = this.#jobs.get(job)
    return open === undefined || (await this.#store.results.isSealed(job))
      ? { path: await this.#store.receipts.path(job) }
      : { text: receiptText(open.job, false) }
  }

  async close(): Promise<void> {
    this.#endHousekeeping()
    this.#ending.abort()
    for (const { job } of this.#jobs.values()) job.stop()
    await Promise.all(this.#tasks)
    await this.#store.close()
  }

  #find(jobId: string): OpenJobRecord {
    const record = this.#jobs.get(jobId)
    if (record !== undefined) return record
    throw new GemmeshError(
      'GEMMESH_JOB_UNKNOWN',
      `job ${jobId} is not open at ${this.#shell.name}: it ended, or was never opened here`,
    )
  }

  async #open(description: OpenJob): Promise<JobOpened> {
    const { job, dtype, rows, columns, tiles } = description
    const known = this.#jobs.get(job)
    if (known !== undefined) {
      known.job.reopen(description)
      return { placed: known.job.placement.placedUnits() }
    }
    const sealed = await this.#store.sealed(description)
    if (sealed !== undefined) {
      this.#saySealed(sealed)
      return { placed: [...tiles.keys()] }
    }
    const record = this.#add(await this.#store.create(description))
    this.#shell.logger.info({ job, rows, columns, dtype, tiles: tiles.length }, 'job opened')
    this.#sealWhenComplete(record)
    return { placed: [] }
  }

  /** What there was before a restart: master-assign hears of it, and what was complete is sealed. */
  #goOn({ open, sealed, lost }: Recovered): void {
    for (const job of open) {
      const record = this.#add(job)
      const { unitsPlaced, unitsTotal } = job.placement
      this.#shell.logger.info({ job: job.description.job, unitsPlaced, unitsTotal }, 'job recovered')
      if (job.placement.complete) this.#sealWhenComplete(record)
      else this.#sayRecovered(job.description, job.placement.placedUnits())
    }
    for (const one of sealed) this.#saySealed(one)
    for (const description of lost) this.#sayRecovered(description, [])
  }

  #add(job: CombineJob): OpenJobRecord {
    const record: OpenJobRecord = { job, told: Promise.resolve(), isSealing: false }
    this.#jobs.set(job.description.job, record)
    return record
  }

  async #drop(job: string): Promise<void> {
    this.#jobs.get(job)?.job.stop()
    this.#jobs.delete(job)
    await this.#store.drop(job)
  }

  #sealWhenComplete(record: OpenJobRecord): void {
    const { job } = record
    if (!job.placement.complete || record.isSealing || this.#jobs.get(job.description.job) !== record) return
    record.isSealing = true
    this.#run(this.#seal(record), 'the result could not be sealed')
  }

  async #seal({ job, told }: OpenJobRecord): Promise<void> {
    const { job: id, replyTo } = job.description
    try {
      const sealed = await this.#untilDone(() => this.#store.seal(job))
      this.#shell.logger.info({ job: id, bytes: sealed.bytes }, 'job sealed')
      await told
      this.#saySealed(sealed)
    } catch (error) {
      const fault = faultOf(error)
      // What failed with the disk may go on after a restart.
      const isOver = this.#ending.signal.aborted || this.#jobs.get(id)?.job !== job
      if (isOver || fault.code === 'GEMMESH_STORAGE_FAILED') throw error
      await this.#untilDone(() => this.#shell.link.call(replyTo, 'sealFailed', { job: id, fault }))
      throw error
    }
  }

  #saySealed({ description: { job, replyTo }, bytes, totals }: Sealed): void {
    const say = async () => {
      await this.#untilDone(() => this.#shell.link.call(replyTo, 'jobSealed', { job, bytes, totals }))
      await this.#store.ended(job)
      this.#jobs.delete(job)
    }
    const said = say()
    const record = this.#jobs.get(job)
    if (record !== undefined) record.said = said
    this.#run(said, 'master-assign did not hear that a job is sealed')
  }

  #sayRecovered({ job, replyTo }: OpenJob, placed: number[]): void {
    const say = async () => {
      try {
        await this.#untilDone(() => this.#shell.link.call(replyTo, 'jobRecovered', { job, placed }))
      } catch (error) {
        if (asGemmeshError(error).code !== 'GEMMESH_JOB_UNKNOWN') throw error
        // A late word about what master-assign does not wait for any more, as it is sealed meanwhile.
        if (this.#jobs.get(job)?.isSealing !== false) return
        this.#shell.logger.warn({ job }, 'master-assign does not know a job any more: it is dropped')
        await this.#drop(job)
      }
    }
    this.#run(say(), 'master-assign did not hear that a job was recovered')
  }

  #tell(record: OpenJobRecord, call: () => Promise<unknown>): void {
    const telling = this.#untilDone(call).then(() => {})
    record.told = Promise.all([record.told, telling]).then(
      () => {},
      () => {},
    )
    this.#run(telling, 'master-assign did not hear of a tile')
  }

  /** As often as it takes: the other side may be away for hours, and the disk be full for as long. */
  #untilDone<T>(call: () => Promise<T>): Promise<T> {
    const { world } = this.#shell
    const [{ signal }, budget] = [this.#ending, this.#retries]
    return retry(call, { tries: Number.POSITIVE_INFINITY, firstMs: 100, maxMs: 5000, signal, world, budget })
  }

  /** A failure of the disk is the end of the node, wherever it shows. */
  async #noticed<T>(task: Promise<T>): Promise<T> {
    try {
      return await task
    } catch (error) {
      const fault = asGemmeshError(error)
      if (fault.code === 'GEMMESH_STORAGE_FAILED') this.#failed.reject(fault)
      throw error
    }
  }

  /** Lets something run on its own; `close` waits for it, and a failure is logged as `fault`. */
  #run(task: Promise<void>, fault: string): void {
    const settled = this.#noticed(task).catch(error => {
      if (!this.#ending.signal.aborted)
        this.#shell.logger.error({ reason: asGemmeshError(error).message }, fault)
    })
    this.#tasks.add(settled)
    settled.finally(() => this.#tasks.delete(settled))
  }
}

/** Faults that master-assign hears of from here: a slave may not say what speaks against it. */
const isGuilty = (code: string): boolean => code === 'GEMMESH_TILE_REFUSED' || code === 'GEMMESH_TILE_WRONG'
