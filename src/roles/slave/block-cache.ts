/**
 * Blocks of operands in the arena: each is brought once, shared by the units that need it, lent to other slaves, and kept
 * until the room is wanted for others (least recently used goes first; a pinned block never goes). It is lent with the digest
 * that it came with, so that a slave whose memory damages it does not make others compute wrongly.
 */
import type { FastifyBaseLogger } from 'fastify'
import type { BlockRef } from '../../core/block-directory.ts'
import type { Dtype } from '../../core/matrix.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { Arena } from '../../kernel/arena.ts'
import type { Served } from '../../transport/serve.ts'
import { views } from './views.ts'

/** How long who wants to borrow a block that is still to come hears nothing. */
const lendWaitMs = 1000

/** A block by what it holds: the same key is the same bytes. */
export interface BlockSpec {
  readonly key: string
  readonly dtype: Dtype
  readonly blockRows: number
  readonly blockColumns: number
  readonly blockBytes: number
}

export const blockKey = ({ matrix, row, column }: BlockRef, grid: string): string =>
  `${matrix}/${grid}/${row}/${column}`

/** One block, pinned for whoever acquired it. */
export interface Block {
  readonly key: string
  readonly offset: number
}

/**
 * Brings a block to `target`. It says the ticket under which the block was granted as soon as it knows: until the block is
 * there, it is lent only to those with a greater one. Resolves to the digest of the block, made where it was read.
 */
export type Fill = (target: Uint8Array, granted: (ticket: number) => void) => Promise<string>

interface Entry extends Block {
  readonly spec: BlockSpec
  pins: number
  isFilled: boolean
  readonly granted: Promise<number>
  /** Settles when the bytes are there, with their digest; a fill that failed takes the entry away. */
  readonly filled: Promise<string>
  /** Other slaves that are being sent it. */
  loans: number
}

export interface CacheCounters {
  fetched: number
  cached: number
  fetchedBytes: number
}

export class BlockCache {
  readonly #arena: Arena
  /** In order of use: the first is the least recently used. */
  readonly #entries = new Map<string, Entry>()
  /** Those that nobody finds any more; their room is given back when the last who uses them has let go. */
  readonly #forgotten = new Map<Block, Entry>()
  readonly #logger: FastifyBaseLogger

  constructor(arena: Arena, logger: FastifyBaseLogger) {
    this.#arena = arena
    this.#logger = logger
  }

  /** The block, pinned: from the cache, or brought by `fill` into its place in the arena. */
  async acquire(spec: BlockSpec, fill: Fill, counters: CacheCounters): Promise<Block> {
    const { key, blockBytes } = spec
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = this.#begin(spec, fill)
      counters.fetched++
      counters.fetchedBytes += blockBytes
    } else {
      this.#entries.delete(key)
      counters.cached++
    }
    this.#entries.set(key, entry)
    entry.pins++
    try {
      await entry.filled
      return entry
    } catch (error) {
      this.#forget(entry)
      this.release(entry)
      throw error
    }
  }

  release(block: Block): void {
    const forgotten = this.#forgotten.get(block)
    const entry = forgotten ?? this.#entries.get(block.key)
    if (entry !== undefined) entry.pins--
    if (forgotten !== undefined) this.#giveBack(forgotten)
  }

  /**
   * The block for another slave, once it is here. GEMMESH_BLOCK_UNKNOWN where it is not, or is still waited for under a
   * ticket that is not smaller than `ticket`; GEMMESH_BLOCK_AWAITED where it has not come within `waitMs`, so that who asks knows
   * that this slave lives. Memory that is wanted meanwhile ends the loan: the stream breaks off.
   */
  async lend(key: string, ticket: number, waitMs = lendWaitMs): Promise<Served> {
    const entry = this.#entries.get(key)
    if (entry === undefined) throw unknown(key)
    const arrival = this.#arrival(entry, ticket)
    const digest = await (entry.isFilled ? arrival : inTime(arrival, waitMs, () => awaited(key)))
    const { dtype, blockRows: rows, blockColumns: columns } = entry.spec
    const original = { digest, onDamaged: () => this.#damaged(entry) }
    return { header: { dtype, rows, columns }, payload: this.#payload(entry), original }
  }

  /** The digest of the block, when it is here. */
  async #arrival(entry: Entry, ticket: number): Promise<string> {
    const { key, granted, filled } = entry
    if (!entry.isFilled && (await granted) >= ticket && !entry.isFilled) throw unknown(key)
    return filled.catch(cause => {
      throw unknown(key, cause)
    })
  }

  /** Room in the arena, for a block or a tile; unpinned blocks make way. GEMMESH_MEMORY_EXCEEDED when that is not enough. */
  allocate(bytes: number): number {
    for (;;) {
      try {
        return this.#arena.allocate(bytes)
      } catch (error) {
        if (asGemmeshError(error).code !== 'GEMMESH_MEMORY_EXCEEDED' || !this.#evictOne()) throw error
      }
    }
  }

  #begin(spec: BlockSpec, fill: Fill): Entry {
    const { key, blockBytes } = spec
    const offset = this.allocate(blockBytes)
    const { promise: granted, resolve: grant, reject } = Promise.withResolvers<number>()
    granted.catch(() => {}) // whom it concerns, awaits it
    const filled = fill(this.#arena.bytesAt(offset, blockBytes), grant)
    const entry: Entry = {
      ...{ key, spec, offset, granted, pins: 0, loans: 0, isFilled: false },
      filled: filled.then(
        digest => {
          entry.isFilled = true
          grant(0)
          return digest
        },
        error => {
          reject(unknown(key, error))
          throw error
        },
      ),
    }
    return entry
  }

  *#payload(entry: Entry): Generator<Uint8Array> {
    entry.loans++
    try {
      for (const view of views(this.#arena.bytesAt(entry.offset, entry.spec.blockBytes))) {
        if (this.#entries.get(entry.key) !== entry) throw unknown(entry.key)
        yield view
      }
    } finally {
      entry.loans--
    }
  }

  /** One that is lent goes last: who is being sent it notices by its checksums, and gets it elsewhere. */
  #evictOne(): boolean {
    const unpinned = [...this.#entries.values()].filter(({ pins }) => pins === 0)
    const entry = unpinned.find(({ loans }) => loans === 0) ?? unpinned[0]
    if (entry === undefined) return false
    this.#entries.delete(entry.key)
    this.#arena.release(entry.offset)
    return true
  }

  /** Memory that was wanted for others while the block was sent is no damage. */
  #damaged(entry: Entry): void {
    if (this.#entries.get(entry.key) !== entry) return
    const message = 'a block is not what it was when it came: the memory of this machine may be broken'
    this.#logger.error({ block: entry.key }, message)
    this.#forget(entry)
  }

  #forget(entry: Entry): void {
    if (this.#entries.get(entry.key) !== entry) return
    this.#entries.delete(entry.key)
    this.#forgotten.set(entry, entry)
    this.#giveBack(entry)
  }

  #giveBack(entry: Entry): void {
    if (entry.pins > 0) return
    this.#forgotten.delete(entry)
    this.#arena.release(entry.offset)
  }
}

const unknown = (key: string, cause?: unknown): GemmeshError =>
  new GemmeshError(
    'GEMMESH_BLOCK_UNKNOWN',
    `This slave does not have the block ${key.slice(0, 120)} any more, or not yet: get it from its source.`,
    { cause },
  )

const awaited = (key: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_BLOCK_AWAITED',
    `This slave is waiting for the block ${key.slice(0, 120)} itself: ask again, or get it from its source.`,
  )

/** What comes of `promise`; what `late` gives is thrown where that takes longer than `ms`. */
function inTime<T>(promise: Promise<T>, ms: number, late: () => GemmeshError): Promise<T> {
  const lateness = Promise.withResolvers<never>()
  const timer = setTimeout(() => lateness.reject(late()), ms)
  return Promise.race([promise, lateness.promise]).finally(() => clearTimeout(timer))
}
