/** The threads of a pool at work: rounds are given to them by the mailbox. */
import { setImmediate } from 'node:timers/promises'
import { asGemmeshError } from '../errors.ts'
import { Mailbox, type RoundOfTasks } from './mailbox.ts'
import type { ThreadData } from './thread.ts'
import type { Threads } from './threads.ts'

/** The calling thread waits so long for the last pieces of others before it returns to its events. */
const patienceMs = 0.5

export class Crew {
  readonly #threads: Threads
  readonly #data: ThreadData
  readonly #mailbox: Mailbox
  /** By slot: the piscina task of the thread that was there last; it ends when the thread no longer lingers. */
  readonly #ends: Promise<void>[] = []
  readonly #onFailure: () => void

  /** As many threads as there are workspaces; `onFailure` is called as soon as one of them fails. */
  constructor(threads: Threads, data: ThreadData, onFailure: () => void) {
    this.#threads = threads
    this.#data = data
    this.#onFailure = onFailure
    this.#mailbox = new Mailbox(data.memory, data.mailbox, threads.count)
  }

  /** Returns when each thread is ready to compute. */
  async prepare(): Promise<void> {
    try {
      await this.#threads.prepare(this.#data)
    } catch (error) {
      throw asGemmeshError(error)
    }
  }

  /** Calls the threads of the slots from `first` to `end` to a round. None may be at work. */
  call(round: RoundOfTasks, first: number, end: number): void {
    if (first >= end) return
    this.#mailbox.post(round)
    for (let slot = first; slot < end; slot++) {
      if (this.#mailbox.call(slot)) continue
      const ended = this.#threads.run(slot)
      this.#ends[slot] = ended
      // It may end, badly too, long after its round has.
      ended.catch(() => {})
    }
  }

  /**
   * Returns when all of those called are done; the first error when one fails. Who has not begun need not any more: for a
   * caller that has done all there was to do.
   */
  async join(first: number, end: number): Promise<void> {
    const late: number[] = []
    for (let slot = first; slot < end; slot++) {
      const isDone = this.#mailbox.recall(slot) || this.#mailbox.finishedSoon(slot, patienceMs)
      if (!isDone || this.#mailbox.hasFailed(slot)) late.push(slot)
    }
    if (late.length > 0) await this.#finish(late)
    // A caller that awaits one product after the other never turns to its events. Piscina then does not hear that a thread has
    // gone, takes it for busy, and keeps back what is to call it again.
    if (this.#threads.queued > 0) await setImmediate()
  }

  /**
   * Returns when all of those called, who do not linger, are done and gone; the first error, after all are, when one fails. Piscina
   * has to have heard that they are gone: it keeps back what is meant for a thread that it takes for busy.
   */
  async done(first: number, end: number): Promise<void> {
    await this.#finish(Array.from({ length: end - first }, (_, at) => first + at))
    await Promise.all(this.#ends.slice(first, end))
  }

  async #finish(slots: readonly number[]): Promise<void> {
    const results = await Promise.allSettled(slots.map(slot => this.#finishOne(slot)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #finishOne(slot: number): Promise<void> {
    const ended = this.#ends[slot]
    try {
      // A thread that died says nothing any more, but its task fails.
      if (this.#mailbox.isBusy(slot)) await Promise.race([this.#mailbox.finished(slot), ended])
      if (this.#mailbox.hasFailed(slot)) await ended
    } catch (error) {
      this.#onFailure()
      this.#mailbox.leave(slot)
      throw asGemmeshError(error)
    }
  }

  async destroy(): Promise<void> {
    await this.#threads.destroy()
  }
}
