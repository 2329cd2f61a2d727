/**
 * Admission by memory: a unit starts only when all that it may hold fits beside the units that run, so that two units
 * never wait for each other's blocks. First come, first served.
 */
import { GemmeshError } from '../../errors.ts'
import { arenaLimitBytes } from '../../kernel/arena.ts'

/** Outside the arena: buffers of connections, which stand beside blocks that arrive and tiles that leave. */
const connectionsBytes = 16 * 2 ** 20

/** Of a large memory pools and connections take their part; beside a small one they have their own, or little would be left. */
export const arenaBytesFor = (memoryBytes: number, poolsBytes: number): number => {
  const isLarge = memoryBytes > 16 * (poolsBytes + connectionsBytes)
  return Math.min(arenaLimitBytes, isLarge ? memoryBytes - connectionsBytes : memoryBytes + poolsBytes)
}

interface Waiting {
  readonly bytes: number
  readonly admit: () => void
}

export class MemoryBudget {
  readonly #totalBytes: number
  #freeBytes: number
  readonly #queue: Waiting[] = []

  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes
    this.#freeBytes = totalBytes
  }

  /** Waits until `bytes` are free. GEMMESH_MEMORY_EXCEEDED at once when they never will be. */
  async reserve(bytes: number, signal: AbortSignal): Promise<void> {
    if (bytes > this.#totalBytes) {
      throw new GemmeshError(
        'GEMMESH_MEMORY_EXCEEDED',
        `a work unit needs ${bytes} bytes for its tile and blocks, this slave has ${this.#totalBytes}: raise the slave's memory, or lower unit-edge or block-edge`,
      )
    }
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Waiting = { bytes, admit: resolve }
    const give = () => {
      const index = this.#queue.indexOf(waiting)
      if (index >= 0) this.#queue.splice(index, 1)
      reject(signal.reason)
      this.#admit()
    }
    this.#queue.push(waiting)
    signal.addEventListener('abort', give, { once: true })
    this.#admit()
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', give)
    }
  }

  free(bytes: number): void {
    this.#freeBytes += bytes
    this.#admit()
  }

  #admit(): void {
    for (
      let next = this.#queue[0];
      next !== undefined && next.bytes <= this.#freeBytes;
      next = this.#queue[0]
    ) {
      this.#queue.shift()
      this.#freeBytes -= next.bytes
      next.admit()
    }
  }
}
