import t from 'tap'
import type { Matrix } from '../../src/core/matrix.ts'
import { asOperand, type MatrixView } from '../../src/library/operand.ts'
import { overlaps } from '../../src/library/overlap.ts'

const data = new Float32Array(200)
const view = (rows: number, columns: number, offset: number, rowStride: number, of: Matrix['data'] = data) =>
  asOperand('A', { data: of, shape: [rows, columns], dtype: 'float32', offset, rowStride })

t.test('known cases', async t => {
  for (const [name, x, y, expected] of [
    ['itself', view(3, 4, 0, 4), view(3, 4, 0, 4), true],
    ['other arrays', view(3, 4, 0, 4), view(3, 4, 0, 4, new Float32Array(200)), false],
    ['one after the other', view(3, 4, 0, 4), view(3, 4, 12, 4), false],
    ['one shared element', view(3, 4, 0, 4), view(3, 4, 11, 4), true],
    ['halves of the columns', view(5, 4, 0, 8), view(5, 4, 4, 8), false],
    ['halves of the columns, shifted by rows', view(5, 4, 16, 8), view(5, 4, 4, 8), false],
    ['columns that meet', view(5, 5, 0, 8), view(5, 4, 4, 8), true],
    ['columns that meet around the edge', view(5, 3, 6, 8), view(5, 4, 0, 8), true],
    ['different strides', view(5, 1, 0, 8), view(5, 1, 1, 7), true],
    ['no elements', view(0, 4, 0, 4), view(3, 4, 0, 4), false],
    ['an array over the same bytes', view(3, 4, 0, 4), view(3, 4, 0, 4, data.subarray(12)), false],
    ['an array over shared bytes', view(3, 4, 0, 4), view(3, 4, 0, 4, data.subarray(8)), true],
  ] as const) {
    t.equal(overlaps(x, y), expected, name)
    t.equal(overlaps(y, x), expected, `${name}, the other way round`)
  }
})

t.test('the same row stride: as found element by element', async t => {
  const elements = (v: MatrixView) => {
    const [rows, columns] = v.shape
    const { offset = 0, rowStride = columns } = v
    return new Set(
      Array.from(
        { length: rows * columns },
        (_, i) => offset + Math.floor(i / columns) * rowStride + (i % columns),
      ),
    )
  }
  for (let stride = 3; stride <= 6; stride++) {
    const views = [0, 1, 2, 4, 7].flatMap(offset =>
      [1, 2, 3].flatMap(columns => [1, 3].map(rows => view(rows, columns, offset, stride))),
    )
    for (const x of views) {
      for (const y of views) {
        const [first, second] = [elements(x), elements(y)]
        const shares = [...first].some(element => second.has(element))
        if (overlaps(x, y) !== shares) {
          t.fail(`${JSON.stringify([x.shape, x.offset, y.shape, y.offset, stride])}: shared is ${shares}`)
        }
      }
    }
  }
  t.pass('all pairs')
})
