import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { arrayOf, dtypes, type Matrix, unitRoundoff } from '../src/core/matrix.ts'
import {
  allocate,
  close,
  type MultiplyOptions,
  matrix,
  multiply,
  multiplyChain,
  release,
} from '../src/index.ts'
import { naiveGemm } from '../src/kernel/naive.ts'
import { integers, matrixOf, random } from './kernel/operands.ts'

t.teardown(() => close())

function reference(a: Matrix, b: Matrix, options: MultiplyOptions = {}): Matrix {
  const { transA = false, transB = false, alpha = 1, c } = options
  const { dtype } = a
  const m = a.shape[transA ? 1 : 0]
  const k = a.shape[transA ? 0 : 1]
  const n = b.shape[transB ? 0 : 1]
  const view = ({ shape: [, columns] }: Matrix, trans: boolean) => ({
    offset: 0,
    rowStride: trans ? 1 : columns,
    columnStride: trans ? columns : 1,
  })
  const result = matrix(c ? c.data.slice() : new arrayOf[dtype](m * n), [m, n])
  const beta = c ? (options.beta ?? 1) : 0
  const task = { dtype, m, n, k, alpha, beta, a: view(a, transA), b: view(b, transB), c: view(result, false) }
  naiveGemm(task, { a: a.data, b: b.data, c: result.data })
  return result
}

t.test('products of every dtype, transposed or not, scaled, added', async t => {
  for (const dtype of dtypes) {
    for (const transA of [false, true]) {
      for (const transB of [false, true]) {
        const a = transA ? integers(dtype, 31, 45, 1) : integers(dtype, 45, 31, 1)
        const b = transB ? integers(dtype, 22, 31, 2) : integers(dtype, 31, 22, 2)
        const c = integers(dtype, 45, 22, 3)
        for (const options of [
          { transA, transB },
          { transA, transB, alpha: 3, c },
          { transA, transB, alpha: -2, beta: 2, c, threads: 1 },
          { transA, transB, beta: 0, c },
          { transA, transB, alpha: 0, c },
        ]) {
          const added = c.data.slice()
          t.strictSame(await multiply(a, b, options), reference(a, b, options))
          t.strictSame(c.data, added, 'c is not changed')
        }
      }
    }
  }
})

/** A fixture as NumPy wrote it: .npy version 1, row-major, of this machine's byte order. */
function fixture(name: string, dtype: Matrix['dtype'], shape: Matrix['shape']): Matrix {
  const bytes = readFileSync(new URL(`fixtures/${name}.npy`, import.meta.url))
  const { buffer } = new Uint8Array(bytes.subarray(10 + bytes.readUInt16LE(8)))
  return matrix(new arrayOf[dtype](buffer), shape)
}

t.test('what NumPy wrote gives what NumPy says', async t => {
  for (const [suffix, dtype, special] of [
    ['f32', 'float32', ''],
    ['f64', 'float64', ''],
    ['i32', 'int32', ''],
    ['i32', 'int32', '-wrap'],
    ['f32', 'float32', '-special'],
  ] as const) {
    const a = fixture(`a-${suffix}${special}`, dtype, [37, 53])
    const b = fixture(`b-${suffix}${special === '-special' ? '' : special}`, dtype, [53, 29])
    const wanted = fixture(`c-${suffix}${special}`, dtype, [37, 29])
    const got = await multiply(a, b)
    // Both round: NumPy's reference was accumulated in float64.
    const magnitude =
      53 * Math.max(...a.data.filter(Number.isFinite).map(Math.abs)) * Math.max(...b.data.map(Math.abs))
    const bound = 2 * 57 * unitRoundoff[dtype] * magnitude
    const wrong = got.data.findIndex((value, i) => {
      const want = wanted.data[i] ?? 0
      return !Object.is(value, want) && !(Math.abs(value - want) <= bound)
    })
    t.equal(wrong, -1, `${suffix}${special}: ${got.data[wrong]} for ${wanted.data[wrong]}`)
  }
})

t.test('zero rows, columns or inner dimension', async t => {
  for (const dtype of dtypes) {
    const empty = (rows: number, columns: number) => matrix(new arrayOf[dtype](0), [rows, columns])
    t.strictSame(await multiply(empty(0, 3), integers(dtype, 3, 2, 1)), empty(0, 2))
    t.strictSame(await multiply(integers(dtype, 2, 3, 1), empty(3, 0)), empty(2, 0))
    t.strictSame((await multiply(empty(2, 0), empty(0, 3))).data, new arrayOf[dtype](6))
    const c = integers(dtype, 2, 3, 1)
    t.strictSame(
      await multiply(empty(2, 0), empty(0, 3), { c, beta: 2 }),
      matrix(
        c.data.map(x => 2 * x),
        [2, 3],
      ),
    )
  }
})

t.test('beta = 0 leaves a NaN in c behind', async t => {
  const a = matrix(new Float64Array([1, 2]), [1, 2])
  const c = matrix(new Float64Array([Number.NaN]), [1, 1])
  t.strictSame((await multiply(a, a, { transB: true, c, beta: 0 })).data, new Float64Array([5]))
  t.ok(Number.isNaN((await multiply(a, a, { transB: true, c })).data[0]))
})

t.test('many products at once', async t => {
  const a = integers('float32', 60, 60, 1)
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => multiply(a, a, { alpha: i })))
  for (const [alpha, each] of all.entries()) t.strictSame(each, reference(a, a, { alpha }))
})

t.test('faults are coded, and say what does not fit', async t => {
  const a = integers('float32', 2, 3, 1)
  const cases: [string, RegExp, () => unknown][] = [
    [
      'GEMMESH_SHAPE_MISMATCH',
      /B is 2x3 but A is 2x3: .* Did you mean transB or transA\?$/,
      () => multiply(a, a),
    ],
    [
      'GEMMESH_SHAPE_MISMATCH',
      /2x2, which takes 4 elements.*has 3/,
      () => matrix(new Float32Array(3), [2, 2]),
    ],
    ['GEMMESH_SHAPE_MISMATCH', /whole numbers from 0/, () => matrix(new Float32Array(3), [-1, -3])],
    [
      'GEMMESH_SHAPE_MISMATCH',
      /C is 2x3, but the product is 2x2/,
      () => multiply(a, a, { transB: true, c: a }),
    ],
    ['GEMMESH_DTYPE_MISMATCH', /B is float64/, () => multiply(a, integers('float64', 3, 2, 1))],
    ['GEMMESH_DTYPE_MISMATCH', /data of A is float32/, () => multiply({ ...a, dtype: 'int32' }, a)],
    // @ts-expect-error what only JavaScript lets pass
    ['GEMMESH_USAGE', /^B is undefined, no matrix: /, () => multiply(a)],
    ['GEMMESH_USAGE', /beta is 2, but there is no c/, () => multiply(a, a, { transB: true, beta: 2 })],
    ['GEMMESH_USAGE', /threads is 0/, () => multiply(a, a, { transB: true, threads: 0 })],
    [
      'GEMMESH_USAGE',
      /alpha is 0.5.*int32/,
      () => multiply(integers('int32', 2, 2, 1), integers('int32', 2, 2, 1), { alpha: 0.5 }),
    ],
  ]
  for (const [code, message, call] of cases) await t.rejects(async () => call(), { code, message }, code)
  const bytes: unknown = new Uint8Array(4)
  // As from JavaScript, where nothing checks types.
  await t.rejects(async () => Reflect.apply(matrix, undefined, [bytes, [2, 2]]), {
    code: 'GEMMESH_DTYPE_UNSUPPORTED',
    message: /Uint8Array.*Float32Array, Float64Array or Int32Array/,
  })
})

t.test('a signal stops a product', async t => {
  const a = integers('float32', 3, 3, 1)
  await t.rejects(multiply(a, a, { signal: AbortSignal.abort(new Error('stopped')) }), { message: 'stopped' })
  t.strictSame(await multiply(a, a), reference(a, a))
})

t.test('fractions stay within the bound that follows from k', async t => {
  const next = random(5)
  for (const dtype of ['float32', 'float64'] as const) {
    const [a, b] = [matrixOf(dtype, 250, 250, next), matrixOf(dtype, 250, 250, next)]
    const [got, wanted] = [(await multiply(a, b)).data, reference(a, b).data]
    let worst = 0
    for (const [i, value] of got.entries()) worst = Math.max(worst, Math.abs(value / (wanted[i] ?? 0) - 1))
    // All terms are positive, so that the sum's relative error is bounded by k roundings.
    t.ok(worst <= 2 * 250 * unitRoundoff[dtype], `${dtype}: ${worst}`)
  }
})

t.test('the compiler knows the elements of a product by those of its operands', async t => {
  const a = matrix(new Float64Array([1, 2, 3, 4]), [2, 2])
  const bytes = matrix(new Int8Array([1, 2, 3, 4]), [2, 2])
  const product: Float64Array = (await multiply(a, a)).data
  const chain: Float64Array = (await multiplyChain([a, a])).data
  const widened: Int32Array = (await multiply(bytes, bytes)).data
  const allocated = allocate([2, 2], 'float32')
  const elements: Float32Array = allocated.data
  t.strictSame(
    [product, chain, widened, elements].map(data => data.join(' ')),
    ['7 10 15 22', '7 10 15 22', '7 10 15 22', '0 0 0 0'],
  )
  release(allocated)
  const either: Matrix = a
  const { dtype }: Matrix = await multiply(either, a)
  t.equal(dtype, 'float64')
})

t.test('closed and used again', async t => {
  const a = integers('float64', 5, 5, 1)
  await close()
  await close()
  t.strictSame(await multiply(a, a), reference(a, a))
})

t.test('a program ends by itself, closed or not', async t => {
  for (const last of ['await close()', '']) {
    const program = `
      import { close, matrix, multiply } from './src/index.ts'
      const a = matrix(new Float32Array([1, 2, 3, 4]), [2, 2])
      process.stdout.write((await multiply(a, a)).data.join(' '))
      ${last}`
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module-typescript', '-e', program],
      {
        cwd: new URL('..', import.meta.url),
      },
    )
    t.equal(stdout.toString(), '7 10 15 22', stderr.toString())
    t.equal(status, 0)
  }
})
