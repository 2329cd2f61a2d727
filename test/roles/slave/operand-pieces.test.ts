import fc from 'fast-check'
import { test } from 'tap'
import { bytesPerElement } from '../../../src/core/matrix.ts'
import { kSteps, type OperandDescription, operandPieces } from '../../../src/roles/slave/operand-pieces.ts'

const operand = (rest: Partial<OperandDescription> = {}): OperandDescription => ({
  matrix: 'ab'.repeat(32),
  rows: 7,
  columns: 10,
  blockRows: 4,
  blockColumns: 4,
  transposed: false,
  source: 'http://127.0.0.1:1',
  ...rest,
})

test('every wanted element lies in exactly one piece, where the piece says', t => {
  const length = fc.integer({ min: 1, max: 40 })
  const edge = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(
      length,
      length,
      edge,
      edge,
      fc.boolean(),
      fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
      (rows, columns, blockRows, blockColumns, transposed, cuts) => {
        const described = operand({ rows, columns, blockRows, blockColumns, transposed })
        const [opRows, opColumns] = transposed ? [columns, rows] : [rows, columns]
        const [r0 = 0, r1 = 0, c0 = 0, c1 = 0] = cuts
        const interval = (x: number, y: number, end: number) => ({
          start: Math.min(x % end, y % end),
          end: Math.max(x % end, y % end) + 1,
        })
        const [wantedRows, wantedColumns] = [interval(r0, r1, opRows), interval(c0, c1, opColumns)]
        const seen = new Set<string>()
        for (const piece of operandPieces(described, 'float64', wantedRows, wantedColumns)) {
          const { row: blockRow, column: blockColumn } = piece.block
          const view = piece.view(1000)
          for (let i = piece.rows.start; i < piece.rows.end; i++) {
            for (let j = piece.columns.start; j < piece.columns.end; j++) {
              const key = `${i} ${j}`
              if (seen.has(key)) return false
              seen.add(key)
              // Where element (i, j) of op(X) lies in the row-major block, computed from its place in X.
              const [row, column] = transposed ? [j, i] : [i, j]
              const inBlock =
                (row - blockRow * blockRows) * piece.blockColumns + (column - blockColumn * blockColumns)
              const offset =
                view.offset +
                ((i - piece.rows.start) * view.rowStride + (j - piece.columns.start) * view.columnStride) *
                  bytesPerElement.float64
              if (offset !== 1000 + inBlock * bytesPerElement.float64) return false
              if (inBlock < 0 || inBlock >= piece.blockRows * piece.blockColumns) return false
            }
          }
        }
        return seen.size === (wantedRows.end - wantedRows.start) * (wantedColumns.end - wantedColumns.start)
      },
    ),
    { seed: 1, numRuns: 500 },
  )
  t.pass('500 operands')
  t.end()
})

test('blocks at the far edges are cut off', t => {
  const [piece] = operandPieces(operand(), 'float32', { start: 4, end: 7 }, { start: 8, end: 10 })
  t.same([piece?.blockRows, piece?.blockColumns, piece?.blockBytes], [3, 2, 24])
  t.end()
})

test('k is cut where a block of either operand ends', t => {
  const a = operand({ rows: 5, columns: 10, blockColumns: 4 })
  const b = operand({ rows: 10, columns: 5, blockRows: 6 })
  t.same(kSteps(a, b, { start: 0, end: 10 }), [
    { start: 0, end: 4 },
    { start: 4, end: 6 },
    { start: 6, end: 8 },
    { start: 8, end: 10 },
  ])
  t.same(kSteps({ ...a, transposed: true, blockRows: 5 }, b, { start: 0, end: 10 }).at(0), {
    start: 0,
    end: 5,
  })
  t.same(kSteps(a, b, { start: 5, end: 9 }), [
    { start: 5, end: 6 },
    { start: 6, end: 8 },
    { start: 8, end: 9 },
  ])
  t.same(kSteps(a, b, { start: 0, end: 0 }), [])
  t.end()
})
