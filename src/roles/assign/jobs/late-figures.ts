/** The last units' figures come a moment after their job has ended: what is kept of it is kept again, with them. */
import type { World } from '../../world.ts'

/** Most come within milliseconds; those of many small jobs are written at once. */
const delayMs = 1000

export class LateFigures {
  readonly #world: World
  readonly #keep: (job: string) => Promise<void>
  readonly #jobs = new Set<string>()
  #callOff = (): void => {}

  /** `keep` tries again by itself, and says what fails. */
  constructor(world: World, keep: (job: string) => Promise<void>) {
    this.#world = world
    this.#keep = keep
  }

  cameFor(job: string): void {
    if (this.#jobs.size === 0) this.#callOff = this.#world.after(delayMs, () => void this.save())
    this.#jobs.add(job)
  }

  /** Now, what has come. */
  async save(): Promise<void> {
    this.#callOff()
    const jobs = [...this.#jobs]
    this.#jobs.clear()
    await Promise.allSettled(jobs.map(job => this.#keep(job)))
  }
}
