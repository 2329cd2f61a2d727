/** Keeps what was measured of the slaves, and learned of their jobs, on the disk: soon after a job's end, and when the master ends. */
import { asGemmeshError } from '../../errors.ts'
import { type Learned, readPerformance, writePerformance } from '../../store/performance-file.ts'
import type { Shell } from '../shell.ts'

/** Figures of a job's last units come a little after its end; and many small jobs are written once. */
const delayMs = 1000

export class PerformanceKeeper {
  /** What was there at the start. */
  readonly known: Learned
  readonly #folder: string
  readonly #shell: Shell
  /** Of the save that is due. */
  #callOff: (() => void) | undefined
  /** The write before: one at a time. */
  #written: Promise<void> = Promise.resolve()

  private constructor(folder: string, shell: Shell, known: Learned) {
    this.#folder = folder
    this.#shell = shell
    this.known = known
  }

  static async open(folder: string, shell: Shell): Promise<PerformanceKeeper> {
    const onFault = (path: string, reason: string) =>
      shell.logger.warn(
        { path, reason },
        'what was measured of the slaves cannot be read; they are measured anew',
      )
    return new PerformanceKeeper(folder, shell, await readPerformance(folder, onFault, shell.disk))
  }

  saveSoon(learned: () => Learned): void {
    this.#callOff ??= this.#shell.world.after(delayMs, () => this.save(learned()))
  }

  /** Never rejects: without the file the slaves are measured anew. */
  save(learned: Learned): Promise<void> {
    this.#callOff?.()
    this.#callOff = undefined
    this.#written = this.#written
      .then(() => writePerformance(this.#folder, learned, this.#shell.disk))
      .catch(error =>
        this.#shell.logger.warn(
          { reason: asGemmeshError(error).message },
          'what was measured cannot be kept',
        ),
      )
    return this.#written
  }
}
