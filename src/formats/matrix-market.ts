/**
 * Matrix Market files, https://math.nist.gov/MatrixMarket/formats.html : dense (`array`) and sparse (`coordinate`), of real
 * and whole numbers or of a pattern of ones; general, symmetric or skew-symmetric.
 *
 *     %%MatrixMarket matrix coordinate real general
 *     % a comment
 *     3 4 2          rows, columns, entries (of an array: rows and columns)
 *     1 1 0.5        row, column (from 1), value; an array has its values alone, column after column
 *     3 2 -1e3
 */
import { bytesPerElement, type Dtype } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { EntryPlacer } from './entries.ts'
import { formatError } from './format-error.ts'
import { NpySequence } from './npy-sequence.ts'
import { NpyWriter } from './npy-writer.ts'
import { linesOf } from './text/lines.ts'
import { misfit, numberOf } from './text/number-text.ts'

interface Banner {
  readonly format: 'coordinate' | 'array'
  readonly field: 'real' | 'integer' | 'pattern'
  readonly symmetry: 'general' | 'symmetric' | 'skew-symmetric'
}

export interface TextOptions {
  /** What messages call the file. */
  readonly name: string
  /** Default: int32 for whole numbers of Matrix Market, float64 for all else. */
  readonly dtype?: Dtype
  /** A longer .npy file is refused. */
  readonly limitBytes?: number
}

interface Sink {
  /** A promise where it has to be waited for. */
  take(values: readonly number[], line: number): Promise<void> | undefined
  finish(): Promise<void>
  close(): Promise<void>
}

/** Writes the .npy file at `target`. GEMMESH_FORMAT_INVALID with the line, GEMMESH_DTYPE_UNSUPPORTED, GEMMESH_STORAGE_FULL. */
export async function convertMatrixMarket(
  bytes: AsyncIterable<Uint8Array>,
  target: string,
  options: TextOptions,
): Promise<void> {
  const { name } = options
  let banner: Banner | undefined
  let sink: Sink | undefined
  let count = 0
  let wanted = 0
  let last = 1
  try {
    for await (const { number, texts } of linesOf(bytes, name)) {
      for (const [index, text] of texts.entries()) {
        last = number + index
        if (banner === undefined) {
          banner = parseBanner(text, name)
          continue
        }
        if (text.startsWith('%')) continue
        const words = text.trim().split(/\s+/)
        if (words[0] === '') continue
        const values = words.map(numberOf)
        if (!values.every(value => value !== undefined)) throw notNumbers(name, last, text)
        if (sink === undefined) {
          const size = parseSize(values, banner, name, last, text)
          wanted = size.entries
          sink = await openSink(size, banner, target, options)
          continue
        }
        if (++count > wanted)
          throw formatError(
            name,
            last,
            `it has more than the ${wanted} entries that its size line announces.`,
          )
        const taken = sink.take(values, last)
        if (taken !== undefined) await taken
      }
    }
    if (banner === undefined || sink === undefined)
      throw formatError(name, last, 'it ends before its size line.')
    if (count < wanted)
      throw formatError(
        name,
        last,
        `it ends after ${count} of the ${wanted} entries that its size line announces. Is it cut off?`,
      )
    await sink.finish()
  } finally {
    await sink?.close()
  }
}

const wantedBanner =
  'wanted "%%MatrixMarket matrix", then coordinate or array, real, integer or pattern, general, symmetric or skew-symmetric'

function parseBanner(text: string, name: string): Banner {
  const [, object, format, field, symmetry, more] = text.trim().toLowerCase().split(/\s+/)
  if (field === 'complex' || symmetry === 'hermitian')
    throw new GemmeshError(
      'GEMMESH_DTYPE_UNSUPPORTED',
      `${name}: it is of complex numbers; real and integer ones are supported. Multiply the real and imaginary parts by themselves.`,
    )
  if (
    object !== 'matrix' ||
    (format !== 'coordinate' && format !== 'array') ||
    (field !== 'real' && field !== 'double' && field !== 'integer' && field !== 'pattern') ||
    (symmetry !== 'general' && symmetry !== 'symmetric' && symmetry !== 'skew-symmetric') ||
    (format === 'array' && field === 'pattern') ||
    (field === 'pattern' && symmetry === 'skew-symmetric') ||
    more !== undefined
  )
    throw formatError(name, 1, `found ${JSON.stringify(text.slice(0, 80))}, ${wantedBanner}.`)
  return { format, field: field === 'double' ? 'real' : field, symmetry }
}

interface Size {
  readonly rows: number
  readonly columns: number
  readonly entries: number
}

function parseSize(
  values: readonly number[],
  { format, symmetry }: Banner,
  name: string,
  line: number,
  text: string,
): Size {
  const [rows = -1, columns = -1, entries = -1] = values
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0
  if (values.length !== (format === 'array' ? 2 : 3) || !values.every(isCount))
    throw formatError(
      name,
      line,
      `the size line is ${JSON.stringify(text.slice(0, 80))}, wanted ${format === 'array' ? 'two counts: rows and columns' : 'three counts: rows, columns and entries'}.`,
    )
  if (symmetry !== 'general' && rows !== columns)
    throw formatError(name, line, `a ${symmetry} matrix is square, but this is ${rows}x${columns}.`)
  if (format === 'coordinate') return { rows, columns, entries }
  const stored = {
    general: rows * columns,
    symmetric: (rows * (rows + 1)) / 2,
    'skew-symmetric': (rows * (rows - 1)) / 2,
  }
  return { rows, columns, entries: stored[symmetry] }
}

async function openSink(
  { rows, columns }: Size,
  banner: Banner,
  target: string,
  options: TextOptions,
): Promise<Sink> {
  const { name, limitBytes = Number.POSITIVE_INFINITY } = options
  const dtype = options.dtype ?? (banner.field === 'integer' ? 'int32' : 'float64')
  const bytes = rows * columns * bytesPerElement[dtype]
  if (bytes > limitBytes)
    throw new GemmeshError(
      'GEMMESH_UPLOAD_TOO_LARGE',
      `${name}: ${rows}x${columns} of ${dtype} are ${bytes} bytes as a whole; the limit is ${limitBytes}. Raise the option "upload-limit" of the configuration, or multiply parts of the matrix.`,
    )
  const check = (value: number, line: number): number => {
    const why = misfit(value, dtype)
    if (why !== undefined) throw formatError(name, line, `${why}.`)
    return value
  }
  if (banner.format === 'array' && banner.symmetry === 'general') {
    const sequence = await NpySequence.create(target, dtype)
    return {
      take: (values, line) => {
        sequence.push(check(one(values, name, line), line))
        return sequence.isFull ? sequence.flush() : undefined
      },
      finish: () => sequence.finish(rows, columns, true),
      close: () => sequence.close(),
    }
  }
  const writer = await NpyWriter.create(target, { dtype, rows, columns, dimensions: 2 })
  const placer = new EntryPlacer(writer)
  const place = placing(placer, banner.symmetry)
  const next = banner.format === 'array' ? lowerTriangle(rows, banner.symmetry) : undefined
  return {
    take: (values, line) => {
      if (next !== undefined) {
        const [row, column] = next()
        place(row, column, check(one(values, name, line), line))
        return undefined
      }
      const [row = 0, column = 0, value = 1] = values
      const inside = row >= 1 && row <= rows && column >= 1 && column <= columns
      if (values.length !== (banner.field === 'pattern' ? 2 : 3))
        throw formatError(
          name,
          line,
          `an entry has ${values.length} numbers, wanted ${banner.field === 'pattern' ? 'row and column' : 'row, column and value'}.`,
        )
      if (!inside || !Number.isInteger(row) || !Number.isInteger(column))
        throw formatError(
          name,
          line,
          `row ${row}, column ${column} is not in a matrix of ${rows}x${columns}; both count from 1.`,
        )
      if (banner.symmetry === 'skew-symmetric' && row === column)
        throw formatError(name, line, 'the diagonal of a skew-symmetric matrix is zero, and has no entries.')
      place(row - 1, column - 1, check(value, line))
      return undefined
    },
    finish: () =>
      placer.finish(why => formatError(name, undefined, `the sum of the entries of one place: ${why}.`)),
    close: async () => {
      await placer.close()
      await writer.close()
    },
  }
}

function one(values: readonly number[], name: string, line: number): number {
  const [value] = values
  if (value !== undefined && values.length === 1) return value
  throw formatError(name, line, `it has ${values.length} numbers, wanted one: an array has one value a line.`)
}

/** An entry of a symmetric matrix stands for its mirror image, too. */
function placing(placer: EntryPlacer, symmetry: Banner['symmetry']) {
  return (row: number, column: number, value: number): void => {
    placer.add(row, column, value)
    if (symmetry !== 'general' && row !== column)
      placer.add(column, row, symmetry === 'symmetric' ? value : -value)
  }
}

/** The places of the lower triangle, column after column. */
function lowerTriangle(rows: number, symmetry: Banner['symmetry']): () => [row: number, column: number] {
  const first = symmetry === 'symmetric' ? 0 : 1
  let [row, column] = [first, 0]
  return () => {
    if (row >= rows) {
      column++
      row = column + first
    }
    return [row++, column]
  }
}

const notNumbers = (name: string, line: number, text: string): GemmeshError =>
  formatError(name, line, `found ${JSON.stringify(text.trim().slice(0, 80))}, wanted numbers.`)
