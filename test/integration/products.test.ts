/** The whole cluster against the naive multiply: real sockets, real files, five nodes. */
import { join } from 'node:path'
import { test } from 'tap'
import { health } from '../../src/client/index.ts'
import { dtypes } from '../../src/core/matrix.ts'
import { semirings } from '../../src/core/semiring.ts'
import { LocalCluster } from './local-cluster.ts'
import { errorRatio, load, naive, save, smallIntegers, uniform, type Values } from './matrices.ts'
import { valuesMultiplier } from './multiply-values.ts'

const fixtures = new URL('../fixtures/', import.meta.url)
const fixture = (name: string) => new URL(name, fixtures).pathname

test('products on five nodes', async t => {
  const { cluster, client } = await LocalCluster.start(t)
  const path = (name: string) => join(cluster.folder, name)
  const multiply = valuesMultiplier(client, cluster.folder)

  await t.test('small integers are exact, whatever the shape', async t => {
    const shapes = [
      [1, 1, 1],
      [1, 200, 1],
      [3, 1, 250],
      [250, 7, 3],
      [65, 33, 63],
      [127, 129, 128],
      [200, 300, 150],
    ] as const
    for (const dtype of dtypes) {
      for (const [m, k, n] of shapes) {
        const [a, b] = [smallIntegers(m + k, dtype, [m, k]), smallIntegers(n + 1, dtype, [k, n])]
        const { c } = await multiply(a, b)
        t.same(c.shape, [m, n], `${dtype} ${m}x${k}x${n}`)
        t.same(c.data, naive(a, b))
      }
    }
  })

  await t.test('floats are as close as their rounding permits', async t => {
    for (const dtype of ['float32', 'float64'] as const) {
      const [a, b] = [uniform(1, dtype, [150, 333]), uniform(2, dtype, [333, 170])]
      const { c } = await multiply(a, b)
      t.ok(errorRatio(c.data, naive(a, b), 333, dtype) <= 1, dtype)
    }
  })

  await t.test('transposes, alpha, beta and an added matrix', async t => {
    const [m, n, k] = [90, 110, 70]
    for (const dtype of dtypes) {
      for (const [transA, transB] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        const a = smallIntegers(3, dtype, transA ? [k, m] : [m, k])
        const b = smallIntegers(4, dtype, transB ? [n, k] : [k, n])
        const added = smallIntegers(5, dtype, [m, n])
        const options = { transA, transB, alpha: 2, beta: -3, added }
        const { c } = await multiply(a, b, options)
        t.same(c.data, naive(a, b, options), `${dtype} ${transA ? 'T' : 'N'}${transB ? 'T' : 'N'}`)
      }
    }
  })

  await t.test('every semiring, with and without an added matrix, and with nothing to multiply', async t => {
    for (const [index, semiring] of semirings.entries()) {
      const dtype = dtypes[index % dtypes.length] ?? 'float32'
      const [a, b] = [smallIntegers(6, dtype, [90, 130]), smallIntegers(7, dtype, [90, 70])]
      const added = smallIntegers(8, dtype, [130, 70])
      for (const options of [{ semiring }, { semiring, added }]) {
        const { c } = await multiply(a, b, { ...options, transA: true })
        t.same(c.data, naive(a, b, { ...options, transA: true }), `${semiring} ${dtype}`)
      }
      const [noA, noB] = [smallIntegers(1, dtype, [3, 0]), smallIntegers(1, dtype, [0, 4])]
      const { c } = await multiply(noA, noB, { semiring })
      t.same(c.data, naive(noA, noB, { semiring }), `${semiring} ${dtype}, k = 0`)
    }
    const a = smallIntegers(6, 'float32', [3, 3])
    await t.rejects(multiply(a, a, { semiring: 'min-plus', alpha: 2 }), { code: 'GEMMESH_USAGE' })
  })

  await t.test('beta = 0 overwrites NaN; NaN and infinities of A and B propagate', async t => {
    const a: Values = { dtype: 'float64', shape: [2, 2], data: Float64Array.of(1, 2, Number.NaN, 4) }
    const b: Values = {
      dtype: 'float64',
      shape: [2, 2],
      data: Float64Array.of(1, Number.POSITIVE_INFINITY, 1, 1),
    }
    const added: Values = { dtype: 'float64', shape: [2, 2], data: new Float64Array(4).fill(Number.NaN) }
    const { c } = await multiply(a, b, { added, beta: 0 })
    t.same([...c.data], [3, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN])
  })

  await t.test('nothing of something', async t => {
    const table: [a: number[], b: number[], shape: number[]][] = [
      [
        [0, 53],
        [53, 29],
        [0, 29],
      ],
      [
        [5, 4],
        [4, 0],
        [5, 0],
      ],
      [
        [70, 0],
        [0, 80],
        [70, 80],
      ],
    ]
    for (const [a, b, shape] of table) {
      const { c } = await multiply(smallIntegers(1, 'float32', a), smallIntegers(2, 'float32', b))
      t.same(c.shape, shape)
      t.ok(c.data.every(value => value === 0))
    }
    const added = smallIntegers(6, 'float32', [70, 80])
    const { c } = await multiply(smallIntegers(1, 'float32', [70, 0]), smallIntegers(2, 'float32', [0, 80]), {
      added,
      beta: 2,
    })
    t.same(
      c.data,
      added.data.map(value => 2 * value),
      'an inner dimension of zero leaves beta times C',
    )
  })

  await t.test('vectors are rows on the left and columns on the right', async t => {
    const matrix = smallIntegers(7, 'float64', [130, 90])
    const [left, right] = [smallIntegers(8, 'float64', [130]), smallIntegers(9, 'float64', [90])]
    const asMatrix = (values: Values, shape: number[]): Values => ({ ...values, shape })
    const row = await multiply(left, matrix)
    t.same(row.c.shape, [90])
    t.same(row.c.data, naive(asMatrix(left, [1, 130]), matrix))
    const column = await multiply(matrix, right, { added: smallIntegers(10, 'float64', [130]), beta: 1 })
    t.same(column.c.shape, [130])
    const sum = naive(matrix, asMatrix(right, [90, 1]), {
      added: smallIntegers(10, 'float64', [130]),
      beta: 1,
    })
    t.same(column.c.data, sum)
  })

  await t.test('files that NumPy wrote, against what NumPy computed', async t => {
    const table: [a: string, b: string, c: string, exact: boolean][] = [
      ['a-f32.npy', 'b-f32.npy', 'c-f32.npy', false],
      ['a-f32.npy', 'b-f32-bigendian.npy', 'c-f32.npy', false],
      ['a-f64.npy', 'b-f64.npy', 'c-f64.npy', false],
      ['a-f64-fortran.npy', 'b-f64.npy', 'c-f64.npy', false],
      ['a-f64-v2.npy', 'b-f64.npy', 'c-f64.npy', false],
      ['a-f64-v3.npy', 'b-f64.npy', 'c-f64.npy', false],
      ['a-i32.npy', 'b-i32.npy', 'c-i32.npy', true],
      ['a-i32-wrap.npy', 'b-i32-wrap.npy', 'c-i32-wrap.npy', true],
    ]
    for (const [a, b, c, exact] of table) {
      const job = await client.multiply(fixture(a), fixture(b))
      await job.done()
      await job.save(path('numpy.npy'))
      const [found, wanted] = [await load(path('numpy.npy')), await load(fixture(c))]
      t.same(found.shape, wanted.shape, `${a} times ${b}`)
      if (exact) t.same(found.data, wanted.data)
      else {
        const scale = Math.max(...wanted.data.map(Math.abs))
        const scaled = (values: Values) => Float64Array.from(values.data, value => value / scale)
        t.ok(errorRatio(scaled(found), scaled(wanted), 53, wanted.dtype) <= 1)
      }
    }
    const job = await client.multiply(fixture('a-f32-special.npy'), fixture('b-f32.npy'))
    await job.done()
    await job.save(path('special.npy'))
    const [found, wanted] = [await load(path('special.npy')), await load(fixture('c-f32-special.npy'))]
    for (const [index, value] of wanted.data.entries()) {
      const same = Number.isFinite(value)
        ? Math.abs((found.data[index] ?? 0) - value) <= 1e-4 * Math.max(1, Math.abs(value))
        : Object.is(found.data[index], value)
      if (!same) t.fail(`element ${index} is ${found.data[index]}, NumPy has ${value}`)
    }
    t.equal(found.data.length, wanted.data.length)
  })
})

test('both masters in one node, and slaves with little memory', async t => {
  const { cluster, client } = await LocalCluster.start(t, {
    performance: [1, 1],
    together: true,
    slaveMemory: '16MiB',
    options: { 'unit-edge': 256, 'block-edge': 256 },
  })
  const [a, b] = [smallIntegers(1, 'float64', [700, 2000]), smallIntegers(2, 'float64', [2000, 600])]
  const [pathA, pathB] = [join(cluster.folder, 'a.npy'), join(cluster.folder, 'b.npy')]
  const job = await client.multiply(await save(pathA, a), await save(pathB, b))
  await job.done()
  await job.save(join(cluster.folder, 'c.npy'))
  t.same(
    (await load(join(cluster.folder, 'c.npy'))).data,
    naive(a, b),
    'blocks are evicted and fetched again',
  )
  const { ip, port } = cluster.configuration.combine
  const { message, tile } = (await health(`http://${ip}:${port}`)).traffic
  t.same(message, { inBytes: 0, outBytes: 0 }, 'what the masters say to each other does not travel')
  t.ok((tile?.inBytes ?? 0) >= 700 * 600 * 8)
})
