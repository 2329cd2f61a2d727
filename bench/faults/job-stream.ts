/** Jobs that run all the time, a few at once: each is submitted with a key, followed to its end, and its result compared. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster, JobView } from '../../src/client/index.ts'
import { asGemmeshError } from '../../src/errors.ts'
import { type ExactProduct, isExact } from './products.ts'

const pollMs = 50
/** A master that is killed is back within seconds. */
const patienceMs = 60_000

export interface StreamOutcome {
  readonly accepted: number
  readonly exact: number
  /** What went wrong, one line each. */
  readonly faults: readonly string[]
  /** The longest that a job took, from its acceptance. */
  readonly longestMs: number
}

export interface StreamOptions {
  readonly products: readonly ExactProduct[]
  /** Jobs at a time. */
  readonly atOnce: number
  /** For results; what is in it goes. */
  readonly folder: string
  /** A job that takes longer is stuck. */
  readonly jobWithinMs: number
}

/** Tries again while nobody answers. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  const givesUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const { code, kind } = asGemmeshError(error)
      if ((!kind.retryable && code !== 'GEMMESH_INTERNAL') || performance.now() > givesUpAt) throw error
      await delay(pollMs)
    }
  }
}

export class JobStream {
  readonly #client: Cluster
  readonly #options: StreamOptions
  readonly #faults: string[] = []
  readonly #underWay = new Map<string, JobView | undefined>()
  #running: Promise<unknown> = Promise.resolve()
  #going = false
  #accepted = 0
  #exact = 0
  #longestMs = 0
  #next = 0

  constructor(client: Cluster, options: StreamOptions) {
    this.#client = client
    this.#options = options
  }

  /** Submits until `end`. */
  start(): void {
    this.#going = true
    const lane = async () => {
      while (this.#going) await this.one()
    }
    this.#running = Promise.all(Array.from({ length: this.#options.atOnce }, lane))
  }

  /** The jobs that were accepted and have not ended, as they were seen last. */
  get underWay(): ReadonlyMap<string, JobView | undefined> {
    return this.#underWay
  }

  get exact(): number {
    return this.#exact
  }

  get faults(): readonly string[] {
    return this.#faults
  }

  /** No more jobs; what was accepted is waited for. */
  async end(): Promise<StreamOutcome> {
    this.#going = false
    await this.#running
    return {
      accepted: this.#accepted,
      exact: this.#exact,
      faults: this.#faults,
      longestMs: this.#longestMs,
    }
  }

  /** One job, from its submission to the comparison. */
  async one(): Promise<void> {
    const { products, folder, jobWithinMs } = this.#options
    const product = products[this.#next++ % products.length]
    if (product === undefined) return
    const path = join(folder, `result-${this.#next}.npy`)
    let id = 'not accepted'
    try {
      const a = await patiently(() => this.#client.upload(product.a))
      const b = await patiently(() => this.#client.upload(product.b))
      const key = crypto.randomUUID()
      const request = { operation: 'gemm', a: a.id, b: b.id } as const
      const job = await patiently(() => this.#client.submit(request, key))
      id = job.id
      this.#accepted++
      this.#underWay.set(id, undefined)
      const startedAt = performance.now()
      for (;;) {
        const view = await patiently(() => job.status())
        this.#underWay.set(id, view)
        if (view.state === 'done') break
        if (view.state === 'failed' || view.state === 'cancelled')
          throw new Error(`${view.state}: ${view.fault?.code} ${view.fault?.message}`)
        if (performance.now() - startedAt > jobWithinMs)
          throw new Error(
            `stuck: ${view.state} after ${jobWithinMs} ms, ${view.unitsPlaced} of ${view.unitsTotal} placed (${view.reason ?? 'no reason given'})`,
          )
        await delay(pollMs)
      }
      this.#longestMs = Math.max(this.#longestMs, performance.now() - startedAt)
      await patiently(() => job.save(path, { stream: this.#next % 2 === 0 }))
      if (await isExact(path, product)) this.#exact++
      else throw new Error('the result is WRONG')
    } catch (error) {
      const { code, message } = asGemmeshError(error)
      this.#faults.push(`job ${id} (${product.name}): ${code} ${message}`)
    } finally {
      this.#underWay.delete(id)
      await rm(path, { force: true })
    }
  }
}
