import t from 'tap'
import { dtypes } from '../../src/core/matrix.ts'
import { type CheckTask, vectorsOf } from '../../src/kernel/check-task.ts'
import { Checker } from '../../src/kernel/checker.ts'
import { findCheckerFault, selfTestBytes } from '../../src/kernel/verify-checker.ts'
import { random } from './operands.ts'

const matrix = 0
const x = 1 << 20
const y = 2 << 20
const checker = new Checker(3 << 20)

/** Fills a memory with whole numbers, runs one task, and compares all sums with plain loops; the elements beside stay. */
function faultOf(task: CheckTask, way: 'rows' | 'columns'): string | undefined {
  const { dtype, rows, columns, stride, xStride, yStride, fourth } = task
  const next = random(rows * 1000 + columns)
  const vectors = vectorsOf(task)
  const integer = dtype === 'int32'
  const bytes = checker.bytesAt(matrix, rows * stride * (dtype === 'float64' ? 8 : 4))
  const m =
    dtype === 'float64'
      ? new Float64Array(bytes.buffer, bytes.byteOffset, rows * stride)
      : dtype === 'float32'
        ? new Float32Array(bytes.buffer, bytes.byteOffset, rows * stride)
        : new Int32Array(bytes.buffer, bytes.byteOffset, rows * stride)
  const factors = integer ? checker.integersAt(x, vectors * xStride) : checker.realsAt(x, vectors * xStride)
  const sums = integer ? checker.integersAt(y, vectors * yStride) : checker.realsAt(y, vectors * yStride)
  const value = integer ? () => (next() * 2 ** 32) | 0 : () => Math.floor(next() * 2001) - 1000
  for (let i = 0; i < m.length; i++) m[i] = value()
  for (let i = 0; i < factors.length; i++) factors[i] = value()
  for (let i = 0; i < sums.length; i++) sums[i] = value()
  const wanted = sums.slice()
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const a = m[row * stride + column] ?? 0
      const [from, to] = way === 'rows' ? [column, row] : [row, column]
      for (let vector = 0; vector < vectors; vector++) {
        const at = vector * yStride + to
        const factor = factors[vector * xStride + from] ?? 0
        if (integer) wanted[at] = (wanted[at] ?? 0) + Math.imul(a, factor)
        else if (vector < 3) wanted[at] = (wanted[at] ?? 0) + a * factor
        else wanted[at] = (wanted[at] ?? 0) + (fourth === 'squares' ? a * a : Math.abs(a) * factor)
      }
    }
  }
  if (way === 'rows') checker.byRows(task)
  else checker.byColumns(task)
  for (const [index, want] of wanted.entries())
    if (sums[index] !== want)
      return `${way} ${JSON.stringify(task)}: sum ${index} is ${sums[index]}, not ${want}`
  return undefined
}

const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 17, 63, 64, 65, 130, 255, 256, 257, 300]

t.test('sums of whole numbers are exact, at every edge', async t => {
  const shapes = [
    ...lengths.map(columns => [5, columns] as const),
    ...lengths.map(rows => [rows, 6] as const),
    ...lengths.map(length => [length, length] as const),
    [0, 5] as const,
    [5, 0] as const,
  ]
  for (const dtype of dtypes) {
    for (const fourth of dtype === 'int32'
      ? (['none'] as const)
      : (['none', 'squares', 'weights'] as const)) {
      for (const way of ['rows', 'columns'] as const) {
        const faults = shapes.flatMap(([rows, columns]) => {
          const [from, to] = way === 'rows' ? [columns, rows] : [rows, columns]
          const task = {
            dtype,
            rows,
            columns,
            matrix,
            stride: columns + 3,
            x,
            xStride: from + 1,
            y,
            yStride: to + 2,
          }
          return faultOf({ ...task, fourth }, way) ?? []
        })
        t.strictSame(faults, [], `${way} of ${dtype}, ${fourth}`)
      }
    }
  }
})

t.test('an infinity or NaN reaches the sums of its row alone', async t => {
  const elements = checker.realsAt(matrix, 12)
  elements.fill(1)
  elements[5] = Number.NaN
  checker.realsAt(x, 12).fill(1)
  const sums = checker.realsAt(y, 9)
  sums.fill(0)
  checker.byRows({
    dtype: 'float64',
    rows: 3,
    columns: 4,
    matrix,
    stride: 4,
    x,
    xStride: 4,
    y,
    yStride: 3,
    fourth: 'none',
  })
  t.strictSame([...sums], [4, Number.NaN, 4, 4, Number.NaN, 4, 4, Number.NaN, 4])
})

t.test('the self-test finds a function that is wrong in one sum', async t => {
  const memory = new ArrayBuffer(selfTestBytes)
  t.match(
    findCheckerFault(memory, 0, () => {}),
    /^rows of 3x527 float32, none: sum 0 of vector 0 is 0, not /,
  )
  t.match(
    findCheckerFault(memory, 0, () => {}, ['int32']),
    /^rows of 3x527 int32, none: /,
    'of the dtypes that are used',
  )
})
