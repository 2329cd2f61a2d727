import { dirname } from 'node:path'
import type { Rectangle } from '../core/geometry.ts'
import { bytesPerElement } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { type DataFile, type Disk, machineDisk } from './disk.ts'
import { flushFault, systemCode, writeFault } from './file-errors.ts'
import { type NpySpec, npyDataBytes, npyHeaderBytes } from './npy.ts'
import { checkRectangle } from './rectangle.ts'
import { type Runs, writeRuns } from './runs.ts'

export interface NpyWriterOptions {
  /** Each time so many bytes are written, the disk is told to take them while others come: `sync` finds little left. */
  readonly portionBytes?: number
  /** What else is about to be written to the same disk, which has to have room for both. */
  readonly besidesBytes?: number
  /** The machine's where absent. */
  readonly disk?: Disk
}

/**
 * A .npy file that is written by rectangles, in any order and at once; row-major and little-endian, as NumPy writes
 * it. What was never written is zero. Memory that is written from must stay as it is until the promise settles.
 */
export class NpyWriter {
  readonly path: string
  readonly spec: NpySpec
  /** of the whole file */
  readonly bytes: number
  readonly #file: DataFile
  readonly #dataOffset: number
  readonly #portionBytes: number
  /** Written since the disk was told last. */
  #portion = 0
  #telling: Promise<void> | undefined
  /** Of the disk, while it was told: the system says it once, and forgets it. */
  #fault: unknown

  private constructor(
    path: string,
    spec: NpySpec,
    file: DataFile,
    dataOffset: number,
    bytes: number,
    { portionBytes = Number.POSITIVE_INFINITY }: NpyWriterOptions,
  ) {
    this.path = path
    this.spec = spec
    this.bytes = bytes
    this.#portionBytes = portionBytes
    this.#file = file
    this.#dataOffset = dataOffset
  }

  /**
   * Makes the file at `path`, with its header and at its full size; what was there is lost.
   * GEMMESH_STORAGE_FULL where the disk has no room for it now, GEMMESH_OUTPUT_UNWRITABLE for any other reason.
   */
  static async create(path: string, spec: NpySpec, options: NpyWriterOptions = {}): Promise<NpyWriter> {
    const header = npyHeaderBytes(spec)
    const bytes = header.length + npyDataBytes(spec)
    const { disk = machineDisk } = options
    await checkRoom(disk, path, bytes + (options.besidesBytes ?? 0))
    let file: DataFile | undefined
    try {
      file = await disk.open(path, 'w')
      await file.truncate(bytes)
      await writeRuns(
        file,
        { position: 0, strideBytes: header.length, runBytes: header.length, count: 1 },
        header,
        header.length,
      )
      return new NpyWriter(path, spec, file, header.length, bytes, options)
    } catch (error) {
      await file?.close()
      throw writeFault(error, path)
    }
  }

  /**
   * Goes on with the file at `path`, with what was written to it; undefined where there is none, or not one that `create` made
   * for this spec. GEMMESH_OUTPUT_UNWRITABLE.
   */
  static async reopen(
    path: string,
    spec: NpySpec,
    options: NpyWriterOptions = {},
  ): Promise<NpyWriter | undefined> {
    const header = npyHeaderBytes(spec)
    const bytes = header.length + npyDataBytes(spec)
    const { disk = machineDisk } = options
    let file: DataFile | undefined
    try {
      file = await disk.open(path, 'r+')
      const { size } = await file.stat({ bigint: true })
      const found = new Uint8Array(header.length)
      const { bytesRead } = await file.read(found, 0, found.length, 0)
      if (size === BigInt(bytes) && bytesRead === found.length && Buffer.compare(found, header) === 0) {
        // Read from the system's memory: where a flush failed before, the disk may have neither size nor header.
        await file.truncate(bytes)
        await file.write(header, 0, header.length, 0)
        return new NpyWriter(path, spec, file, header.length, bytes, options)
      }
    } catch (error) {
      await file?.close()
      if (systemCode(error) === 'ENOENT') return undefined
      throw writeFault(error, path)
    }
    await file.close()
    return undefined
  }

  /** Writes `rectangle` from `source`: row-major elements with rows `sourceRowBytes` apart (default: without gaps). */
  async write(rectangle: Rectangle, source: Uint8Array, sourceRowBytes?: number): Promise<void> {
    const rowBytes = rectangle.columns * bytesPerElement[this.spec.dtype]
    const strideBytes = sourceRowBytes ?? rowBytes
    checkRectangle(this.spec, rectangle, source.length, strideBytes)
    await this.#writeRuns(rectangle, 0, rowBytes, rectangle.rows, source, strideBytes)
  }

  /**
   * Writes a part of `rectangle`: `bytes` are those that begin `spanOffsetBytes` into its row-major elements without
   * gaps, and may begin and end inside a row.
   */
  async writeSpan(rectangle: Rectangle, spanOffsetBytes: number, bytes: Uint8Array): Promise<void> {
    const rowBytes = rectangle.columns * bytesPerElement[this.spec.dtype]
    const totalBytes = rectangle.rows * rowBytes
    checkRectangle(this.spec, rectangle, totalBytes, rowBytes)
    if (
      !Number.isSafeInteger(spanOffsetBytes) ||
      spanOffsetBytes < 0 ||
      spanOffsetBytes + bytes.length > totalBytes
    )
      throw new GemmeshError(
        'GEMMESH_USAGE',
        `A span of ${bytes.length} bytes at ${spanOffsetBytes} is not inside the ${totalBytes} bytes of its rectangle.`,
      )
    if (bytes.length === 0) return
    if (rectangle.columns === this.spec.columns)
      return this.#writeRuns(rectangle, spanOffsetBytes, bytes.length, 1, bytes, bytes.length)
    //   row 0  . . . . [head
    //   row 1  [ whole rows ]
    //   row 2  tail] . . . .
    const headBytes = Math.min(bytes.length, (rowBytes - (spanOffsetBytes % rowBytes)) % rowBytes)
    const wholeRows = Math.floor((bytes.length - headBytes) / rowBytes)
    const tailStart = headBytes + wholeRows * rowBytes
    const head = bytes.subarray(0, headBytes)
    const whole = bytes.subarray(headBytes, tailStart)
    const tail = bytes.subarray(tailStart)
    await this.#writeRuns(rectangle, spanOffsetBytes, head.length, 1, head, head.length)
    await this.#writeRuns(rectangle, spanOffsetBytes + headBytes, rowBytes, wholeRows, whole, rowBytes)
    await this.#writeRuns(rectangle, spanOffsetBytes + tailStart, tail.length, 1, tail, tail.length)
  }

  /**
   * Waits until everything written is on the disk. Where this fails, any of what was written since the last one that did not may
   * be lost, also what another call writes meanwhile: the system says so once, and forgets it. GEMMESH_STORAGE_FULL, or
   * GEMMESH_STORAGE_FAILED where the disk fails otherwise.
   */
  async sync(): Promise<void> {
    await this.#telling
    const fault = this.#fault
    this.#fault = undefined
    await (fault === undefined ? this.#file.datasync() : Promise.reject(fault)).catch((error: unknown) => {
      throw flushFault(error, this.path)
    })
  }

  /** Waits for the writes under way, then closes the file. */
  async close(): Promise<void> {
    await this.#file.close().catch((error: unknown) => {
      throw writeFault(error, this.path)
    })
  }

  /** Writes `count` runs of a rectangle, the first of them `spanOffsetBytes` into its row-major elements. */
  async #writeRuns(
    rectangle: Rectangle,
    spanOffsetBytes: number,
    runBytes: number,
    count: number,
    source: Uint8Array,
    sourceStrideBytes: number,
  ): Promise<void> {
    if (count === 0 || runBytes === 0) return
    const elementBytes = bytesPerElement[this.spec.dtype]
    const fileRowBytes = this.spec.columns * elementBytes
    const rowBytes = rectangle.columns * elementBytes
    const row = rectangle.row + Math.floor(spanOffsetBytes / rowBytes)
    const runs: Runs = {
      position:
        this.#dataOffset +
        row * fileRowBytes +
        rectangle.column * elementBytes +
        (spanOffsetBytes % rowBytes),
      strideBytes: fileRowBytes,
      runBytes,
      count,
    }
    await writeRuns(this.#file, runs, source, sourceStrideBytes).catch((error: unknown) => {
      throw writeFault(error, this.path)
    })
    this.#portion += runBytes * count
    if (this.#portion >= this.#portionBytes && this.#telling === undefined) this.#tellDisk()
  }

  #tellDisk(): void {
    this.#portion = 0
    this.#telling = this.#file
      .datasync()
      .catch((error: unknown) => {
        this.#fault ??= error
      })
      .finally(() => {
        this.#telling = undefined
      })
  }
}

/** A file that is sized takes no room until it is written to: a full disk is better found before the work than after. */
async function checkRoom(disk: Disk, path: string, bytes: number): Promise<void> {
  const folder = dirname(path)
  const freeBytes = await disk.freeBytes(folder).catch((error: unknown) => {
    throw writeFault(error, folder)
  })
  if (freeBytes >= bytes) return
  throw new GemmeshError(
    'GEMMESH_STORAGE_FULL',
    `${path} needs ${bytes} bytes, but the disk of ${folder} has ${freeBytes} free: ${bytes - freeBytes} bytes are missing. ` +
      'Make room for them, or write to another disk.',
  )
}
