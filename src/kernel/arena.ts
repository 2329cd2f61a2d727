/** One shared WebAssembly.Memory for everything that threads compute on, handed out by offset. */
import { arrayOf, bytesPerElement, type Dtype, type Elements } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'

const pageBytes = 65536
/** wasm32 addresses end here. */
export const arenaLimitBytes = 65536 * pageBytes
/** A cache line: no two allocations share one, so that threads never write to the same line by accident. */
export const alignmentBytes = 64

interface Gap {
  offset: number
  bytes: number
}

const aligned = (bytes: number) =>
  Math.max(alignmentBytes, Math.ceil(bytes / alignmentBytes) * alignmentBytes)

/**
 * Sized once and never grown, so that views of it stay valid. Allocation is first fit over a list of gaps that is
 * sorted by offset and merged on release: an arena holds tens of blocks, not thousands.
 */
export class Arena {
  readonly memory: WebAssembly.Memory
  /** Whose views are handed out: `memory.buffer` is another object as soon as any shared memory of the process grows. */
  readonly buffer: SharedArrayBuffer
  readonly bytes: number
  readonly #gaps: Gap[]
  readonly #taken = new Map<number, number>()

  private constructor(bytes: number) {
    const pages = bytes / pageBytes
    // Of a memory that begins with its size V8 thinks that it may be garbage to be had, and collects garbage at once where it is large.
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: pages, shared: true })
    this.memory.grow(pages - 1)
    this.buffer = this.memory.buffer
    this.bytes = bytes
    this.#gaps = [{ offset: 0, bytes }]
  }

  /** An arena of `bytes`, rounded up to pages of 64 KiB. The system commits pages as they are first touched. */
  static create(bytes: number): Arena {
    if (!(bytes > 0 && bytes <= arenaLimitBytes)) {
      throw new GemmeshError(
        'GEMMESH_MEMORY_EXCEEDED',
        `An arena of ${bytes} bytes was asked for; it can have from 1 to ${arenaLimitBytes} bytes. Ask for less memory.`,
      )
    }
    try {
      return new Arena(Math.ceil(bytes / pageBytes) * pageBytes)
    } catch (cause) {
      throw new GemmeshError(
        'GEMMESH_MEMORY_EXCEEDED',
        `The system does not give an arena of ${bytes} bytes. Ask for less memory.`,
        { cause },
      )
    }
  }

  /** What is not allocated; an allocation may still fail when no single gap is large enough. */
  get freeBytes(): number {
    return this.#gaps.reduce((sum, gap) => sum + gap.bytes, 0)
  }

  /** The most that one allocation can get. */
  get largestFreeBytes(): number {
    return this.#gaps.reduce((most, gap) => Math.max(most, gap.bytes), 0)
  }

  /**
   * The offset of `bytes` bytes at a multiple of 64, with whatever was there before in them. 0 bytes are a valid
   * allocation. GEMMESH_MEMORY_EXCEEDED when no gap is large enough.
   */
  allocate(bytes: number): number {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new GemmeshError('GEMMESH_INTERNAL', `An allocation of ${bytes} bytes is not a count of bytes.`)
    }
    const size = aligned(bytes)
    const index = this.#gaps.findIndex(gap => gap.bytes >= size)
    const gap = this.#gaps[index]
    if (gap === undefined) throw this.#exceeded(bytes)
    const { offset } = gap
    gap.offset += size
    gap.bytes -= size
    if (gap.bytes === 0) this.#gaps.splice(index, 1)
    this.#taken.set(offset, size)
    return offset
  }

  /** Gives back what `allocate` returned at `offset`; views of it must not be used any more. */
  release(offset: number): void {
    const bytes = this.#taken.get(offset)
    if (bytes === undefined) {
      throw new GemmeshError('GEMMESH_INTERNAL', `Nothing is allocated at offset ${offset} of the arena.`)
    }
    this.#taken.delete(offset)
    const after = this.#gaps.findIndex(gap => gap.offset > offset)
    const index = after === -1 ? this.#gaps.length : after
    const previous = this.#gaps[index - 1]
    const next = this.#gaps[index]
    const joinsPrevious = previous !== undefined && previous.offset + previous.bytes === offset
    const joinsNext = next !== undefined && offset + bytes === next.offset
    if (joinsPrevious) {
      previous.bytes += bytes + (joinsNext ? next.bytes : 0)
      if (joinsNext) this.#gaps.splice(index, 1)
    } else if (joinsNext) {
      next.offset = offset
      next.bytes += bytes
    } else {
      this.#gaps.splice(index, 0, { offset, bytes })
    }
  }

  /** `length` bytes at `offset`, not copied. */
  bytesAt(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.buffer, offset, length)
  }

  /** `length` elements at `offset` bytes, not copied. */
  view(dtype: Dtype, offset: number, length: number): Elements {
    if (offset % bytesPerElement[dtype] !== 0) {
      throw new GemmeshError(
        'GEMMESH_INTERNAL',
        `Offset ${offset} is not a multiple of the size of ${dtype}.`,
      )
    }
    return new arrayOf[dtype](this.buffer, offset, length)
  }

  #exceeded(bytes: number): GemmeshError {
    return new GemmeshError(
      'GEMMESH_MEMORY_EXCEEDED',
      `${bytes} bytes were asked for, but the arena of ${this.bytes} bytes has ${this.freeBytes} free, ` +
        `the largest piece ${this.largestFreeBytes}. Set a larger memory limit or multiply in smaller parts.`,
    )
  }
}
