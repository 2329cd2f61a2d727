/** Keeps what was measured of the slaves on the disk: soon after a job's end, and when the master ends. */
import type { FastifyBaseLogger } from 'fastify'
import type { SlaveRecord } from '../../core/performance.ts'
import { asGemmeshError } from '../../errors.ts'
import { readPerformance, writePerformance } from '../../store/performance-file.ts'

/** Figures of a job's last units come a little after its end; and many small jobs are written once. */
const delayMs = 1000

export class PerformanceKeeper {
  /** What was there at the start. */
  readonly known: readonly SlaveRecord[]
  readonly #folder: string
  readonly #logger: FastifyBaseLogger
  #timer: NodeJS.Timeout | undefined
  /** The write before: one at a time. */
  #written: Promise<void> = Promise.resolve()

  private constructor(folder: string, logger: FastifyBaseLogger, known: readonly SlaveRecord[]) {
    this.#folder = folder
    this.#logger = logger
    this.known = known
  }

  static async open(folder: string, logger: FastifyBaseLogger): Promise<PerformanceKeeper> {
    const onFault = (path: string, reason: string) =>
      logger.warn({ path, reason }, 'what was measured of the slaves cannot be read; they are measured anew')
    return new PerformanceKeeper(folder, logger, await readPerformance(folder, onFault))
  }

  saveSoon(records: () => readonly SlaveRecord[]): void {
    this.#timer ??= setTimeout(() => this.save(records()), delayMs).unref()
  }

  /** Never rejects: without the file the slaves are measured anew. */
  save(records: readonly SlaveRecord[]): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#written = this.#written
      .then(() => writePerformance(this.#folder, records))
      .catch(error =>
        this.#logger.warn({ reason: asGemmeshError(error).message }, 'what was measured cannot be kept'),
      )
    return this.#written
  }
}
