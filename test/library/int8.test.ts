/** int8 operands, int32 results: exact, as the reference has it for the same numbers in int32. */
import fc from 'fast-check'
import t from 'tap'
import { createGemmesh, type Int8Matrix, type Matrix, matrix } from '../../src/index.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'
import { integers, random } from '../kernel/operands.ts'

const mesh = createGemmesh({ threads: 2, memory: 16 << 20 })
t.teardown(() => mesh.close())

/** All of int8, the extremes often; in a larger array where there is a `gap` between rows. */
function bytes(rows: number, columns: number, gap: number, seed: number): Int8Matrix {
  const next = random(seed)
  const rowStride = columns + gap
  const data = Int8Array.from({ length: 2 * gap + rows * rowStride }, () =>
    next() < 0.2 ? (next() < 0.7 ? -128 : 127) : Math.floor(next() * 256) - 128,
  )
  return gap === 0
    ? matrix(data, [rows, columns])
    : { data, shape: [rows, columns], dtype: 'int8', offset: 2 * gap, rowStride }
}

interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly transA: boolean
  readonly transB: boolean
  readonly alpha: number
  readonly beta: number
  readonly gap: number
  readonly seed: number
}

async function check({ m, n, k, transA, transB, alpha, beta, gap, seed }: Product): Promise<void> {
  const a = transA ? bytes(k, m, gap, seed) : bytes(m, k, gap, seed)
  const b = transB ? bytes(n, k, gap, seed + 1) : bytes(k, n, gap, seed + 1)
  const c = integers('int32', m, n, seed + 2)
  const wanted = Int32Array.from(c.data)
  const view = ({ shape, offset = 0, rowStride = shape[1] }: Int8Matrix, turned: boolean) => ({
    offset: offset * wanted.BYTES_PER_ELEMENT,
    rowStride: turned ? 1 : rowStride,
    columnStride: turned ? rowStride : 1,
  })
  const views = { a: view(a, transA), b: view(b, transB), c: { offset: 0, rowStride: n, columnStride: 1 } }
  naiveGemm(
    { dtype: 'int32', m, n, k, alpha, beta, ...views },
    { a: Int32Array.from(a.data), b: Int32Array.from(b.data), c: wanted },
  )
  const added = beta === 0 ? {} : { c, beta }
  const product: Matrix = await mesh.multiply(a, b, { transA, transB, alpha, ...added })
  const at = wanted.findIndex((value, index) => product.data[index] !== value)
  if (at !== -1 || product.dtype !== 'int32')
    throw new Error(`element ${at}: ${product.data[at]}, ${wanted[at]}`)
  await mesh.gemm(a, b, c, { transA, transB, alpha, beta })
  if (c.data.some((value, index) => value !== wanted[index])) throw new Error('gemm in place')
}

const products = (length: fc.Arbitrary<number>) =>
  fc.record<Product>({
    ...{ m: length, n: length, k: length },
    ...{ transA: fc.boolean(), transB: fc.boolean() },
    ...{ alpha: fc.constantFrom(1, 0, -3), beta: fc.constantFrom(0, 1, 2) },
    ...{ gap: fc.constantFrom(0, 3), seed: fc.nat({ max: 1e6 }) },
  })

t.test('any product: 500 cases', async () => {
  await fc.assert(fc.asyncProperty(products(fc.nat({ max: 40 })), check), { numRuns: 500, seed: 20261122 })
})

t.test('on all threads, by blocks: 8 cases', async () => {
  const length = fc.integer({ min: 200, max: 450 })
  await fc.assert(fc.asyncProperty(products(length), check), { numRuns: 8, seed: 20261122 })
})

t.test('what int8 cannot be', async t => {
  const a = bytes(3, 3, 0, 1)
  const plain = integers('int32', 3, 3, 1)
  await t.rejects(mesh.multiply(a, plain), { code: 'GEMMESH_DTYPE_MISMATCH' })
  await t.rejects(mesh.multiply(plain, a), { code: 'GEMMESH_DTYPE_MISMATCH' })
  await t.rejects(mesh.multiply(a, a, { c: integers('float32', 3, 3, 1) }), {
    code: 'GEMMESH_DTYPE_MISMATCH',
  })
  await t.rejects(mesh.multiply(a, a, { semiring: 'min-plus' }), { code: 'GEMMESH_USAGE' })
  await t.rejects(mesh.multiply({ ...a, shape: [2, 3] }, a), { code: 'GEMMESH_SHAPE_MISMATCH' })
  // As from JavaScript, where nothing checks types.
  const untyped = (given: unknown): given is Matrix => given !== undefined
  const wrong: unknown = a
  if (!untyped(wrong)) return
  await t.rejects(mesh.multiplyChain([wrong, wrong]), { code: 'GEMMESH_DTYPE_UNSUPPORTED' })
  await t.rejects(mesh.gemm(a, a, wrong), { code: 'GEMMESH_DTYPE_UNSUPPORTED' })
})
