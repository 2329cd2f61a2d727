import t from 'tap'
import { createGemmesh, matrix, type Semiring } from '../../src/index.ts'

t.test('semirings in the library, with its memory bounded', async t => {
  await using mesh = createGemmesh({ threads: 2 })
  const inf = Number.POSITIVE_INFINITY
  const d = matrix(Float64Array.of(0, 3, inf, inf, 0, 4, 1, inf, 0), [3, 3])
  const squared = [0, 3, 7, 5, 0, 4, 1, 4, 0]
  t.strictSame([...(await mesh.multiply(d, d, { semiring: 'min-plus' })).data], squared)
  const c = matrix(new Float64Array(9).fill(2), [3, 3])
  await mesh.gemm(d, d, c, { semiring: 'min-plus', beta: 1 })
  t.strictSame(
    [...c.data],
    squared.map(way => Math.min(way, 2)),
    'gemm adds with min',
  )
  const reachable = await mesh.multiply(d, d, { semiring: 'or-and', c, transA: true })
  t.strictSame([...reachable.data], Array(9).fill(1))
})

t.test('a chain in a semiring', async t => {
  await using mesh = createGemmesh({ threads: 1 })
  const inf = Number.POSITIVE_INFINITY
  const ring = matrix(Float32Array.of(inf, 1, inf, inf, inf, 2, 4, inf, inf), [3, 3])
  const ways = await mesh.multiplyChain([ring, ring, ring], { semiring: 'min-plus' })
  t.strictSame([...ways.data], [7, inf, inf, inf, 7, inf, inf, inf, 7], 'three edges lead back')
  const options: { semiring?: Semiring } = JSON.parse('{"semiring": "plus-min"}')
  await t.rejects(mesh.multiplyChain([ring, ring], options), { code: 'GEMMESH_USAGE' })
})

t.test('what a semiring does not have is refused before anything is computed', async t => {
  await using mesh = createGemmesh({ threads: 1 })
  const a = matrix(Float32Array.of(1), [1, 1])
  const usage = { code: 'GEMMESH_USAGE' }
  await t.rejects(mesh.multiply(a, a, { semiring: 'max-min', alpha: 2 }), usage)
  await t.rejects(mesh.gemm(a, a, matrix(Float32Array.of(1), [1, 1]), { semiring: 'or-and', beta: 2 }), usage)
  // As from JavaScript, where nothing checks types.
  const options: { semiring?: Semiring } = JSON.parse('{"semiring": "plus-min"}')
  await t.rejects(mesh.multiply(a, a, options), { ...usage, message: /plus-min, none of plus-times/ })
})
