import fc from 'fast-check'
import { test } from 'tap'
import { dtypes } from '../../src/core/matrix.ts'
import { algebraOf, checkFactors, semirings } from '../../src/core/semiring.ts'

const whole = fc.integer({ min: -1000, max: 1000 })
/** What an element is to a semiring: or-and knows only whether it is 0. */
const elementOf = (semiring: string) => (semiring === 'or-and' ? fc.constantFrom(0, 1) : whole)

for (const semiring of semirings) {
  test(`${semiring}: the laws that blocks of k and splits of C rely on`, async () => {
    for (const dtype of dtypes) {
      const { zero, add, multiply } = algebraOf(semiring, dtype)
      const element = elementOf(semiring)
      const same = (x: number, y: number) => x === y
      fc.assert(
        fc.property(element, element, element, (x, y, z) => {
          return (
            same(add(x, y), add(y, x)) &&
            same(add(add(x, y), z), add(x, add(y, z))) &&
            same(add(zero, x), x) &&
            same(multiply(x, y), multiply(y, x)) &&
            same(multiply(multiply(x, y), z), multiply(x, multiply(y, z))) &&
            same(multiply(x, add(y, z)), add(multiply(x, y), multiply(x, z)))
          )
        }),
        { numRuns: 200, seed: 7 },
      )
    }
  })
}

test('a NaN is no path', async t => {
  for (const semiring of ['min-plus', 'max-plus', 'max-min'] as const) {
    const { zero, add, multiply } = algebraOf(semiring, 'float64')
    for (const product of [multiply(Number.NaN, 3), multiply(3, Number.NaN)]) {
      t.equal(add(zero, product), zero, semiring)
      t.equal(add(7, product), 7, semiring)
    }
  }
  t.equal(algebraOf('or-and', 'float64').multiply(Number.NaN, -2), 1, 'NaN is not 0')
})

test('factors', async t => {
  const refused: [...Parameters<typeof checkFactors>, RegExp][] = [
    ['min-plus', 'float32', 2, 0, /alpha is 2 .*min-plus has no factors/],
    ['max-min', 'int32', 0, 0, /alpha is 0/],
    ['or-and', 'float64', 1, 0.5, /beta 0.5/],
    ['max-plus', 'float64', 1, -1, /beta -1/],
    ['plus-times', 'int32', 0.5, 0, /alpha is 0.5/],
    ['plus-times', 'int32', 1, 2 ** 31, /beta is 2147483648/],
    ['plus-times', 'int32', Number.NaN, 0, /alpha is NaN/],
  ]
  for (const [semiring, dtype, alpha, beta, message] of refused) {
    t.throws(() => checkFactors(semiring, dtype, alpha, beta), { code: 'GEMMESH_USAGE', message })
  }
  for (const semiring of semirings) for (const beta of [0, 1]) checkFactors(semiring, 'int32', 1, beta)
  checkFactors('plus-times', 'float32', 0.5, Number.NaN)
  checkFactors('plus-times', 'int32', -(2 ** 31), 2 ** 31 - 1)
})
