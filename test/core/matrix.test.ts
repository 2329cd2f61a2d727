import t from 'tap'
import { area, cover, intersect, type Rectangle } from '../../src/core/geometry.ts'
import { BlockGrid, inPrograms, productShape, type Shape, transposed } from '../../src/core/matrix.ts'

t.test('productShape', async t => {
  const table: readonly (readonly [a: Shape, b: Shape, transA: boolean, transB: boolean, mnk: number[]])[] = [
    [[2, 3], [3, 4], false, false, [2, 4, 3]],
    [[3, 2], [3, 4], true, false, [2, 4, 3]],
    [[2, 3], [4, 3], false, true, [2, 4, 3]],
    [[3, 2], [4, 3], true, true, [2, 4, 3]],
    [[0, 3], [3, 4], false, false, [0, 4, 3]],
    [[2, 0], [0, 4], false, false, [2, 4, 0]],
  ]
  for (const [a, b, transA, transB, mnk] of table) t.strictSame(productShape(a, b, transA, transB), mnk)
  t.strictSame(transposed([2, 3]), [3, 2])
})

t.test('productShape says which flag would make shapes fit', async t => {
  const table: readonly (readonly [a: Shape, b: Shape, transA: boolean, transB: boolean, message: string])[] =
    [
      [
        [100, 400],
        [300, 400],
        false,
        false,
        'B is 300x400 but A is 100x400: the inner dimensions (400, 300) differ. Did you mean --trans-b?',
      ],
      [
        [300, 100],
        [300, 200],
        false,
        false,
        'B is 300x200 but A is 300x100: the inner dimensions (100, 300) differ. Did you mean --trans-a?',
      ],
      [
        [2, 3],
        [3, 4],
        true,
        false,
        'B is 3x4 but the transpose of A is 3x2: the inner dimensions (2, 3) differ. Did you mean leaving out --trans-a?',
      ],
      [[2, 3], [5, 7], false, false, 'B is 5x7 but A is 2x3: the inner dimensions (3, 5) differ.'],
    ]
  t.throws(() => productShape([2, 3], [4, 3], false, false, inPrograms), {
    message: /Did you mean transB\?$/,
  })
  for (const [a, b, transA, transB, message] of table) {
    t.throws(() => productShape(a, b, transA, transB), { code: 'GEMMESH_SHAPE_MISMATCH', message })
  }
})

t.test('a block grid covers its operand once', async t => {
  const table: readonly (readonly [shape: Shape, blockRows: number, blockColumns: number, count: number])[] =
    [
      [[10, 10], 5, 5, 4],
      [[10, 10], 4, 3, 12],
      [[1, 1], 512, 512, 1],
      [[513, 512], 512, 512, 2],
      [[0, 10], 5, 5, 0],
      [[10, 0], 5, 5, 0],
    ]
  for (const [shape, blockRows, blockColumns, count] of table) {
    const grid = new BlockGrid(shape, blockRows, blockColumns)
    const [rows, columns] = shape
    const whole = { row: 0, column: 0, rows, columns }
    const blocks = grid.meeting(whole)
    t.equal(grid.count, count)
    t.equal(blocks.length, count)
    t.equal(grid.rowCount * grid.columnCount, count)
    cover(
      blocks.map(block => grid.rectangle(block)),
      whole,
    )
  }
})

t.test('the blocks that meet a rectangle are those that share an element with it', async t => {
  const grid = new BlockGrid([20, 30], 6, 7)
  const all = grid.meeting({ row: 0, column: 0, rows: 20, columns: 30 })
  const table: readonly Rectangle[] = [
    { row: 0, column: 0, rows: 1, columns: 1 },
    { row: 5, column: 6, rows: 2, columns: 2 },
    { row: 6, column: 7, rows: 6, columns: 7 },
    { row: 19, column: 29, rows: 1, columns: 1 },
    { row: 3, column: 0, rows: 17, columns: 30 },
    { row: 15, column: 25, rows: 100, columns: 100 },
    { row: 3, column: 3, rows: 0, columns: 5 },
    { row: 20, column: 0, rows: 5, columns: 5 },
  ]
  for (const rectangle of table) {
    const meeting = all.filter(block => intersect(grid.rectangle(block), rectangle) !== undefined)
    t.strictSame(grid.meeting(rectangle), meeting)
    const held = meeting.reduce((sum, block) => {
      const common = intersect(grid.rectangle(block), rectangle)
      return sum + (common === undefined ? 0 : area(common))
    }, 0)
    const inside = intersect(rectangle, { row: 0, column: 0, rows: 20, columns: 30 })
    t.equal(held, inside === undefined ? 0 : area(inside))
  }
})

t.test('a block grid refuses what makes no grid', async t => {
  const internal = { code: 'GEMMESH_INTERNAL' }
  t.throws(() => new BlockGrid([-1, 2], 5, 5), internal)
  t.throws(() => new BlockGrid([2.5, 2], 5, 5), internal)
  t.throws(() => new BlockGrid([2, 2], 0, 5), internal)
  t.throws(() => new BlockGrid([2, 2], 5, Number.NaN), internal)
  const grid = new BlockGrid([10, 10], 5, 5)
  for (const [blockRow, blockColumn] of [
    [2, 0],
    [0, 2],
    [-1, 0],
    [0.5, 0],
  ] as const) {
    t.throws(() => grid.rectangle({ blockRow, blockColumn }), internal)
  }
})
