/** Keeps what was measured of the slaves, and learned of their jobs, on the disk: soon after a job's end, and when the master ends. */
import type { FastifyBaseLogger } from 'fastify'
import { asGemmeshError } from '../../errors.ts'
import { type Learned, readPerformance, writePerformance } from '../../store/performance-file.ts'

/** Figures of a job's last units come a little after its end; and many small jobs are written once. */
const delayMs = 1000

export class PerformanceKeeper {
  /** What was there at the start. */
  readonly known: Learned
  readonly #folder: string
  readonly #logger: FastifyBaseLogger
  #timer: NodeJS.Timeout | undefined
  /** The write before: one at a time. */
  #written: Promise<void> = Promise.resolve()

  private constructor(folder: string, logger: FastifyBaseLogger, known: Learned) {
    this.#folder = folder
    this.#logger = logger
    this.known = known
  }

  static async open(folder: string, logger: FastifyBaseLogger): Promise<PerformanceKeeper> {
    const onFault = (path: string, reason: string) =>
      logger.warn({ path, reason }, 'what was measured of the slaves cannot be read; they are measured anew')
    return new PerformanceKeeper(folder, logger, await readPerformance(folder, onFault))
  }

  saveSoon(learned: () => Learned): void {
    this.#timer ??= setTimeout(() => this.save(learned()), delayMs).unref()
  }

  /** Never rejects: without the file the slaves are measured anew. */
  save(learned: Learned): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#written = this.#written
      .then(() => writePerformance(this.#folder, learned))
      .catch(error =>
        this.#logger.warn({ reason: asGemmeshError(error).message }, 'what was measured cannot be kept'),
      )
    return this.#written
  }
}
