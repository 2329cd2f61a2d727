import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { arrayOf, type Dtype } from '../../src/core/matrix.ts'
import { algebraOf, type Semiring } from '../../src/core/semiring.ts'
import { NpyReader } from '../../src/formats/npy-reader.ts'
import { ResultStore } from '../../src/store/results.ts'

async function storeOf(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-test-'))
  const store = await ResultStore.open(folder)
  t.teardown(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return { folder, store }
}

async function sumOf(t: Test, dtype: Dtype, semiring: Semiring, layers: number[][], columns = 2) {
  const { folder, store } = await storeOf(t)
  const rows = (layers[0]?.length ?? 0) / columns
  const { add } = algebraOf(semiring, dtype)
  const spec = { dtype, rows, columns, dimensions: 2 } as const
  const writer = await store.create('job', spec, { layers: layers.length, add })
  // The last layer comes first: the sum is in their order all the same.
  for (const [layer, values] of [...layers.entries()].reverse())
    await writer.write(
      { row: layer * rows, column: 0, rows, columns },
      new Uint8Array(arrayOf[dtype].from(values).buffer),
    )
  const { path } = await store.seal('job')
  const reader = await NpyReader.open(path)
  const values = new arrayOf[dtype](rows * columns)
  await reader.read({ row: 0, column: 0, rows, columns }, new Uint8Array(values.buffer))
  await reader.close()
  t.same(await readdir(folder), ['job.npy'], 'the layers are gone')
  return [...values]
}

test('layers are added as the semiring does', async t => {
  const layers = [
    [1, 5, -3, 0],
    [4, 2, -4, 0],
    [2, 9, -1, 1],
  ]
  t.same(await sumOf(t, 'float32', 'plus-times', layers), [7, 16, -8, 1])
  t.same(await sumOf(t, 'float64', 'min-plus', layers), [1, 2, -4, 0])
  t.same(await sumOf(t, 'int32', 'max-plus', layers), [4, 9, -1, 1])
  t.same(await sumOf(t, 'float32', 'or-and', layers), [1, 1, 1, 1])
  const most = 2 ** 31 - 1
  t.same(await sumOf(t, 'int32', 'plus-times', [[most], [1], [-5]], 1), [((most + 1) | 0) - 5 + 2 ** 32])
})

test('floats are added in the order of k, float32 without rounding between', async t => {
  // In float64 one after the other: the small ones are lost against the large one, in this order alone.
  const [large, small] = [2 ** 53, 1]
  t.same(await sumOf(t, 'float64', 'plus-times', [[large], [small], [small]], 1), [large])
  t.same(await sumOf(t, 'float64', 'plus-times', [[small], [small], [large]], 1), [large + 2])
  t.same(await sumOf(t, 'float32', 'plus-times', [[2 ** 24], [1], [1]], 1), [2 ** 24 + 2])
})

test('what is too large for one slice is added slice by slice', async t => {
  const rows = 1100
  const columns = 1000
  const layer = (value: number) => Array.from({ length: rows * columns }, (_, i) => (i % 7) * value)
  const sum = await sumOf(t, 'int32', 'plus-times', [layer(1), layer(10), layer(100)], columns)
  t.ok(sum.every((value, i) => value === (i % 7) * 111))
})

test('a job that is given up leaves no layers, and neither does a crash', async t => {
  const { folder, store } = await storeOf(t)
  const spec = { dtype: 'int32', rows: 2, columns: 2, dimensions: 2 } as const
  const layering = { layers: 3, add: (sum: number, next: number) => sum + next }
  await store.create('one', spec, layering)
  t.same((await readdir(folder)).sort(), ['one.npy.layers', 'one.npy.partial'])
  await store.discard('one')
  t.same(await readdir(folder), [])
  await store.create('two', spec, layering)
  await store.close()
  await ResultStore.open(folder)
  t.same(await readdir(folder), [])
})

test('one layer is the result itself', async t => {
  const { folder, store } = await storeOf(t)
  const spec = { dtype: 'int32', rows: 1, columns: 2, dimensions: 2 } as const
  const writer = await store.create('job', spec, { layers: 1, add: () => Number.NaN })
  await writer.write({ row: 0, column: 0, rows: 1, columns: 2 }, new Uint8Array(Int32Array.of(3, 4).buffer))
  await store.seal('job')
  t.same([...new Int32Array((await readFile(join(folder, 'job.npy'))).buffer.slice(-8))].length, 2)
})
