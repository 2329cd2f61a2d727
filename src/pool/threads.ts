/** The threads of a pool, which may start before it is known what they compute on, while that is loaded, tested and read. */
import { Piscina } from 'piscina'
import type { Call, ThreadData } from './thread.ts'

/** Beside the source it is TypeScript, beside the compiled code JavaScript. */
const threadFile = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)

export class Threads {
  readonly count: number
  readonly #piscina: Piscina<Call, void>
  /** Piscina gives it to each thread that it starts, also to one that replaces another later. */
  readonly #known: { data?: ThreadData } = {}
  #ended: Promise<void> | undefined

  constructor(count: number) {
    this.count = count
    this.#piscina = new Piscina({
      filename: threadFile.href,
      minThreads: count,
      maxThreads: count,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      maxQueue: count,
      atomics: 'sync',
      recordTiming: false,
      // Flags of the program's start, such as --input-type or --inspect-brk, are not meant for its threads.
      execArgv: [],
      workerData: this.#known,
    })
    // A thread that dies idle is replaced by piscina; one that dies at work fails its round.
    this.#piscina.on('error', () => {})
  }

  /** Tells each what it computes on, once; returns when each is ready to. */
  async prepare(data: ThreadData): Promise<void> {
    this.#known.data = data
    const orders = { data, arrived: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT), threads: this.count }
    await Promise.all(Array.from({ length: this.count }, () => this.#piscina.run(orders)))
  }

  /** Has a thread drain rounds for a slot, until it no longer lingers. */
  run(slot: number): Promise<void> {
    return this.#piscina.run(slot)
  }

  /** Calls that no thread has taken yet, as far as piscina has heard. */
  get queued(): number {
    return this.#piscina.queueSize
  }

  /** Any number of times. */
  destroy(): Promise<void> {
    this.#ended ??= this.#piscina.destroy()
    return this.#ended
  }
}
