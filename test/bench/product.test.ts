import t from 'tap'
import { fill, findFault, shapeName } from '../../bench/product.ts'
import { arrayOf, dtypes } from '../../src/core/matrix.ts'

t.test('a right product has no fault, one that is off by a hundredth has', async t => {
  const [m, n, k] = [7, 5, 9]
  for (const dtype of dtypes) {
    const [a, b] = [new arrayOf[dtype](m * k), new arrayOf[dtype](k * n)]
    fill(a, dtype, 1)
    fill(b, dtype, 2)
    const right = (row: number, column: number) =>
      Array.from({ length: k }, (_, p) => (a[row * k + p] ?? 0) * (b[p * n + column] ?? 0)).reduce(
        (x, y) => x + y,
      )
    t.equal(findFault({ dtype, m, n, k }, a, b, right), undefined, dtype)
    const wrong = (row: number, column: number) => right(row, column) + (row === m - 1 ? 0.01 : 0)
    t.match(
      findFault({ dtype, m, n, k }, a, b, wrong),
      /^element \(6, \d\) is /,
      `${dtype}, a wrong last row`,
    )
    t.match(
      findFault({ dtype, m, n, k }, a, b, () => Number.NaN),
      /is NaN/,
      `${dtype}, NaN`,
    )
  }
})

t.test('operands are the same at each start, and not all the same number', async t => {
  const [one, other] = [new Float32Array(100), new Float32Array(100)]
  fill(one, 'float32', 3)
  fill(other, 'float32', 3)
  t.strictSame(one, other)
  t.ok(new Set(one).size > 90)
  t.ok(one.every(value => Math.abs(value) <= 0.5))
})

t.test('names of shapes', async t => {
  t.equal(shapeName({ m: 8, n: 8, k: 8 }), '8')
  t.equal(shapeName({ m: 2000, n: 16, k: 2000 }), '2000x16x2000')
})
