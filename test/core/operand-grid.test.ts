import { test } from 'tap'
import { operandGrid } from '../../src/core/operand-grid.ts'

test('blocks of an operand', t => {
  const table: [shape: [number, number], blockRows: number, blockColumns: number, count: number][] = [
    [[2048, 2048], 512, 512, 16],
    [[2049, 100], 2048, 512, 2],
    [[1, 1_000_000], 512, 262_144, 4],
    [[1_000_000, 1], 262_144, 512, 4],
    [[512, 512], 512, 512, 1],
    [[0, 53], 4096, 512, 0],
  ]
  for (const [shape, blockRows, blockColumns, count] of table) {
    const grid = operandGrid(shape, 512)
    t.same([grid.blockRows, grid.blockColumns, grid.count], [blockRows, blockColumns, count], shape.join('x'))
  }
  t.end()
})
