import t from 'tap'
import { gamma, rowBounds, sumChain, type TileFacts } from '../../../src/core/verify/bounds.ts'

const facts: TileFacts = {
  dtype: 'float32',
  alpha: 1,
  beta: 0,
  columns: 1024,
  depth: 4096,
  blockDepth: 384,
  blocks: 12,
  vectorLength: 32,
}
const u32 = 2 ** -24

t.test('the bound of float32 is that of the roundings of the slave', async t => {
  const bound = rowBounds(facts)({ product: 1e5, added: 0 })
  const chain = 384 + 12 + 1
  t.ok(bound > 9 * chain * u32 * 1e5 && bound < 9.05 * chain * u32 * 1e5, `${bound}`)
  t.ok(
    rowBounds({ ...facts, depth: 100 })({ product: 1, added: 0 }) < 9.05 * 102 * u32,
    'or of as many as there are terms',
  )
})

t.test('few columns: no more than the worst case', async t => {
  const [few, many] = [4, 1024].map(columns =>
    rowBounds({ ...facts, columns, vectorLength: Math.sqrt(columns) })({ product: 1, added: 0 }),
  )
  t.ok((few ?? 0) < 0.25 * (many ?? 0))
})

t.test('alpha and beta scale their parts; 0 takes the part away', async t => {
  const of = (alpha: number, beta: number) => rowBounds({ ...facts, alpha, beta })({ product: 1, added: 1 })
  t.ok(Math.abs(of(-3, 0) / of(1, 0) - 3) < 1e-9)
  t.ok(of(1, 2) > of(1, 1) && of(1, 1) > of(1, 0))
  t.ok(of(0, 0) > 0 && of(0, 0) < 1e-38, 'what is left is underflow')
  t.ok(
    Number.isFinite(rowBounds({ ...facts, alpha: 0 })({ product: Number.NaN, added: 0 })),
    'A and B do not count then',
  )
})

t.test('what may overflow is said so, what is no number cannot be checked', async t => {
  const row = rowBounds(facts)
  t.ok(row({ product: 2e38, added: 0 }) < 0)
  t.ok(Math.abs(row({ product: 2e38, added: 0 }) / row({ product: 1e38, added: 0 }) + 2) < 1e-9)
  t.ok(row({ product: 1e38, added: 0 }) < 1e38)
  t.equal(row({ product: Number.NaN, added: 0 }), Number.POSITIVE_INFINITY)
  t.equal(row({ product: Number.POSITIVE_INFINITY, added: 0 }), Number.POSITIVE_INFINITY)
  t.equal(rowBounds({ ...facts, beta: 1 })({ product: 1, added: Number.NaN }), Number.POSITIVE_INFINITY)
  t.ok(rowBounds({ ...facts, alpha: 1e-30 })({ product: 1e39, added: 0 }) < 0, 'before alpha')
  t.ok(rowBounds({ ...facts, dtype: 'float64' })({ product: 1e300, added: 0 }) < 1e300)
})

t.test('the errors of n roundings, and when there are too many', async t => {
  t.ok(Math.abs(gamma(10, 2 ** -53) / (10 * 2 ** -53) - 1) < 1e-9)
  t.equal(gamma(2 ** 24, u32), Number.POSITIVE_INFINITY)
  t.equal(sumChain(5), 5)
  t.ok(sumChain(10 ** 6) < 2 ** 14)
})
