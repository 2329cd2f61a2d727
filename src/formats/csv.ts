/** CSV: a row a line, its numbers apart by commas, semicolons or tabs; a line of names before them and # comments are passed over. */
import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { GemmeshError } from '../errors.ts'
import { formatError } from './format-error.ts'
import type { TextOptions } from './matrix-market.ts'
import { NpySequence } from './npy-sequence.ts'
import { misfit, numberOf } from './text/number-text.ts'

/** Of a line: a million numbers of 17 digits. */
const mostRecordCharacters = 32 * 2 ** 20

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/** Writes the .npy file at `target`: float64, or what `options` say. GEMMESH_FORMAT_INVALID with the line, GEMMESH_STORAGE_FULL. */
export async function convertCsv(
  bytes: AsyncIterable<Uint8Array>,
  target: string,
  options: TextOptions,
): Promise<void> {
  const { name, dtype = 'float64', limitBytes = Number.POSITIVE_INFINITY } = options
  const sequence = await NpySequence.create(target, dtype)
  let rows = 0
  let columns: number | undefined
  let isFirst = true
  const source = Readable.from(bytes, { objectMode: false })
  try {
    for await (const { record, line } of recordsOf(source, name)) {
      const values = record.map(numberOf)
      const wasFirst = isFirst
      isFirst = false
      if (wasFirst && values.every(value => value === undefined)) {
        columns = record.length
        continue
      }
      columns ??= record.length
      if (record.length !== columns)
        throw formatError(
          name,
          line,
          `it has ${record.length} field${record.length === 1 ? '' : 's'}, but the lines before it have ${columns}.`,
        )
      for (const [index, value] of values.entries()) {
        const why =
          value === undefined
            ? `field ${index + 1} is ${JSON.stringify(record[index]?.slice(0, 40))}, wanted a number (nan and inf are)`
            : misfit(value, dtype)
        if (value === undefined || why !== undefined) throw formatError(name, line, `${why}.`)
        sequence.push(value)
        if (sequence.isFull) await sequence.flush()
      }
      rows++
      if (sequence.bytes > limitBytes)
        throw new GemmeshError(
          'GEMMESH_UPLOAD_TOO_LARGE',
          `${name}: its ${rows} first rows are ${sequence.bytes} bytes as ${dtype}; the limit is ${limitBytes}. Raise the option "upload-limit" of the configuration, or multiply parts of the matrix.`,
        )
    }
    if (columns === undefined) throw formatError(name, undefined, 'it has no numbers at all.')
    await sequence.finish(rows, columns, false)
  } finally {
    source.destroy()
    await sequence.close()
  }
}

/** The fields of each line, and its number. */
async function* recordsOf(
  source: Readable,
  name: string,
): AsyncGenerator<{ record: readonly string[]; line: number }> {
  const parser = parse({
    delimiter: await delimiterOf(source),
    bom: true,
    comment: '#',
    info: true,
    max_record_size: mostRecordCharacters,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  })
  source.on('error', error => parser.destroy(error))
  source.pipe(parser)
  try {
    for await (const found of parser as AsyncIterable<CsvRecord>)
      yield { record: found.record, line: found.info.lines }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error.lines === 'number' ? error.lines : undefined
    throw formatError(name, line, `${error.message.split('\n')[0]}.`, error)
  }
}

/** What stands between the fields of the first line: whichever of these it has most of. */
async function delimiterOf(source: Readable): Promise<string> {
  for await (const _ of source.iterator({ destroyOnReturn: false })) {
    source.unshift(_)
    const [line = ''] = Buffer.from(_).toString('latin1').split('\n', 1)
    const countOf = (sign: string) => line.split(sign).length
    return [',', ';', '\t'].reduce((best, sign) => (countOf(sign) > countOf(best) ? sign : best))
  }
  return ','
}
