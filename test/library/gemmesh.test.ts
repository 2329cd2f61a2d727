import { createHash } from 'node:crypto'
import t from 'tap'
import { chainOrder } from '../../src/core/chain.ts'
import { arrayOf, type Dtype, dtypes, type Matrix } from '../../src/core/matrix.ts'
import { createGemmesh, type Gemmesh, type GemmOptions, type MatrixView, matrix } from '../../src/index.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'
import { integers, matrixOf, random } from '../kernel/operands.ts'

const mesh = createGemmesh({ threads: 2, memory: 64 << 20 })
t.teardown(() => mesh.close())

/** C's whole array as the reference leaves it. */
function expected(a: MatrixView, b: MatrixView, c: MatrixView, options: GemmOptions = {}): Matrix['data'] {
  const { transA = false, transB = false, alpha = 1, beta = 0 } = options
  const { dtype, shape } = c
  const view = ({ data, shape, offset = 0, rowStride = shape[1] }: MatrixView, trans = false) => ({
    offset: offset * data.BYTES_PER_ELEMENT,
    rowStride: trans ? 1 : rowStride,
    columnStride: trans ? rowStride : 1,
  })
  const data = c.data.slice()
  const [m, n] = shape
  const k = a.shape[transA ? 0 : 1]
  const task = { dtype, m, n, k, alpha, beta, a: view(a, transA), b: view(b, transB), c: view(c) }
  naiveGemm(task, { a: a.data, b: b.data, c: data })
  return data
}

/** The matrix in a larger array of 7s: some before it, some between its rows, some after it. */
function spread({ data, shape, dtype }: Matrix): MatrixView {
  const [rows, columns] = shape
  const rowStride = columns + 3
  const larger = new arrayOf[dtype](5 + rows * rowStride).fill(7)
  for (let row = 0; row < rows; row++) {
    larger.set(data.subarray(row * columns, (row + 1) * columns), 5 + row * rowStride)
  }
  return { data: larger, shape, dtype, offset: 5, rowStride }
}

function allocated(mesh: Gemmesh, { data, shape, dtype }: Matrix): Matrix {
  const copy = mesh.allocate(shape, dtype)
  copy.data.set(data)
  return copy
}

t.test('gemm in place: every dtype, layout, transpose, beta', async t => {
  for (const dtype of dtypes) {
    for (const [transA, transB, alpha, beta] of [
      [false, false, 1, 0],
      [true, false, 2, 1],
      [false, true, -1, 2],
      [true, true, 0, 3],
    ] as const) {
      const options = { transA, transB, alpha, beta }
      const a = transA ? integers(dtype, 31, 45, 1) : integers(dtype, 45, 31, 1)
      const b = transB ? integers(dtype, 22, 31, 2) : integers(dtype, 31, 22, 2)
      const c = integers(dtype, 45, 22, 3)
      for (const [name, place] of [
        ['whole', (x: Matrix) => ({ ...x, data: x.data.slice() })],
        ['with gaps', spread],
        ['in the arena', (x: Matrix) => allocated(mesh, x)],
      ] as const) {
        const operands = [place(a), place(b), place(c)] as const
        const wanted = expected(...operands, options)
        await mesh.gemm(...operands, options)
        t.strictSame(operands[2].data.slice(), wanted, `${dtype} ${name} ${JSON.stringify(options)}`)
        if (name === 'in the arena') for (const each of operands) mesh.release(each)
      }
    }
  }
})

t.test('views are operands of multiply, too', async t => {
  const [a, b, c] = [integers('int32', 5, 4, 1), integers('int32', 4, 6, 2), integers('int32', 5, 6, 3)]
  const got = await mesh.multiply(spread(a), spread(b), { c: spread(c), beta: 2 })
  t.strictSame(got, { data: expected(a, b, c, { beta: 2 }), shape: [5, 6], dtype: 'int32' })
})

t.test('blocks of one array: C beside A, in the same rows', async t => {
  const data = Float64Array.from({ length: 36 }, (_, i) => i % 7)
  const part = (row: number, column: number): MatrixView => ({
    ...{ data, shape: [3, 3], dtype: 'float64', offset: row * 6 + column, rowStride: 6 },
  })
  const wanted = expected(part(0, 0), part(3, 3), part(0, 3), { beta: 1 })
  await mesh.gemm(part(0, 0), part(3, 3), part(0, 3), { beta: 1 })
  t.strictSame(data, wanted)
  await t.rejects(mesh.gemm(part(0, 0), part(3, 3), part(1, 1)), {
    code: 'GEMMESH_USAGE',
    message: /C shares elements with A/,
  })
})

t.test('allocated matrices are multiplied without a copy', async t => {
  const own = createGemmesh({ threads: 2, memory: 32 << 20 })
  t.teardown(() => own.close())
  const [a, b] = [integers('float32', 700, 600, 1), integers('float32', 600, 500, 2)]
  const inside = [allocated(own, a), allocated(own, b), own.allocate([700, 500], 'float32')] as const
  await own.gemm(...inside)
  t.equal(own.copiedBytes, 0)
  const wanted = await own.multiply(a, b)
  t.strictSame(inside[2].data.slice(), wanted.data)
  t.equal(own.copiedBytes, 4 * (700 * 600 + 600 * 500 + 700 * 500), 'others are copied once each')

  await own.multiply(inside[0], inside[1])
  t.equal(own.copiedBytes, 4 * (700 * 600 + 600 * 500 + 2 * 700 * 500), 'a new result is copied out')
  const before = own.copiedBytes
  const shared = new Float32Array(new SharedArrayBuffer(4 * 700 * 600))
  shared.set(a.data)
  t.strictSame(await own.multiply(matrix(shared, [700, 600]), b), wanted, 'shared memory of the user')
  t.equal(own.copiedBytes - before, 4 * (700 * 600 + 600 * 500 + 700 * 500), 'is copied once, as any other')
})

t.test('allocated matrices stay known when another arena comes to be', async t => {
  const [own, other] = [createGemmesh({ threads: 2 }), createGemmesh({ threads: 1 })]
  t.teardown(() => Promise.all([own.close(), other.close()]))
  const [a, b] = [
    allocated(own, integers('float32', 70, 60, 1)),
    allocated(own, integers('float32', 60, 50, 2)),
  ]
  other.allocate([3, 3], 'float32')
  await new Promise(setImmediate)
  const c = own.allocate([70, 50], 'float32')
  await own.gemm(a, b, c)
  t.equal(own.copiedBytes, 0)
  for (const matrix of [a, b, c]) own.release(matrix)
})

t.test('allocate and release', async t => {
  const own = createGemmesh({ threads: 1, memory: 8 << 20 })
  t.teardown(() => own.close())
  const a = own.allocate([1000, 500], 'float64')
  t.ok(a.data.buffer instanceof SharedArrayBuffer)
  t.strictSame([a.shape, a.dtype, a.data.length], [[1000, 500], 'float64', 500_000])
  a.data.fill(1)
  t.throws(() => own.allocate([1000, 1000], 'float64'), { code: 'GEMMESH_MEMORY_EXCEEDED' })
  own.release(a)
  const again = own.allocate([500, 1000], 'float64')
  t.ok(
    again.data.every(element => element === 0),
    'the same memory, with zeros again',
  )
  const empty = own.allocate([0, 3], 'int32')
  t.strictSame((await own.multiply(integers('int32', 2, 0, 1), empty)).data, new Int32Array(6))
  own.release(empty)
  for (const stranger of [a, empty, integers('float64', 2, 2, 1)]) {
    if (stranger.data.byteOffset === again.data.byteOffset && stranger.data.buffer === again.data.buffer)
      continue
    t.throws(() => own.release(stranger), { code: 'GEMMESH_USAGE', message: /not one that allocate/ })
  }
  own.release(again)
  await t.rejects(own.multiply(again, again, { transB: true }), {
    code: 'GEMMESH_USAGE',
    message: /A has been released/,
  })
  t.throws(() => own.allocate([-1, 3], 'int32'), { code: 'GEMMESH_SHAPE_MISMATCH' })
})

t.test('released while a product uses it: its memory is free once that is done', async t => {
  const own = createGemmesh({ threads: 1, memory: 8 << 20 })
  t.teardown(() => own.close())
  const a = allocated(own, integers('float64', 300, 300, 1))
  const wanted = expected(a, a, { ...a, data: new Float64Array(90_000) })
  const product = own.multiply(a, a)
  own.release(a)
  t.throws(() => own.release(a), { code: 'GEMMESH_USAGE' })
  const other = own.allocate([300, 300], 'float64')
  t.not(other.data.byteOffset, a.data.byteOffset)
  other.data.fill(Number.NaN)
  t.strictSame((await product).data, wanted)
  t.equal(own.allocate([300, 300], 'float64').data.byteOffset, a.data.byteOffset)
})

t.test('bounded memory: products of any size by blocks', async t => {
  const own = createGemmesh({ threads: 2, memory: 4 << 20 })
  t.teardown(() => own.close())
  for (const dtype of dtypes) {
    const [a, b, c] = [
      integers(dtype, 900, 700, 1),
      integers(dtype, 650, 700, 2),
      integers(dtype, 900, 650, 3),
    ]
    const options = { transB: true, alpha: 2, beta: -1 }
    t.strictSame((await own.multiply(a, b, { ...options, c })).data, expected(a, b, c, options), dtype)
  }
  await t.rejects(
    createGemmesh({ memory: 1 << 20 }).multiply(integers('int32', 1, 1, 1), integers('int32', 1, 1, 1)),
    {
      code: 'GEMMESH_MEMORY_EXCEEDED',
    },
  )
  for (const memory of [0, -1, 1.5, Number.NaN, 2 ** 33]) {
    t.throws(() => createGemmesh({ memory }), { code: 'GEMMESH_USAGE', message: /memory is/ })
  }
})

t.test('a product stopped on its way leaves a mesh that works', async t => {
  const own = createGemmesh({ threads: 2, memory: 4 << 20 })
  t.teardown(() => own.close())
  const a = integers('float64', 1200, 1200, 1)
  const controller = new AbortController()
  const stopped = own.multiply(a, a, { signal: controller.signal })
  const waiting = own.multiply(a, a, { signal: controller.signal })
  const after = own.multiply(integers('int32', 2, 2, 1), integers('int32', 2, 2, 2))
  setImmediate(() => controller.abort(new Error('enough')))
  await Promise.all([stopped, waiting].map(each => t.rejects(each, { message: 'enough' })))
  t.equal((await after).data.length, 4)
})

t.test('a product that is aborted while it waits is rejected at once', async t => {
  const own = createGemmesh({ threads: 1, memory: 8 << 20 })
  t.teardown(() => own.close())
  const a = integers('float64', 600, 600, 1)
  const settled: string[] = []
  const note = (name: string) => () => settled.push(name)
  const first = own.multiply(a, a).then(note('first'))
  const controller = new AbortController()
  const second = own.multiply(a, a, { signal: controller.signal }).catch(note('second'))
  controller.abort()
  await Promise.all([first, second])
  t.strictSame(settled, ['second', 'first'])
  t.equal((await own.multiply(a, a, { signal: new AbortController().signal })).data.length, 360_000)
})

t.test('instances are independent; a fifth number of threads replaces the one used longest ago', async t => {
  const meshes = [
    createGemmesh({ threads: 1, memory: 16 << 20 }),
    createGemmesh({ threads: 2, memory: 16 << 20 }),
  ]
  const a = integers('int32', 70, 70, 1)
  const wanted = expected(a, a, { ...a, data: new Int32Array(4900) })
  const got = await Promise.all(meshes.flatMap(each => [each.multiply(a, a), each.multiply(a, a)]))
  for (const each of got) t.strictSame(each.data, wanted)
  await meshes[0]?.close()
  t.strictSame((await meshes[1]?.multiply(a, a))?.data, wanted, 'the other one is not closed')
  await meshes[1]?.close()

  await using many = createGemmesh({ memory: 32 << 20 })
  for (const threads of [1, 2, 3, 4, 5, 1])
    t.strictSame((await many.multiply(a, a, { threads })).data, wanted)
})

t.test('what was allocated before close can be read and multiplied afterwards', async t => {
  const own = createGemmesh({ threads: 1, memory: 8 << 20 })
  t.teardown(() => own.close())
  const a = allocated(own, integers('int32', 9, 9, 1))
  const wanted = expected(a, a, { ...a, data: new Int32Array(81) })
  await own.close()
  t.strictSame((await own.multiply(a, a)).data, wanted)
  t.equal(own.copiedBytes, 3 * 81 * 4)
  t.throws(() => own.release(a), { code: 'GEMMESH_USAGE' })
})

t.test('the same bits for any number of threads and any memory; reproducible on any machine', async t => {
  const digest = ({ data }: Matrix) =>
    createHash('sha256')
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      .digest('hex')
  const next = random(7)
  for (const reproducible of [false, true]) {
    const meshes = [
      createGemmesh({ threads: 1, reproducible }),
      createGemmesh({ threads: 2, reproducible }),
      createGemmesh({ threads: 3, reproducible }),
      createGemmesh({ threads: 2, reproducible, memory: 6 << 20 }),
    ]
    for (const dtype of ['float32', 'float64'] as const) {
      for (const [m, n, k] of [
        [400, 300, 1001],
        [16, 16, 9001],
        [900, 3, 1300],
        [1, 700, 1000],
        [13, 11, 7],
      ] as const) {
        const [a, b] = [matrixOf(dtype, m, k, next), matrixOf(dtype, k, n, next)]
        const digests = new Set<string>()
        for (const each of meshes) {
          const c = await each.multiply(a, b)
          digests.add(digest(c))
          if (reproducible) t.equal(c.data[0], firstElement(a, b), 'each operation is rounded, in order')
        }
        t.equal(digests.size, 1, `${dtype} ${m}x${n}x${k}, reproducible ${reproducible}`)
      }
    }
    for (const each of meshes) await each.close()
  }
})

/** Element (0, 0) of A*B as src/kernel/reproducible.ts says that it is added up. */
function firstElement(a: Matrix, b: Matrix): number {
  const { dtype, data } = a
  const [, k] = a.shape
  const [, n] = b.shape
  const round = dtype === 'float32' ? Math.fround : (x: number) => x
  const kc = 256
  let total = 0
  for (let from = 0; from < k; from += kc) {
    let sum = 0
    for (let p = from; p < Math.min(k, from + kc); p++) {
      sum = round(sum + round((data[p] ?? 0) * (b.data[p * n] ?? 0)))
    }
    total = round(total + sum)
  }
  return total
}

t.test('chains', async t => {
  for (const dtype of dtypes) {
    const edges = [40, 3, 50, 2, 30]
    const chain = edges.slice(1).map((columns, i) => integers(dtype, edges[i] ?? 0, columns, i + 1))
    let wanted = chain[0]
    for (const next of chain.slice(1)) wanted = wanted && (await mesh.multiply(wanted, next))
    t.strictSame(await mesh.multiplyChain(chain), wanted, dtype)
    t.equal(chainOrder(chain.map(({ shape }) => shape)).text, '((A1*(A2*A3))*A4)')
  }
  const alone = integers('float32', 3, 4, 1)
  const copy = await mesh.multiplyChain([spread(alone)])
  t.strictSame(copy, alone)
  t.not(copy.data, alone.data)
  const mixed: [Dtype, Dtype] = ['float32', 'float64']
  await t.rejects(mesh.multiplyChain(mixed.map(dtype => integers(dtype, 2, 2, 1))), {
    code: 'GEMMESH_DTYPE_MISMATCH',
    message: /Matrix 2 is float64/,
  })
  await t.rejects(mesh.multiplyChain([]), { code: 'GEMMESH_USAGE' })
})

t.test('views that do not fit their data', async t => {
  const data = new Float32Array(20)
  const whole = { data, shape: [4, 5], dtype: 'float32' } as const
  for (const [view, code, message] of [
    [{ ...whole, shape: [4, 4] }, 'GEMMESH_SHAPE_MISMATCH', /takes 16 elements, but its data has 20/],
    [{ ...whole, offset: 1 }, 'GEMMESH_SHAPE_MISMATCH', /offset 1 with rowStride 5, would be number 21/],
    [{ ...whole, shape: [3, 5], rowStride: 8 }, 'GEMMESH_SHAPE_MISMATCH', /number 21/],
    [{ ...whole, rowStride: 4 }, 'GEMMESH_USAGE', /rowStride 4.*at least the 5 columns/],
    [{ ...whole, offset: -1 }, 'GEMMESH_USAGE', /offset -1/],
    [{ ...whole, offset: 0.5 }, 'GEMMESH_USAGE', /offset 0.5/],
  ] as const) {
    await t.rejects(mesh.multiply(view, whole, { transB: true }), { code, message })
  }
})
