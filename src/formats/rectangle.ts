import { columnEnd, type Rectangle, rowEnd } from '../core/geometry.ts'
import { bytesPerElement } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import type { NpySpec } from './npy.ts'

/** GEMMESH_USAGE unless `rectangle` lies in the matrix, and in memory of `memoryBytes` with rows `strideBytes` apart. */
export function checkRectangle(
  { dtype, rows, columns }: NpySpec,
  rectangle: Rectangle,
  memoryBytes: number,
  strideBytes: number,
): void {
  const counts = [rectangle.row, rectangle.column, rectangle.rows, rectangle.columns]
  const inside = rowEnd(rectangle) <= rows && columnEnd(rectangle) <= columns
  if (!inside || !counts.every(count => Number.isSafeInteger(count) && count >= 0))
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `The rectangle of ${rectangle.rows}x${rectangle.columns} elements at row ${rectangle.row}, column ${rectangle.column} is not inside the ${rows}x${columns} matrix.`,
    )
  if (rectangle.rows === 0 || rectangle.columns === 0) return
  const rowBytes = rectangle.columns * bytesPerElement[dtype]
  const wantedBytes = (rectangle.rows - 1) * strideBytes + rowBytes
  if (strideBytes < rowBytes || memoryBytes < wantedBytes)
    throw new GemmeshError(
      'GEMMESH_USAGE',
      `${rectangle.rows} rows of ${rowBytes} bytes, ${strideBytes} apart, do not fit into ${memoryBytes} bytes of memory; they need ${wantedBytes} and rows at least ${rowBytes} apart.`,
    )
}
