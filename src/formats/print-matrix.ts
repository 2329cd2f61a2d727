/** A .npy file as text: CSV, or Matrix Market's array; what is printed reads as the same numbers again. */
import { open } from 'node:fs/promises'
import { arrayOf, bytesPerElement } from '../core/matrix.ts'
import { writeFault } from './file-errors.ts'
import { kindByName, type MatrixKind } from './matrix-kind.ts'
import { NpyReader } from './npy-reader.ts'
import { numberText } from './text/number-text.ts'

/** Elements are read in panels of so many bytes, or of one row or column. */
const panelBytes = 4 * 2 ** 20

export type PrintedKind = Extract<MatrixKind, 'csv' | 'matrix-market'>

/** What an output file of this name is to be printed as; undefined: it is a .npy file. */
export function printedKind(path: string): PrintedKind | undefined {
  const kind = kindByName(path)
  return kind === 'csv' || kind === 'matrix-market' ? kind : undefined
}

/** Prints the .npy file at `source` to a new file at `target`, in bounded memory. */
export async function printMatrix(source: string, target: string, kind: PrintedKind): Promise<void> {
  const reader = await NpyReader.open(source)
  try {
    const file = await open(target, 'w')
    try {
      for await (const text of kind === 'csv'
        ? csvOf(reader, /\.tsv$/i.test(target) ? '\t' : ',')
        : marketOf(reader))
        await file.writeFile(text)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw writeFault(error, target)
  } finally {
    await reader.close()
  }
}

async function* csvOf(reader: NpyReader, delimiter: string): AsyncGenerator<string> {
  const { rows, columns, dtype } = reader.header
  const step = Math.max(1, Math.floor(panelBytes / Math.max(1, columns * bytesPerElement[dtype])))
  for (let row = 0; row < rows; row += step) {
    const values = await read(reader, row, 0, Math.min(step, rows - row), columns)
    const lines: string[] = []
    for (let at = 0; at < values.length; at += columns)
      lines.push(
        Array.from(values.subarray(at, at + columns), value => numberText(value, dtype)).join(delimiter),
      )
    yield `${lines.join('\n')}\n`
  }
}

async function* marketOf(reader: NpyReader): AsyncGenerator<string> {
  const { rows, columns, dtype } = reader.header
  yield `%%MatrixMarket matrix array ${dtype === 'int32' ? 'integer' : 'real'} general\n${rows} ${columns}\n`
  const step = Math.max(1, Math.floor(panelBytes / Math.max(1, rows * bytesPerElement[dtype])))
  for (let column = 0; column < columns; column += step) {
    const width = Math.min(step, columns - column)
    const values = await read(reader, 0, column, rows, width)
    for (let index = 0; index < width; index++) {
      const lines: string[] = []
      for (let at = index; at < values.length; at += width) lines.push(numberText(values[at] ?? 0, dtype))
      if (lines.length > 0) yield `${lines.join('\n')}\n`
    }
  }
}

async function read(reader: NpyReader, row: number, column: number, rows: number, columns: number) {
  const { dtype } = reader.header
  const bytes = new Uint8Array(rows * columns * bytesPerElement[dtype])
  await reader.read({ row, column, rows, columns }, bytes)
  return new arrayOf[dtype](bytes.buffer)
}
