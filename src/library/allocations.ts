/** The matrices that users have in an arena. */
import { bytesPerElement, type Dtype, type Matrix, type Shape } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import type { Arena } from '../kernel/arena.ts'
import type { Int8Operand, Operand } from './operand.ts'

export class Allocations {
  readonly #arena: Arena
  /** Where each begins, and where it ends. */
  readonly #ends = new Map<number, number>()

  constructor(arena: Arena) {
    this.#arena = arena
  }

  /** Zeros. GEMMESH_MEMORY_EXCEEDED when the arena has no room for them. */
  allocate([rows, columns]: Shape, dtype: Dtype): Matrix {
    const bytes = rows * columns * bytesPerElement[dtype]
    const offset = this.#arena.allocate(bytes)
    this.#ends.set(offset, offset + bytes)
    const data = this.#arena.view(dtype, offset, rows * columns)
    data.fill(0)
    return { data, shape: [rows, columns], dtype }
  }

  /**
   * Forgets a matrix that `allocate` handed out, so that no product takes it any more, and returns what gives its memory
   * back; nothing where it is not known.
   */
  forget({ data }: Matrix): (() => void) | undefined {
    const offset = data.byteOffset
    if (data.buffer !== this.#arena.buffer || !this.#ends.delete(offset)) return undefined
    return () => this.#arena.release(offset)
  }

  /** Refuses an operand that lies in the arena, but not in what is allocated there. */
  check(name: string, { data }: Operand | Int8Operand): void {
    if (data.buffer !== this.#arena.buffer || data.length === 0) return
    for (const [start, end] of this.#ends) {
      if (data.byteOffset >= start && data.byteOffset + data.byteLength <= end) return
    }
    throw new GemmeshError('GEMMESH_USAGE', `${name} has been released: allocate it again.`)
  }
}
