import type { Rectangle } from '../core/geometry.ts'
import { bytesPerElement } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { type DataFile, machineDisk } from './disk.ts'
import { readFault } from './file-errors.ts'
import { headerWindowBytes, type NpyHeader, parseNpyHeader } from './npy.ts'
import { checkRectangle } from './rectangle.ts'
import { type Runs, readRuns } from './runs.ts'
import { transposeElements } from './transpose.ts'

/** Columns of a file in Fortran order are read and turned in pieces of so many bytes. */
const pieceBytes = 4 * 2 ** 20
/** A piece spans at least so many columns, so that what it writes to each row is no less than a cache line or two. */
const pieceColumns = 64

/** What a file is at a moment. Times in microseconds are exact numbers. */
export interface FileState {
  readonly sizeBytes: number
  readonly modifiedUs: number
  readonly modifiedNs: string
  readonly inode: string
}

/** Bytes of a .npy file by position, wherever it is. */
export interface RunSource {
  readRuns(runs: Runs, target: Uint8Array, targetStrideBytes: number): Promise<void>
}

/** A .npy file, read by rectangles; memory is bounded whatever the size of the file. */
export class NpyReader {
  /** What messages call the file. */
  readonly name: string
  readonly header: NpyHeader
  readonly #source: RunSource
  readonly #file: DataFile | undefined

  private constructor(name: string, header: NpyHeader, source: RunSource, file?: DataFile) {
    this.name = name
    this.header = header
    this.#source = source
    this.#file = file
  }

  /** Reads what lies elsewhere than in a file of this machine; `name` says in messages where. */
  static of(source: RunSource, header: NpyHeader, name: string): NpyReader {
    return new NpyReader(name, header, source)
  }

  /** Opens the file and checks its header and its length. GEMMESH_FILE_UNREADABLE, or the errors of `parseNpyHeader`. */
  static async open(path: string, name = path, disk = machineDisk): Promise<NpyReader> {
    let file: DataFile | undefined
    try {
      // Before it is opened: opening a pipe would wait for its other end.
      if (!(await disk.stat(path)).isFile()) throw notAFile(name)
      file = await disk.open(path, 'r')
      const size = Number((await file.stat({ bigint: true })).size)
      const start = new Uint8Array(Math.min(size, headerWindowBytes))
      await readRuns(
        file,
        { position: 0, strideBytes: start.length, runBytes: start.length, count: 1 },
        start,
        start.length,
        name,
      )
      return new NpyReader(name, parseNpyHeader(start, size, name), runsOf(file, name), file)
    } catch (error) {
      await file?.close()
      throw readFault(error, name)
    }
  }

  /**
   * Reads `rectangle` to `target`: row-major, little-endian elements, whatever the order of the file, with rows
   * `targetRowBytes` apart (default: without gaps). `target` may be a view of a SharedArrayBuffer.
   */
  async read(rectangle: Rectangle, target: Uint8Array, targetRowBytes?: number): Promise<void> {
    const { header } = this
    const elementBytes = bytesPerElement[header.dtype]
    const rowBytes = rectangle.columns * elementBytes
    const strideBytes = targetRowBytes ?? rowBytes
    checkRectangle(header, rectangle, target.length, strideBytes)
    if (rectangle.rows === 0 || rectangle.columns === 0) return
    try {
      // A single row or column lies in the file the same way in both orders.
      if (header.fortranOrder && header.rows > 1 && header.columns > 1)
        await this.#readColumns(rectangle, target, strideBytes)
      else await this.#readRows(rectangle, target, strideBytes)
    } catch (error) {
      throw readFault(error, this.name)
    }
  }

  async #readRows(rectangle: Rectangle, target: Uint8Array, targetRowBytes: number): Promise<void> {
    const { columns, dataOffset, dtype, bigEndian } = this.header
    const elementBytes = bytesPerElement[dtype]
    const runBytes = rectangle.columns * elementBytes
    const runs = {
      position: dataOffset + (rectangle.row * columns + rectangle.column) * elementBytes,
      strideBytes: columns * elementBytes,
      runBytes,
      count: rectangle.rows,
    }
    await this.#source.readRuns(runs, target, targetRowBytes)
    if (!bigEndian) return
    for (let row = 0; row < rectangle.rows; row++)
      swapBytes(target.subarray(row * targetRowBytes, row * targetRowBytes + runBytes), elementBytes)
  }

  /** Piece by piece: the columns of a piece one after the other, then turned to rows, then each row to its place. */
  async #readColumns(rectangle: Rectangle, target: Uint8Array, targetRowBytes: number): Promise<void> {
    const { rows, dataOffset, dtype, bigEndian } = this.header
    const elementBytes = bytesPerElement[dtype]
    const pieceElements = pieceBytes / elementBytes
    // Whole columns where they are short; else so much of each that a piece spans enough of them.
    const mostRows = Math.min(
      rectangle.rows,
      Math.floor(pieceElements / Math.min(pieceColumns, rectangle.columns)),
    )
    const mostColumns = Math.min(rectangle.columns, Math.floor(pieceElements / mostRows))
    const columnMajor = new Uint8Array(mostRows * mostColumns * elementBytes)
    const rowMajor = new Uint8Array(columnMajor.length)
    const words = [new Uint32Array(columnMajor.buffer), new Uint32Array(rowMajor.buffer)] as const
    for (let row = 0; row < rectangle.rows; row += mostRows) {
      const pieceRows = Math.min(mostRows, rectangle.rows - row)
      for (let column = 0; column < rectangle.columns; column += mostColumns) {
        const columns = Math.min(mostColumns, rectangle.columns - column)
        const runBytes = pieceRows * elementBytes
        const runs = {
          position: dataOffset + ((rectangle.column + column) * rows + rectangle.row + row) * elementBytes,
          strideBytes: rows * elementBytes,
          runBytes,
          count: columns,
        }
        await this.#source.readRuns(runs, columnMajor, runBytes)
        if (bigEndian) swapBytes(columnMajor.subarray(0, columns * runBytes), elementBytes)
        transposeElements(...words, pieceRows, columns, elementBytes)
        const rowBytes = columns * elementBytes
        for (let index = 0; index < pieceRows; index++)
          target.set(
            rowMajor.subarray(index * rowBytes, (index + 1) * rowBytes),
            (row + index) * targetRowBytes + column * elementBytes,
          )
      }
    }
  }

  /** What the open file is now, whatever lies at its path. */
  async state(): Promise<FileState> {
    if (this.#file === undefined)
      throw new GemmeshError('GEMMESH_INTERNAL', `${this.name} is no file of this machine.`)
    const { size, mtimeNs, ino } = await this.#file.stat({ bigint: true }).catch((error: unknown) => {
      throw readFault(error, this.name)
    })
    return {
      sizeBytes: Number(size),
      modifiedUs: Number(mtimeNs / 1000n),
      modifiedNs: String(mtimeNs),
      inode: String(ino),
    }
  }

  /** Waits for the reads under way, then closes the file. */
  async close(): Promise<void> {
    await this.#file?.close()
  }
}

const runsOf = (file: DataFile, name: string): RunSource => ({
  readRuns: (runs, target, targetStrideBytes) => readRuns(file, runs, target, targetStrideBytes, name),
})

function swapBytes(bytes: Uint8Array, elementBytes: number): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (elementBytes === 8) view.swap64()
  else view.swap32()
}

const notAFile = (path: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_FILE_UNREADABLE',
    `${path} is not a file but a folder, pipe or device; .npy files are read by position. Name a .npy file.`,
  )
