/**
 * Any product of any processor is the reference's: shapes, strides, factors, dtypes, semirings, and numbers that are no
 * ordinary ones, more than twenty thousand cases in all, the same in every run. How near the answer has to be stands at
 * `Operands.firstDifference`. A failure prints its case, made as small as it still fails.
 */
import fc from 'fast-check'
import t from 'tap'
import { type Dtype, dtypes } from '../../src/core/matrix.ts'
import { type Semiring, semirings } from '../../src/core/semiring.ts'
import { loneKernels } from './lone-kernels.ts'
import { type Product, type Strides, type Values, wrongness } from './operands.ts'

/** Of all processors together, for each kind of property. */
const cases = { sums: 14_000, semirings: 8000, panels: 12 }
const seed = 20261122

/** Short lengths, those around multiples of a micro-tile's, and seldom those at which the way through the kernel changes. */
const length = (...turns: readonly number[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.nat({ max: 20 }) },
    { weight: 6, arbitrary: fc.constantFrom(...[4, 6, 8, 12, 16, 32, 48].flatMap(n => [n - 1, n, n + 1])) },
    { weight: 1, arbitrary: fc.constantFrom(...turns.flatMap(n => [n - 1, n, n + 1])) },
  )

const strides: fc.Arbitrary<Strides> = fc.record({
  byColumns: fc.boolean(),
  step: fc.constantFrom(1, 1, 1, 2, 3),
  gap: fc.constantFrom(0, 0, 1, 5),
})

const shape = {
  m: length(96, 240),
  n: length(96, 130),
  k: length(64, 128, 256, 384),
  a: strides,
  b: strides,
  c: strides,
  seed: fc.integer(),
}

const factor = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(1, 0, -1) },
  { weight: 3, arbitrary: fc.constantFrom(2, -3) },
)

/** Fractions of an exact sum would not be exact. */
const factorsOf = (exact: boolean) =>
  exact ? factor : fc.oneof(factor, fc.constantFrom(0.5, -1.7, 1e-3, 2 ** -126))

const sums = fc
  .constantFrom<[Dtype, Values]>(
    ['int32', 'integers'],
    ['int32', 'extremes'],
    ...(['float32', 'float64'] as const).flatMap(dtype =>
      (['integers', 'subnormals', 'specials', 'specials', 'fractions'] as const).map(
        (values): [Dtype, Values] => [dtype, values],
      ),
    ),
  )
  .chain(([dtype, values]): fc.Arbitrary<Product> => {
    const scalar = factorsOf(values !== 'specials' && values !== 'fractions')
    return fc.record({
      dtype: fc.constant(dtype),
      values: fc.constant(values),
      pairs: dtype === 'int32' ? fc.boolean() : fc.constant(false),
      alpha: scalar,
      beta: scalar,
      ...shape,
    })
  })

const others: fc.Arbitrary<Product> = fc.record({
  semiring: fc.constantFrom<Semiring>(...semirings.filter(semiring => semiring !== 'plus-times')),
  dtype: fc.constantFrom(...dtypes),
  values: fc.constantFrom<Values>('specials', 'integers'),
  beta: fc.constantFrom(0, 1),
  ...shape,
})

/** So many columns that a panel of B holds only a part of k. */
const wide: fc.Arbitrary<Product> = fc.record({
  dtype: fc.constantFrom(...dtypes),
  values: fc.constant<Values>('integers'),
  alpha: fc.constantFrom(1, -1),
  beta: fc.constantFrom(0, 2, -3),
  ...shape,
  m: fc.integer({ min: 97, max: 99 }),
  n: fc.integer({ min: 1025, max: 1040 }),
  k: fc.integer({ min: 385, max: 400 }),
})

const kernels = loneKernels()
let ran = 0
for (const [variant, kernel] of kernels) {
  const hold = (name: string, products: fc.Arbitrary<Product>, inAll: number) => {
    const numRuns = Math.ceil(inAll / kernels.size)
    t.test(`${variant}, ${name}: ${numRuns} cases`, async () => {
      fc.assert(
        fc.property(products, product => {
          ran++
          const fault = wrongness(kernel.arena, product, task => kernel.gemm(task))
          if (fault !== undefined) throw new Error(fault)
        }),
        { numRuns, seed },
      )
    })
  }
  hold('sums', sums, cases.sums)
  hold('other semirings', others, cases.semirings)
  hold('panels of a part of k', wide, cases.panels)
}

t.test('how many they were', async t => {
  t.comment(`${ran} products of the kernel compared with the reference`)
  t.ok(ran >= 20_000, `${ran} cases ran`)
})
