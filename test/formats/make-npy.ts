/** .npy files of every kind, made without the code under test. */

import type { Rectangle } from '../../src/core/geometry.ts'
import { bytesPerElement, type Dtype } from '../../src/core/matrix.ts'

export interface NpyKind {
  readonly dtype: Dtype
  readonly rows: number
  readonly columns: number
  readonly fortranOrder?: boolean
  readonly bigEndian?: boolean
  readonly version?: 1 | 2 | 3
}

/** A .npy file with this dict in its header and this data. */
export function npyFile(dict: string, data: Uint8Array, version: 1 | 2 | 3 = 1): Buffer {
  const text = Buffer.from(`${dict}\n`, version === 3 ? 'utf8' : 'latin1')
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  length.writeUIntLE(text.length, 0, length.length)
  return Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]), length, text, data])
}

/** The header's dict. */
export function npyDict({ dtype, rows, columns, fortranOrder, bigEndian }: NpyKind): string {
  const descr = `${bigEndian ? '>' : '<'}${dtype === 'int32' ? 'i' : 'f'}${bytesPerElement[dtype]}`
  return `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': (${rows}, ${columns}), }`
}

/** A matrix whose bytes are all different where it can, row-major and little-endian: what any file of it must read as. */
export function patternBytes({ dtype, rows, columns }: NpyKind): Buffer {
  const bytes = Buffer.alloc(rows * columns * bytesPerElement[dtype])
  for (let word = 0; word < bytes.length / 4; word++)
    bytes.writeUInt32LE(Math.imul(word, 0x9e3779b1) >>> 0, word * 4)
  return bytes
}

/** The file that holds `rowMajor`, in the order and byte order of its kind. */
export function makeNpy(kind: NpyKind, rowMajor: Buffer): Buffer {
  const { rows, columns } = kind
  const elementBytes = bytesPerElement[kind.dtype]
  const data = Buffer.from(rowMajor)
  if (kind.fortranOrder)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const from = (row * columns + column) * elementBytes
        rowMajor.copy(data, (column * rows + row) * elementBytes, from, from + elementBytes)
      }
  if (kind.bigEndian) elementBytes === 8 ? data.swap64() : data.swap32()
  return npyFile(npyDict(kind), data, kind.version)
}

/** The row-major bytes of a rectangle of a matrix. */
export function cut(rowMajor: Buffer, { dtype, columns }: NpyKind, rectangle: Rectangle): Buffer {
  const elementBytes = bytesPerElement[dtype]
  return Buffer.concat(
    Array.from({ length: rectangle.rows }, (_, row) => {
      const from = ((rectangle.row + row) * columns + rectangle.column) * elementBytes
      return rowMajor.subarray(from, from + rectangle.columns * elementBytes)
    }),
  )
}

export const whole = ({ rows, columns }: { rows: number; columns: number }): Rectangle => ({
  row: 0,
  column: 0,
  rows,
  columns,
})
