/** What master-combine keeps: the results of its jobs and their receipts, and in the journal what it has of each. */
import { dirname, join } from 'node:path'
import { type ReceiptTotals, receiptTotals } from '../../core/receipt.ts'
import { algebraOf } from '../../core/semiring.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { OpenJob } from '../../protocol/messages.ts'
import { ReceiptStore } from '../../store/receipts.ts'
import { ResultStore } from '../../store/results.ts'
import { TileVectors } from '../../verification/checks/tile-vectors.ts'
import type { Shell } from '../shell.ts'
import { steadyNow } from '../steady-clock.ts'
import { CombineJob } from './combine-job.ts'
import { CombineJournal } from './combine-journal.ts'
import type { FoundJob } from './combine-records.ts'
import { receiptText } from './receipt.ts'

/** A receipt takes some hundred bytes a tile. */
const receiptQuotaBytes = 2 ** 30

/** A result that is sealed, and what its receipt sums up. */
export interface Sealed {
  readonly description: OpenJob
  readonly bytes: number
  /** Not known any more where master-assign asks for what it was told before. */
  readonly totals?: ReceiptTotals | undefined
}

/** What a start found. */
export interface Recovered {
  readonly open: readonly CombineJob[]
  /** Perhaps master-assign does not know it yet. */
  readonly sealed: readonly Sealed[]
  /** Their files are gone, and there is no room to begin anew. */
  readonly lost: readonly OpenJob[]
}

export class CombineStore {
  readonly results: ResultStore
  readonly receipts: ReceiptStore
  readonly #journal: CombineJournal
  readonly #shell: Shell
  /** That tiles are checked with. */
  readonly #vectors = new TileVectors()

  private constructor(shell: Shell, journal: CombineJournal, results: ResultStore, receipts: ReceiptStore) {
    this.#shell = shell
    this.#journal = journal
    this.results = results
    this.receipts = receipts
  }

  /** With results in `resultsFolder`, receipts and journal beside it. The codes of SqliteJournal.open. */
  static async open(shell: Shell, resultsFolder: string): Promise<CombineStore> {
    const { logger, disk, world } = shell
    const { resultAgeHours, resultQuotaBytes } = shell.cluster.options
    const ageMs = resultAgeHours * 3_600_000
    const now = steadyNow(world)
    // First of all: whoever has it open is the only master on this folder.
    const opened = await shell.openJournal(join(dirname(resultsFolder), 'combine.journal'))
    try {
      const journal = new CombineJournal(opened)
      const jobs = new Set(journal.all().map(({ description }) => description.job))
      const onCollected = (collected: object) =>
        logger.info(collected, 'results that were not fetched were removed')
      const keeping = { ageMs, quotaBytes: resultQuotaBytes }
      const results = await ResultStore.open(resultsFolder, { keeping, disk, now, onCollected }, jobs)
      const receipts = await ReceiptStore.open(join(dirname(resultsFolder), 'receipts'), {
        keeping: { ageMs, quotaBytes: receiptQuotaBytes },
        disk,
        now,
      })
      return new CombineStore(shell, journal, results, receipts)
    } catch (error) {
      await opened.close()
      throw error
    }
  }

  /** Jobs that had not ended: with what is placed of them, if it is still there. */
  async recover(): Promise<Recovered> {
    const recovered = { open: [] as CombineJob[], sealed: [] as Sealed[], lost: [] as OpenJob[] }
    for (const found of this.#journal.all()) {
      const sealed = await this.sealed(found.description)
      const opened = sealed === undefined ? await this.#resume(found) : undefined
      if (sealed !== undefined) recovered.sealed.push(sealed)
      else if (opened !== undefined) recovered.open.push(opened)
      else recovered.lost.push(found.description)
    }
    await this.#journal.compact()
    return recovered
  }

  /** What is sealed of this job, if it is: its end was not heard, or is asked for again. */
  async sealed(description: OpenJob): Promise<Sealed | undefined> {
    const { job } = description
    if (!(await this.results.isSealed(job))) return undefined
    const { bytes } = await this.results.seal(job)
    const found = this.#journal.found(job)
    return { description, bytes, ...(found && { totals: totalsOf(found) }) }
  }

  /** Begins a job; it and its files are there after a crash, too. GEMMESH_JOB_UNKNOWN where it was dropped. */
  async create(description: OpenJob): Promise<CombineJob> {
    const { job } = description
    if (this.#journal.isDropped(job))
      throw new GemmeshError(
        'GEMMESH_JOB_UNKNOWN',
        `job ${job} was aborted: a message came late that opens it`,
      )
    // Before there are files: what the journal says of tiles of an earlier file must never count for this one.
    await this.#journal.ended(job)
    const writer = await this.results.create(job, ...fileOf(description))
    try {
      const opened = new CombineJob(description, writer, this.#jobOptions(job))
      await Promise.all([this.results.settle(job), this.#journal.opened(description)])
      return opened
    } catch (error) {
      await this.#discard(job).catch(() => {}) // the first error is the reason
      throw error
    }
  }

  /** Ends a job that has all its tiles: its result and its receipt are on the disk. Once more is the same again. */
  async seal(job: CombineJob): Promise<Sealed> {
    const { description, tiles, wrongCount } = job
    const { job: id } = description
    await this.receipts.write(id, receiptText(job, true))
    const { bytes } = await this.results.seal(id)
    return { description, bytes, totals: receiptTotals(tiles.values(), wrongCount) }
  }

  /** Nothing more has to be known of the job after a restart: it was aborted, or master-assign knows that it is sealed. */
  ended(job: string): Promise<void> {
    return this.#journal.ended(job)
  }

  /** Removes what there is of a job, for good. */
  async drop(job: string): Promise<void> {
    this.#journal.drop(job)
    await this.#discard(job)
  }

  async collect(): Promise<void> {
    await Promise.all([this.results.collect(), this.receipts.collect()])
  }

  async close(): Promise<void> {
    await this.results.close()
    await this.#journal.close()
  }

  async #resume({ description, placed, wrong }: FoundJob): Promise<CombineJob | undefined> {
    const { job } = description
    const { logger } = this.#shell
    const writer = await this.results.resume(job, ...fileOf(description))
    if (writer !== undefined)
      return new CombineJob(description, writer, { ...this.#jobOptions(job), placed, wrong })
    logger.warn(
      { job, tiles: placed.length },
      'the files of a job are gone, or not what they were: its tiles are computed again',
    )
    try {
      return await this.create(description)
    } catch (error) {
      logger.error({ job, reason: asGemmeshError(error).message }, 'a job could not be begun anew')
      return undefined
    }
  }

  async #discard(job: string): Promise<void> {
    // The files first: where the disk is full, that makes room for the record.
    await this.results.discard(job)
    await this.receipts.discard(job)
    await this.#journal.ended(job)
  }

  #jobOptions(job: string) {
    const journal = this.#journal
    return {
      vectors: this.#vectors,
      journal: {
        placed: (tile: Parameters<CombineJournal['placed']>[1]) => journal.placed(job, tile),
        wrong: (tile: Parameters<CombineJournal['wrong']>[1]) => journal.wrong(job, tile),
      },
    }
  }
}

const totalsOf = ({ placed, wrong }: FoundJob): ReceiptTotals => receiptTotals(placed, wrong.length)

/** What the result of a job is, and how its layers are added up. */
function fileOf({ dtype, rows, columns, dimensions, layers, semiring }: OpenJob) {
  const spec = { dtype, rows, columns, dimensions: dimensions === 1 ? 1 : 2 } as const
  return [spec, { layers, add: algebraOf(semiring, dtype).add }] as const
}
