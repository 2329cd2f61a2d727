/**
 * Elements of a matrix that come in any order, put into their places in a file in bounded memory. What is larger than a band
 * of memory is first sorted by bands into a file beside it:
 *
 *     entries ──▶ a buffer for each band ──▶ spill file, in pieces ──▶ band after band: its pieces added up, written
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { bytesPerElement } from '../core/matrix.ts'
import { writeFault } from './file-errors.ts'
import { npyDataBytes } from './npy.ts'
import type { NpyWriter } from './npy-writer.ts'
import { misfit } from './text/number-text.ts'

const defaultBandBytes = 32 * 2 ** 20
/** All bands' buffers together. */
const bufferBytes = 32 * 2 ** 20
const mostBuffered = 4096
/** Place and value, as two float64: places are exact up to 2^53. */
const entryBytes = 16

interface Bucket {
  /** Of its pieces in the spill file: position and bytes. */
  readonly pieces: [position: number, bytes: number][]
  readonly buffer: Float64Array
  filled: number
}

export class EntryPlacer {
  readonly #writer: NpyWriter
  readonly #elements: number
  readonly #bandElements: number
  readonly #spillPath: string
  readonly #buckets = new Map<number, Bucket>()
  readonly #bufferedEntries: number
  /** The only band, where one is enough. */
  readonly #band: Float64Array | undefined
  #spill: number | undefined
  #spilledBytes = 0

  constructor(writer: NpyWriter, bandBytes = defaultBandBytes) {
    const { rows, columns } = writer.spec
    this.#writer = writer
    this.#elements = rows * columns
    this.#bandElements = Math.max(1, Math.floor(bandBytes / 8))
    this.#spillPath = `${writer.path}.spill`
    const bands = Math.ceil(this.#elements / this.#bandElements)
    this.#bufferedEntries = Math.max(
      1,
      Math.min(mostBuffered, Math.floor(bufferBytes / entryBytes / Math.max(1, bands))),
    )
    this.#band = bands <= 1 ? new Float64Array(this.#elements) : undefined
  }

  /** Adds to what is in this place, from 0. */
  add(row: number, column: number, value: number): void {
    const place = row * this.#writer.spec.columns + column
    if (this.#band !== undefined) {
      this.#band[place] = (this.#band[place] ?? 0) + value
      return
    }
    const number = Math.floor(place / this.#bandElements)
    let bucket = this.#buckets.get(number)
    if (bucket === undefined) {
      bucket = { pieces: [], buffer: new Float64Array(2 * this.#bufferedEntries), filled: 0 }
      this.#buckets.set(number, bucket)
    }
    bucket.buffer[bucket.filled++] = place
    bucket.buffer[bucket.filled++] = value
    if (bucket.filled === bucket.buffer.length) this.#empty(bucket)
  }

  /** Writes everything into its place. An element that is none of the matrix's type is said by `fault`. */
  async finish(fault: (why: string) => Error): Promise<void> {
    if (this.#band !== undefined) return this.#write(0, this.#band, fault)
    const band = new Float64Array(this.#bandElements)
    for (const [number, bucket] of this.#buckets) {
      const start = number * this.#bandElements
      band.fill(0)
      const addAll = (entries: Float64Array) => {
        for (let index = 0; index < entries.length; index += 2) {
          const at = (entries[index] ?? 0) - start
          band[at] = (band[at] ?? 0) + (entries[index + 1] ?? 0)
        }
      }
      const piece = new Float64Array(bucket.buffer.length)
      for (const [position, bytes] of bucket.pieces) {
        readSync(this.#spill ?? -1, piece, 0, bytes, position)
        addAll(piece.subarray(0, bytes / 8))
      }
      addAll(bucket.buffer.subarray(0, bucket.filled))
      await this.#write(start, band.subarray(0, Math.min(this.#bandElements, this.#elements - start)), fault)
    }
  }

  /** Removes the spill file. */
  async close(): Promise<void> {
    if (this.#spill === undefined) return
    closeSync(this.#spill)
    this.#spill = undefined
    await rm(this.#spillPath, { force: true })
  }

  /** Synchronously: 64 KiB into the page cache take microseconds. */
  #empty(bucket: Bucket): void {
    try {
      this.#spill ??= openSync(this.#spillPath, 'w+', 0o600)
      const bytes = new Uint8Array(bucket.buffer.buffer, 0, bucket.filled * 8)
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#spill, bytes, done, bytes.length - done, this.#spilledBytes + done)
      bucket.pieces.push([this.#spilledBytes, bytes.length])
      this.#spilledBytes += bytes.length
      bucket.filled = 0
    } catch (error) {
      throw writeFault(error, this.#spillPath)
    }
  }

  async #write(start: number, values: Float64Array, fault: (why: string) => Error): Promise<void> {
    const { dtype, rows, columns } = this.#writer.spec
    if (dtype === 'int32')
      for (const value of values) {
        const why = misfit(value, dtype)
        if (why !== undefined) throw fault(why)
      }
    const elements =
      dtype === 'float64' ? values : dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values)
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength)
    if (npyDataBytes(this.#writer.spec) === 0) return
    await this.#writer.writeSpan({ row: 0, column: 0, rows, columns }, start * bytesPerElement[dtype], bytes)
  }
}
