/**
 * Blocks of operands in the arena: each is pulled once, shared by the units that need it, and kept until the room is
 * wanted for others (least recently used goes first; a pinned block never goes).
 */
import { asGemmeshError } from '../../errors.ts'
import type { Arena } from '../../kernel/arena.ts'

/** One block, pinned for whoever acquired it. */
export interface Block {
  readonly key: string
  readonly offset: number
}

interface Entry extends Block {
  readonly bytes: number
  pins: number
  /** The slave's answer to `acquire`: settles when the bytes are there; a failed pull takes the entry away. */
  readonly filled: Promise<void>
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

  constructor(arena: Arena) {
    this.#arena = arena
  }

  /** The block named `key`, pinned: from the cache, or pulled by `fill` into its place in the arena. */
  async acquire(
    key: string,
    bytes: number,
    fill: (target: Uint8Array) => Promise<void>,
    counters: CacheCounters,
  ): Promise<Block> {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      const offset = this.allocate(bytes)
      entry = { key, offset, bytes, pins: 0, filled: fill(this.#arena.bytesAt(offset, bytes)) }
      counters.fetched++
      counters.fetchedBytes += bytes
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
      this.#drop(entry)
      throw error
    }
  }

  release(block: Block): void {
    const entry = this.#entries.get(block.key)
    if (entry !== undefined) entry.pins--
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

  #evictOne(): boolean {
    for (const entry of this.#entries.values()) {
      if (entry.pins > 0) continue
      this.#entries.delete(entry.key)
      this.#arena.release(entry.offset)
      return true
    }
    return false
  }

  /** A block whose pull failed: nobody may find it again, and its room is given back when the last waiter has left. */
  #drop(entry: Entry): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key)
    entry.pins--
    if (entry.pins === 0) this.#arena.release(entry.offset)
  }
}
