import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type FilesRequest, multiplyFiles } from '../../../src/cli/local/multiply-files.ts'
import type { Dtype } from '../../../src/core/matrix.ts'
import { Arena } from '../../../src/kernel/arena.ts'
import { readProcessorImages } from '../../../src/kernel/processor.ts'
import { selectProcessor } from '../../../src/kernel/select.ts'
import {
  errorRatio,
  load,
  naive,
  save,
  smallIntegers,
  uniform,
  type Values,
} from '../../integration/matrices.ts'
import { fixture } from '../run-gemmesh.ts'

const folder = t.testdir({})
/** What the threads need for themselves, and room for a small part of the matrices. */
const scarceBytes = 9 * 2 ** 20
const { chosen: processor } = await selectProcessor(await readProcessorImages())
let files = 0
const fresh = (): string => join(folder, `${files++}.npy`)

type Options = Partial<FilesRequest>

async function multiply(a: Values | string, b: Values | string, options: Options = {}) {
  const path = async (one: Values | string) => (typeof one === 'string' ? one : save(fresh(), one))
  const output = fresh()
  const result = await multiplyFiles({
    a: await path(a),
    b: await path(b),
    output,
    transA: false,
    transB: false,
    alpha: 1,
    beta: 0,
    threads: 2,
    processor,
    memoryBytes: 64 * 2 ** 20,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  })
  return { ...result, c: await load(output) }
}

t.test('files that NumPy wrote: the values that NumPy has', async t => {
  const exact: readonly [a: string, b: string, c: string, dtype: Dtype][] = [
    ['a-i32.npy', 'b-i32.npy', 'c-i32.npy', 'int32'],
    ['a-i32-wrap.npy', 'b-i32-wrap.npy', 'c-i32-wrap.npy', 'int32'],
  ]
  for (const [a, b, c, dtype] of exact) {
    const found = await multiply(fixture(a), fixture(b))
    t.equal(found.dtype, dtype)
    t.strictSame(found.c, await load(fixture(c)), `${a} ${b}`)
  }
  const close: readonly [a: string, b: string, c: string, dtype: Dtype][] = [
    ['a-f32.npy', 'b-f32.npy', 'c-f32.npy', 'float32'],
    ['a-f32.npy', 'b-f32-bigendian.npy', 'c-f32.npy', 'float32'],
    ['a-f64.npy', 'b-f64.npy', 'c-f64.npy', 'float64'],
    ['a-f64-fortran.npy', 'b-f64.npy', 'c-f64.npy', 'float64'],
    ['a-f64-v2.npy', 'b-f64.npy', 'c-f64.npy', 'float64'],
    ['a-f64-v3.npy', 'b-f64.npy', 'c-f64.npy', 'float64'],
  ]
  for (const [a, b, c, dtype] of close) {
    const found = await multiply(fixture(a), fixture(b))
    const wanted = await load(fixture(c))
    t.strictSame(found.shape, wanted.shape)
    t.ok(errorRatio(found.c.data, wanted.data, 53, dtype) <= 1, `${a} ${b}`)
  }
})

t.test('NaN and infinity go where IEEE sends them', async t => {
  const { c } = await multiply(fixture('a-f32-special.npy'), fixture('b-f32.npy'))
  const wanted = await load(fixture('c-f32-special.npy'))
  const kinds = ({ data }: Values) => Array.from(data, x => (Number.isFinite(x) ? 'finite' : String(x)))
  t.strictSame(kinds(c), kinds(wanted))
})

t.test('a product larger than its memory is taken in parts', async t => {
  const a = smallIntegers(1, 'float64', [301, 517])
  const b = smallIntegers(2, 'float64', [517, 203])
  const found = await multiply(a, b, { memoryBytes: scarceBytes })
  t.ok(found.steps > 1, `${found.steps} steps`)
  t.strictSame(found.c.data, naive(a, b))
})

t.test('other semirings, also in parts and with a matrix to add', async t => {
  const a = smallIntegers(1, 'float64', [301, 517])
  const b = smallIntegers(2, 'float64', [517, 203])
  const added = smallIntegers(3, 'float64', [301, 203])
  const add = await save(fresh(), added)
  for (const semiring of ['min-plus', 'or-and'] as const) {
    const found = await multiply(a, b, { semiring, add, beta: 1, memoryBytes: scarceBytes })
    t.ok(found.steps > 1, `${found.steps} steps`)
    t.strictSame(found.c.data, naive(a, b, { semiring, added }))
  }
})

t.test(
  'vectors are rows on the left and columns on the right, and transposing them changes nothing',
  async t => {
    const matrix = smallIntegers(1, 'float64', [3, 4])
    const [three, four] = [smallIntegers(2, 'float64', [3]), smallIntegers(3, 'float64', [4])]
    const asColumn = { ...four, shape: [4, 1] }
    const asRow = { ...three, shape: [1, 3] }
    for (const transposes of [{}, { transA: true }, { transB: true }]) {
      if (!('transA' in transposes)) {
        const right = await multiply(matrix, four, transposes)
        t.strictSame(right.c, { dtype: 'float64', shape: [3], data: naive(matrix, asColumn) })
      }
      if (!('transB' in transposes)) {
        const left = await multiply(three, matrix, transposes)
        t.strictSame(left.c, { dtype: 'float64', shape: [4], data: naive(asRow, matrix) })
      }
    }
    const both = await multiply(four, four)
    t.strictSame(both.c.shape, [1])
    t.strictSame(both.c.data, naive({ ...four, shape: [1, 4] }, asColumn))
  },
)

t.test('nothing times nothing', async t => {
  const empty = (rows: number, columns: number) => smallIntegers(1, 'float32', [rows, columns])
  for (const [m, k, n] of [
    [0, 4, 3],
    [3, 4, 0],
    [0, 0, 0],
    [0, 4, 0],
  ] as const) {
    const { c } = await multiply(empty(m, k), empty(k, n))
    t.strictSame([c.shape, c.data.length], [[m, n], 0], `${m}x${k}x${n}`)
  }
  const { c } = await multiply(empty(3, 0), empty(0, 2))
  t.strictSame(
    [c.shape, [...c.data]],
    [
      [3, 2],
      [0, 0, 0, 0, 0, 0],
    ],
    'no inner dimension: zeros',
  )
  const added = smallIntegers(4, 'float32', [3, 2])
  const kept = await multiply(empty(3, 0), empty(0, 2), { add: await save(fresh(), added), beta: 2 })
  t.strictSame(
    [...kept.c.data],
    Array.from(added.data, value => 2 * value),
    'no inner dimension: beta*C0',
  )
})

t.test('beta = 0 takes nothing of C0, not even NaN; alpha = 0 nothing of A and B', async t => {
  const a = uniform(1, 'float64', [5, 6])
  const b = uniform(2, 'float64', [6, 7])
  const nan: Values = { dtype: 'float64', shape: [5, 7], data: new Float64Array(35).fill(Number.NaN) }
  const overwritten = await multiply(a, b, { add: await save(fresh(), nan), beta: 0 })
  t.ok(overwritten.c.data.every(Number.isFinite))
  const nans: Values = { dtype: 'float64', shape: [5, 6], data: new Float64Array(30).fill(Number.NaN) }
  const zeros = await multiply(nans, b, { alpha: 0 })
  t.ok(zeros.c.data.every(value => value === 0))
})

t.test('without an output a small result is kept in memory, a large one is not', async t => {
  const request = {
    processor,
    transA: false,
    transB: false,
    alpha: 1,
    beta: 0,
    memoryBytes: 64 * 2 ** 20,
    onProgress: () => {},
  }
  const signal = new AbortController().signal
  const [a, b] = [smallIntegers(1, 'int32', [10, 3]), smallIntegers(2, 'int32', [3, 10])]
  const small = await multiplyFiles({
    ...request,
    signal,
    a: await save(fresh(), a),
    b: await save(fresh(), b),
  })
  t.strictSame(small.values, naive(a, b))
  const tall = smallIntegers(1, 'int32', [11, 3])
  const large = await multiplyFiles({
    ...request,
    signal,
    a: await save(fresh(), tall),
    b: await save(fresh(), b),
  })
  t.equal(large.values, undefined)
})

t.test('progress goes up to 1', async t => {
  const fractions: number[] = []
  const a = smallIntegers(1, 'float32', [600, 600])
  await multiply(a, a, { memoryBytes: scarceBytes, onProgress: ({ fraction }) => fractions.push(fraction) })
  t.ok(fractions.length > 1, `${fractions.length} steps`)
  t.strictSame(
    fractions,
    fractions.toSorted((x, y) => x - y),
  )
  t.equal(fractions.at(-1), 1)
})

t.test('interrupted between two steps it leaves no file, nor a part of one', async t => {
  const before = readdirSync(folder).length
  const controller = new AbortController()
  const a = await save(join(folder, 'interrupted.npy'), smallIntegers(1, 'float32', [600, 600]))
  const reason = new Error('enough')
  const onProgress = () => controller.abort(reason)
  await t.rejects(multiply(a, a, { memoryBytes: scarceBytes, signal: controller.signal, onProgress }), reason)
  t.equal(readdirSync(folder).length, before + 1)
})

t.test('an arena is as large as what is used of it, and no larger than what is allowed', async t => {
  const arenas = t.capture(Arena, 'create', Arena.create)
  const values = smallIntegers(1, 'float32', [100, 100])
  await multiply(values, values, { memoryBytes: 2 ** 32 })
  await multiply(values, values, { memoryBytes: scarceBytes })
  const [roomy = 0, scarce = 0] = arenas().map(({ args: [bytes] }) => bytes)
  t.ok(roomy <= 64 * 2 ** 20, `${roomy} bytes`)
  t.equal(scarce, scarceBytes)
})
