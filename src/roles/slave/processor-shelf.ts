/**
 * Processors that masters serve: pulled by SHA-256, checked, self-tested, and running in a pool of threads. A slave
 * computes with nothing else; a rebuilt module on the master is a new digest and so a new pool, without a restart.
 */
import { createHash } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { GemmeshError } from '../../errors.ts'
import type { Arena } from '../../kernel/arena.ts'
import type { ProcessorImage } from '../../kernel/processor.ts'
import { selectProcessor } from '../../kernel/select.ts'
import { Pool } from '../../pool/pool.ts'
import type { WorkUnit } from '../../protocol/messages.ts'
import { processorPath } from '../../protocol/routes.ts'
import type { Link } from '../../transport/link.ts'

type Wanted = WorkUnit['processors']

export interface Running {
  readonly pool: Pool
  readonly variant: string
  /** Of the processor in the pool, hex. */
  readonly sha256: string
}

interface Shelved {
  readonly running: Promise<Running>
  users: number
}

/** Pools that are kept at once: the one in use, and the one of the job before while its last unit ends. */
export const poolsKept = 2

export class ProcessorShelf {
  readonly #arena: Arena
  readonly #threads: number | undefined
  readonly #link: Link
  readonly #logger: FastifyBaseLogger
  /** By the digests on offer; the first is the least recently used. */
  readonly #shelf = new Map<string, Shelved>()

  constructor(options: { arena: Arena; threads: number | undefined; link: Link; logger: FastifyBaseLogger }) {
    this.#arena = options.arena
    this.#threads = options.threads
    this.#link = options.link
    this.#logger = options.logger
  }

  /** Runs `action` with the best of the processors on offer at `source`; its pool stays until the action has ended. */
  async use<T>(wanted: Wanted, source: string, action: (running: Running) => Promise<T>): Promise<T> {
    const shelved = this.#take(wanted, source)
    shelved.users++
    try {
      return await action(await shelved.running)
    } finally {
      shelved.users--
    }
  }

  async close(): Promise<void> {
    const all = [...this.#shelf.values()]
    this.#shelf.clear()
    await Promise.all(all.map(closePool))
  }

  #take(wanted: Wanted, source: string): Shelved {
    const key = wanted
      .map(({ sha256 }) => sha256)
      .sort()
      .join()
    const found = this.#shelf.get(key)
    const shelved = found ?? { running: this.#start(wanted, source), users: 0 }
    this.#shelf.delete(key)
    this.#shelf.set(key, shelved)
    // One that could not be started is tried afresh by the next unit.
    shelved.running.catch(() => this.#shelf.get(key) === shelved && this.#shelf.delete(key))
    this.#clear()
    return shelved
  }

  async #start(wanted: Wanted, source: string): Promise<Running> {
    const images = await Promise.all(wanted.map(processor => this.#pull(processor, source)))
    const { chosen } = await selectProcessor(images)
    const pool = await Pool.start({
      arena: this.#arena,
      processor: chosen,
      ...(this.#threads === undefined ? {} : { threads: this.#threads }),
    })
    const { variant, sha256 } = chosen.image
    this.#logger.info(
      { variant, sha256, source, threads: pool.threads },
      'processor received, tested and running',
    )
    return { pool, variant, sha256 }
  }

  async #pull(processor: Wanted[number], source: string): Promise<ProcessorImage> {
    const { variant, sha256, sizeBytes } = processor
    const bytes = await this.#link.fetchBytes(source, processorPath(sha256), sizeBytes)
    const found = createHash('sha256').update(bytes).digest('hex')
    if (found !== sha256) {
      throw new GemmeshError(
        'GEMMESH_PROCESSOR_REJECTED',
        `${source} sent ${found} when asked for the processor ${sha256}`,
      )
    }
    return { variant, bytes, sha256 }
  }

  #clear(): void {
    for (const [key, shelved] of this.#shelf) {
      if (this.#shelf.size <= poolsKept) return
      if (shelved.users > 0) continue
      this.#shelf.delete(key)
      closePool(shelved).catch(error => this.#logger.warn({ error }, 'a pool of threads did not end well'))
    }
  }
}

async function closePool({ running }: Shelved): Promise<void> {
  const started = await running.catch(() => undefined)
  await started?.pool.close()
}
