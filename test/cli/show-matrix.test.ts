import t from 'tap'
import { showMatrix } from '../../src/cli/show-matrix.ts'

t.test('rows in brackets, columns flush right', t => {
  t.equal(showMatrix(Int32Array.of(1, -20, 300, 4), [2, 2]), '[[  1  -20]\n [300    4]]')
  t.equal(showMatrix(Float64Array.of(0.1, 2), [2]), '[0.1    2]')
  t.end()
})

t.test('float32 with as few digits as tell it from its neighbours', t => {
  t.equal(showMatrix(Float32Array.of(0.1, 1 / 3, 16777216), [3]), '[       0.1  0.33333334    16777216]')
  t.end()
})

t.test('what IEEE has besides numbers', t => {
  t.equal(
    showMatrix(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0), [3]),
    '[     NaN  Infinity        -0]',
  )
  t.end()
})

t.test('nothing', t => {
  t.equal(showMatrix(new Float64Array(0), [0, 3]), '[]')
  t.equal(showMatrix(new Float64Array(0), [2, 0]), '[[]\n []]')
  t.equal(showMatrix(new Float64Array(0), [0]), '[]')
  t.end()
})
