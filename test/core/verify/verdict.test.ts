import t from 'tap'
import { judgeExact, judgeReal } from '../../../src/core/verify/verdict.ts'

const { POSITIVE_INFINITY: inf, NaN: no } = Number

t.test('each row of each vector against its bound', async t => {
  const wanted = Float64Array.of(1, 2, 3, 4, 5, 6) // three vectors, two rows
  const bounds = Float64Array.of(0.5, 0.25)
  t.strictSame(judgeReal(Float64Array.of(1.25, 2, 3, 4, 5, 6), wanted, bounds), {
    ...{ right: true, rows: 2, rowsUnchecked: 0, worst: 0.5, residual: 0.25, bound: 0.5, row: 0 },
  })
  t.match(judgeReal(Float64Array.of(1, 2, 3, 4, 5, 5), wanted, bounds), { right: false, worst: 4, row: 1 })
  t.match(judgeReal(Float64Array.of(1, 2, no, 4, 5, 6), wanted, bounds), { right: false, worst: inf, row: 0 })
  t.match(judgeReal(Float64Array.of(1, 2, 3, inf, 5, 6), wanted, bounds), {
    right: false,
    worst: inf,
    row: 1,
  })
})

t.test('a row without a bound is not checked', async t => {
  const wanted = Float64Array.of(no, 2, 3, 4, 5, 6)
  const verdict = judgeReal(Float64Array.of(7, 2, 7, 4, no, 6), wanted, Float64Array.of(inf, 0))
  t.match(verdict, { right: true, rows: 2, rowsUnchecked: 1, worst: 0 })
})

t.test('a negative bound holds where the sums are finite', async t => {
  const wanted = Float64Array.of(1, 2, 3)
  const bounds = Float64Array.of(-0.5)
  t.match(judgeReal(Float64Array.of(1.25, 2, 3), wanted, bounds), {
    right: true,
    rowsUnchecked: 0,
    worst: 0.5,
  })
  t.match(judgeReal(Float64Array.of(2, 2, 3), wanted, bounds), { right: false, worst: 2, bound: 0.5 })
  t.match(judgeReal(Float64Array.of(inf, 2, 3), wanted, bounds), { right: true, rowsUnchecked: 1, worst: 0 })
})

t.test('a bound of 0 allows nothing', async t => {
  t.match(judgeReal(Float64Array.of(0, 0, 1e-300), new Float64Array(3), new Float64Array(1)), {
    right: false,
  })
})

t.test('exactly: 0 and -0 are equal, nothing else is', async t => {
  const rowOf = (index: number) => index
  t.match(judgeExact(Float32Array.of(-0, 1, inf), Float32Array.of(0, 1, inf), rowOf, 3), {
    right: true,
    worst: 0,
  })
  t.match(judgeExact(Int32Array.of(1, 2, 3), Int32Array.of(1, 2, 4), rowOf, 3), {
    right: false,
    row: 2,
    worst: inf,
  })
  t.match(judgeExact(Float64Array.of(no), Float64Array.of(0), rowOf, 1), { right: false })
})
