/**
 * Heartbeats from a thread with a connection of its own: whatever the main thread is at, and for how long, master-assign hears
 * that the slave lives. What keeps units with the slave is their progress, which the main thread alone knows: when that
 * one hangs, its numbers stand still, and the leases of its units run out.
 */
import { Worker } from 'node:worker_threads'
import type { FastifyBaseLogger } from 'fastify'
import { GemmeshError } from '../../errors.ts'
import type { RunningUnit } from '../../protocol/messages.ts'
import type { Traffic } from '../../transport/traffic.ts'
import type { HeartbeatData, HeartbeatNews, HeartbeatOrder } from './heartbeat-thread.ts'

/** Beside the source it is TypeScript, beside the compiled code JavaScript. */
const threadFile = new URL(
  import.meta.url.endsWith('.ts') ? './heartbeat-thread.ts' : './heartbeat-thread.js',
  import.meta.url,
)
/** It holds a few messages: a small heap keeps it small. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } as const
/** The main thread says more often than the other one beats what it has at hand. */
const listsPerBeat = 2

export interface HeartbeatsOptions extends HeartbeatData {
  readonly running: () => readonly RunningUnit[]
  /** Where answers that arrived damaged are counted. */
  readonly traffic: Traffic
  readonly logger: FastifyBaseLogger
}

export class Heartbeats {
  readonly #options: HeartbeatsOptions
  #round = 0
  #everyMs = 0
  #thread: Worker | undefined
  #listing: NodeJS.Timeout | undefined
  #news = Promise.withResolvers<void>()
  #isClosed = false

  constructor(options: HeartbeatsOptions) {
    this.#options = options
  }

  /** Has the thread start, which takes longer than a registration. */
  prepare(): void {
    if (!this.#isClosed) this.#thread ??= this.#start()
  }

  /**
   * Beats from now on, at once for the first time. Resolves when the master wants another registration, and rejects with what became of a heartbeat that
   * failed; the thread beats on in either case, and what it hears before the next `keep` is no news.
   */
  keep(everyMs: number): Promise<void> {
    this.#round++
    this.#everyMs = everyMs
    this.#news = Promise.withResolvers()
    clearInterval(this.#listing)
    if (this.#isClosed) return Promise.resolve()
    this.#listing = setInterval(() => this.tell(), everyMs / listsPerBeat).unref()
    this.tell()
    return this.#news.promise
  }

  /** What is at hand has changed. */
  tell(): void {
    if (this.#round === 0 || this.#isClosed) return
    this.#thread ??= this.#start()
    const order: HeartbeatOrder = {
      round: this.#round,
      everyMs: this.#everyMs,
      running: this.#options.running(),
    }
    this.#thread.postMessage(order)
  }

  /** Not one heartbeat comes after this. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#listing)
    await this.#thread?.terminate()
    this.#news.resolve()
  }

  #start(): Worker {
    const { master, ip, name, incarnation, logger } = this.#options
    const data: HeartbeatData = { master, ip, name, incarnation }
    const thread = new Worker(threadFile, { workerData: data, resourceLimits, execArgv: [] })
    thread.unref()
    thread.on('message', (news: HeartbeatNews) => this.#hear(news))
    thread.on('error', error => logger.error({ reason: String(error) }, 'the thread of the heartbeats ended'))
    // The next list starts another one.
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined
    })
    return thread
  }

  #hear({ round, fault, damaged }: HeartbeatNews): void {
    if (damaged !== undefined) this.#options.traffic.countDamaged(damaged)
    else if (round !== this.#round) return
    else if (fault === undefined) this.#news.resolve()
    else this.#news.reject(new GemmeshError(fault.code, fault.message))
  }
}
