/** Who waits for the end of a job hears of it at once, and need not ask again and again. */
import type { World } from '../../world.ts'

export class JobEnds {
  readonly #world: Pick<World, 'after'>
  readonly #waiting = new Map<string, Set<() => void>>()

  constructor(world: Pick<World, 'after'>) {
    this.#world = world
  }

  /** Resolves with the next `tell` of the job, at most `waitMs` later. */
  async wait(job: string, waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting = this.#waiting.get(job) ?? new Set()
    this.#waiting.set(job, waiting.add(resolve))
    const callOff = this.#world.after(waitMs, resolve)
    await promise
    callOff()
    waiting.delete(resolve)
    if (waiting.size === 0) this.#waiting.delete(job)
  }

  tell(job: string): void {
    for (const resolve of this.#waiting.get(job) ?? []) resolve()
  }
}
