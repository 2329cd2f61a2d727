/** Products that are cut along k: parts from several slaves, added up at master-combine. */
import { test } from 'tap'
import { dtypes } from '../../src/core/matrix.ts'
import { semirings } from '../../src/core/semiring.ts'
import { LocalCluster } from './local-cluster.ts'
import { naive, smallIntegers } from './matrices.ts'
import { valuesMultiplier } from './multiply-values.ts'

test('products that are cut along k, on real sockets', async t => {
  const { cluster, client } = await LocalCluster.start(t, {
    performance: [1, 2, 4],
    options: { 'unit-edge': 16 },
  })
  const multiply = valuesMultiplier(client, cluster.folder)

  await t.test('exact for every dtype, with alpha, beta and transposes', async t => {
    const [m, n, k] = [20, 24, 9000]
    for (const [index, dtype] of dtypes.entries()) {
      const transA = index === 1
      const a = smallIntegers(1, dtype, transA ? [k, m] : [m, k])
      const b = smallIntegers(2, dtype, [k, n])
      const options = { transA, alpha: 2, beta: -3, added: smallIntegers(3, dtype, [m, n]) }
      const { view, c } = await multiply(a, b, options)
      t.same(c.data, naive(a, b, options), dtype)
      const { plan, unitsPlaced, unitsTotal, elementsPlaced } = view
      t.ok((plan?.layers ?? 0) > 3, `${plan?.layers} layers`)
      t.equal(new Set(plan?.shares.map(({ depth }) => depth.start)).size, 3, 'each slave has its part of k')
      t.equal(unitsPlaced, unitsTotal)
      t.equal(elementsPlaced, m * n)
      t.ok(view.slaves.length > 1)
    }
  })

  await t.test('exact in every semiring, and for a dot product', async t => {
    for (const semiring of semirings) {
      const a = smallIntegers(4, 'float32', [18, 12_000])
      const b = smallIntegers(5, 'float32', [12_000, 17])
      const { view, c } = await multiply(a, b, { semiring })
      t.ok((view.plan?.layers ?? 0) > 1, semiring)
      t.same(c.data, naive(a, b, { semiring }), semiring)
    }
    const [a, b] = [smallIntegers(6, 'int32', [50_000]), smallIntegers(7, 'int32', [50_000])]
    const { c } = await multiply(a, b)
    t.same(c.data, naive({ ...a, shape: [1, 50_000] }, { ...b, shape: [50_000, 1] }))
  })

  await t.test('whole numbers are cut though they are to be reproducible, floats are not', async t => {
    const job = (dtype: 'int32' | 'float32') => ({
      operation: 'gemm' as const,
      a: { dtype, shape: [20, 90_000] },
      b: { dtype, shape: [90_000, 20] },
    })
    t.ok((await client.plan(job('float32'))).plan.layers > 1)
    t.ok((await client.plan({ ...job('int32'), reproducible: true })).plan.layers > 1)
    t.equal((await client.plan({ ...job('float32'), reproducible: true })).plan.layers, 1)
  })
})
