import { type FileHandle, open } from 'node:fs/promises'
import { arrayOf, bytesPerElement, type Dtype, type Elements } from '../core/matrix.ts'
import { writeFault } from './file-errors.ts'
import { npyHeaderBytes } from './npy.ts'
import { writeRuns } from './runs.ts'

const bufferElements = 128 * 1024
/** What the header of any matrix takes: its shape may not be known until all elements are there. */
const headerBytes = 128

/** A .npy file that is written element after element; its shape is said at the end. */
export class NpySequence {
  readonly #path: string
  readonly #dtype: Dtype
  readonly #file: FileHandle
  readonly #buffer: Elements
  #filled = 0
  #position = headerBytes

  private constructor(path: string, dtype: Dtype, file: FileHandle) {
    this.#path = path
    this.#dtype = dtype
    this.#file = file
    this.#buffer = new arrayOf[dtype](bufferElements)
  }

  /** Makes the file. GEMMESH_OUTPUT_UNWRITABLE or GEMMESH_STORAGE_FULL, here and later. */
  static async create(path: string, dtype: Dtype): Promise<NpySequence> {
    const file = await open(path, 'w', 0o600).catch((error: unknown) => {
      throw writeFault(error, path)
    })
    return new NpySequence(path, dtype, file)
  }

  /** Of the file, so far. */
  get bytes(): number {
    return this.#position + this.#filled * bytesPerElement[this.#dtype]
  }

  /** Whether `flush` has to be awaited before the next `push`. */
  get isFull(): boolean {
    return this.#filled === bufferElements
  }

  push(value: number): void {
    this.#buffer[this.#filled++] = value
  }

  async flush(): Promise<void> {
    const { buffer } = this.#buffer
    const bytes = new Uint8Array(buffer, 0, this.#filled * bytesPerElement[this.#dtype])
    await this.#write(this.#position, bytes)
    this.#position += bytes.length
    this.#filled = 0
  }

  /** Writes what is left, and the header. The elements are row after row, or, in Fortran's order, column after column. */
  async finish(rows: number, columns: number, fortranOrder: boolean, dimensions: 1 | 2 = 2): Promise<void> {
    await this.flush()
    const spec = { dtype: this.#dtype, rows, columns, dimensions }
    await this.#write(0, npyHeaderBytes(spec, fortranOrder, headerBytes))
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #write(position: number, bytes: Uint8Array): Promise<void> {
    const runs = { position, strideBytes: bytes.length, runBytes: bytes.length, count: 1 }
    await writeRuns(this.#file, runs, bytes, bytes.length).catch((error: unknown) => {
      throw writeFault(error, this.#path)
    })
  }
}
