/** What computes: an arena, the processor that was chosen for this machine, and threads. */
import { Arena } from '../kernel/arena.ts'
import { readProcessorImages } from '../kernel/processor.ts'
import { reproducibleImages } from '../kernel/reproducible.ts'
import { selectProcessor } from '../kernel/select.ts'
import { Pool } from '../pool/pool.ts'
import { Allocations } from './allocations.ts'

/** Thread counts that are kept at hand; each has its threads and some megabytes of the arena. */
const poolLimit = 4

export class Engine {
  readonly arena: Arena
  readonly allocations: Allocations
  /** By the number of threads; the one that was used last is the last. */
  readonly #pools = new Map<number, Pool>()
  readonly #reproducible: boolean

  constructor(memoryBytes: number, reproducible: boolean) {
    this.#reproducible = reproducible
    this.arena = Arena.create(memoryBytes)
    this.allocations = new Allocations(this.arena)
  }

  /** The pool of so many threads if they are running. */
  running(threads: number): Pool | undefined {
    const pool = this.#pools.get(threads)
    if (pool === undefined) return undefined
    this.#pools.delete(threads)
    this.#pools.set(threads, pool)
    return pool
  }

  /** Starts so many threads. One call at a time; no product may be under way. */
  async start(threads: number): Promise<Pool> {
    const [oldest] = this.#pools
    if (oldest !== undefined && this.#pools.size >= poolLimit) {
      this.#pools.delete(oldest[0])
      await oldest[1].close()
    }
    const processor = await (this.#reproducible ? reproducibleProcessor() : fastestProcessor())
    const pool = await Pool.start({ arena: this.arena, processor, threads })
    this.#pools.set(threads, pool)
    return pool
  }

  /** Ends all threads. The engine is of no use afterwards; what it allocated is memory as any other. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map(pool => pool.close()))
  }
}

const fastestProcessor = once(async () => (await selectProcessor(await readProcessorImages())).chosen)

const reproducibleProcessor = once(
  async () => (await selectProcessor(reproducibleImages(await readProcessorImages()))).chosen,
)

/** The self-test takes a tenth of a second, and says the same for all engines of a process; a failure is not kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return async () => {
    made ??= make()
    try {
      return await made
    } catch (error) {
      made = undefined
      throw error
    }
  }
}
