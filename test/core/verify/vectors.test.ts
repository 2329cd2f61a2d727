import t from 'tap'
import { modularVectors, realVectors, seedBytes } from '../../../src/core/verify/vectors.ts'

const seed = (first: number) => Uint8Array.from({ length: seedBytes }, (_, index) => first + index)

t.test('an element follows from the seed and its column alone', async t => {
  const all = realVectors(seed(1), 0, 100)
  const some = realVectors(seed(1), 30, 20)
  const integers = modularVectors(seed(1), 0, 100)
  const someIntegers = modularVectors(seed(1), 30, 20)
  for (let vector = 0; vector < 3; vector++)
    t.strictSame(some.slice(20 * vector, 20 * vector + 20), all.slice(100 * vector + 30, 100 * vector + 50))
  for (let vector = 0; vector < 8; vector++)
    t.strictSame(
      someIntegers.slice(20 * vector, 20 * vector + 20),
      integers.slice(100 * vector + 30, 100 * vector + 50),
    )
  t.notSame(realVectors(seed(2), 0, 100), all)
  t.strictSame(realVectors(seed(1), 2 ** 32 + 7, 1).length, 3, 'columns beyond 2^32')
  t.notSame(realVectors(seed(1), 2 ** 32 + 7, 1), realVectors(seed(1), 7, 1))
})

t.test('real vectors: one of signs, two of mean 0 and variance 1, never 0, on a grid', async t => {
  const columns = 50_000
  const all = realVectors(seed(3), 0, columns)
  t.ok(all.subarray(0, columns).every(x => x === 1 || x === -1))
  for (let vector = 0; vector < 3; vector++) {
    const x = all.subarray(vector * columns, (vector + 1) * columns)
    t.ok(x.every(value => value !== 0 && Math.abs(value) < 3 && Number.isInteger(value * 2 ** 16)))
    const mean = x.reduce((sum, value) => sum + value, 0) / columns
    const variance = x.reduce((sum, value) => sum + value * value, 0) / columns
    t.ok(Math.abs(mean) < 5 / Math.sqrt(columns), `mean ${mean}`)
    t.ok(Math.abs(variance - 1) < 8 / Math.sqrt(columns), `variance ${variance}`)
  }
  for (const [first, second] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    let product = 0
    for (let j = 0; j < columns; j++)
      product += (all[first * columns + j] ?? 0) * (all[second * columns + j] ?? 0)
    t.ok(
      Math.abs(product / columns) < 5 / Math.sqrt(columns),
      `vectors ${first} and ${second} are independent`,
    )
  }
})

t.test('modular vectors: the first is odd, the others are not', async t => {
  const all = modularVectors(seed(4), 0, 1000)
  t.ok(all.subarray(0, 1000).every(x => (x & 1) === 1))
  for (let vector = 1; vector < 8; vector++) {
    const odd = all.subarray(vector * 1000, vector * 1000 + 1000).filter(x => x & 1).length
    t.ok(odd > 420 && odd < 580, `${odd} of 1000 are odd`)
  }
})
