/** The threads of a pool: piscina starts, queues and replaces them; rounds are given to them by the mailbox. */
import { setImmediate } from 'node:timers/promises'
import { Piscina } from 'piscina'
import { asGemmeshError } from '../errors.ts'
import { Mailbox, type RoundOfTasks } from './mailbox.ts'
import type { ThreadData } from './thread.ts'

/** Beside the source it is TypeScript, beside the compiled code JavaScript. */
const threadFile = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)

/** The calling thread waits so long for the last pieces of others before it returns to its events. */
const patienceMs = 0.5

export class Crew {
  readonly #piscina: Piscina<number, void>
  readonly #mailbox: Mailbox
  /** By slot: the piscina task of the thread that was there last; it ends when the thread no longer lingers. */
  readonly #ends: Promise<void>[] = []
  readonly #onFailure: () => void

  /** One thread for each of the workspaces; `onFailure` is called as soon as one of them fails. */
  constructor(workerData: ThreadData, onFailure: () => void) {
    const threads = workerData.workspaces.length
    this.#onFailure = onFailure
    this.#mailbox = new Mailbox(workerData.memory, workerData.mailbox, threads)
    this.#piscina = new Piscina({
      filename: threadFile.href,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      maxQueue: threads,
      atomics: 'sync',
      recordTiming: false,
      // Flags of the program's start, such as --input-type or --inspect-brk, are not meant for its threads.
      execArgv: [],
      workerData,
    })
    // A thread that dies idle is replaced by piscina; one that dies at work fails its round.
    this.#piscina.on('error', () => {})
  }

  /** Calls the threads of the slots from `first` to `end` to a round. None may be at work. */
  call(round: RoundOfTasks, first: number, end: number): void {
    if (first >= end) return
    this.#mailbox.post(round)
    for (let slot = first; slot < end; slot++) {
      if (this.#mailbox.call(slot)) continue
      const ended = this.#piscina.run(slot)
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
    if (this.#piscina.queueSize > 0) await setImmediate()
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
    await this.#piscina.destroy()
  }
}
