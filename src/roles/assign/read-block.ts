/** One block of an operand, as slaves ask for it. */
import { bytesPerElement } from '../../core/matrix.ts'
import { operandGrid } from '../../core/operand-grid.ts'
import { GemmeshError } from '../../errors.ts'
import { readStrips } from '../../formats/strips.ts'
import type { Payload } from '../../protocol/bulk.ts'
import type { BulkHeader } from '../../protocol/messages.ts'
import type { Operands } from './operands.ts'

export interface BlockAddress {
  readonly matrix: string
  readonly blockRow: number
  readonly blockColumn: number
}

/** GEMMESH_MESSAGE_INVALID where the grid has no such block, or what `Operands.read` says. */
export async function readBlock(
  operands: Operands,
  blockEdge: number,
  { matrix, blockRow, blockColumn }: BlockAddress,
): Promise<{ header: BulkHeader; payload: Payload }> {
  const { rows, columns, dtype } = operands.header(matrix)
  const grid = operandGrid([rows, columns], blockEdge)
  if (blockRow >= grid.rowCount || blockColumn >= grid.columnCount) {
    throw new GemmeshError(
      'GEMMESH_MESSAGE_INVALID',
      `there is no block (${blockRow}, ${blockColumn}) of ${matrix}: it has ${grid.rowCount}x${grid.columnCount} blocks. Do all nodes have the same configuration?`,
    )
  }
  const rectangle = grid.rectangle({ blockRow, blockColumn })
  const payload = await readStrips(rectangle, bytesPerElement[dtype], (strip, target) =>
    operands.read(matrix, strip, target),
  )
  return { header: { dtype, rows: rectangle.rows, columns: rectangle.columns }, payload }
}
