/** Strassen's algorithm as users ask for it. */
import t from 'tap'
import { createGemmesh, type Matrix, matrix } from '../../src/index.ts'
import { integers } from '../kernel/operands.ts'

t.test(
  'whole numbers are exact: outside the arena, within it, and where memory allows small blocks alone',
  async t => {
    const [m, n, k] = [3072, 3073, 3074]
    const a = integers('float32', m, k, 1)
    const b = integers('float32', n, k, 2)
    const options = { transB: true, algorithm: 'strassen' } as const
    await using mesh = createGemmesh({ threads: 2, memory: 512 << 20 })
    const wanted = await mesh.multiply(a, b, { transB: true })
    const isRight = (c: Matrix) => Buffer.compare(bytesOf(c), bytesOf(wanted)) === 0
    t.ok(isRight(await mesh.multiply(a, b, options)), 'copied')
    const [inA, inB, c] = [
      mesh.allocate([m, k], 'float32'),
      mesh.allocate([n, k], 'float32'),
      mesh.allocate([m, n], 'float32'),
    ]
    inA.data.set(a.data)
    inB.data.set(b.data)
    const before = mesh.copiedBytes
    await mesh.gemm(inA, inB, c, options)
    t.equal(mesh.copiedBytes, before)
    t.ok(isRight(c), 'allocated')
    await using small = createGemmesh({ threads: 2, memory: 64 << 20 })
    t.ok(isRight(await small.multiply(a, b, options)), 'in small blocks')
  },
)

/** Without the sign of zeros, which is not the same. */
const bytesOf = ({ data }: Matrix) => Buffer.from(new Int32Array(data).buffer)

t.test('what it is not for is refused, or computed as ever', async t => {
  await using mesh = createGemmesh({ threads: 1 })
  const a = matrix(new Int32Array([1, 2, 3, 4]), [2, 2])
  t.strictSame((await mesh.multiply(a, a, { algorithm: 'strassen' })).data, new Int32Array([7, 10, 15, 22]))
  // @ts-expect-error: there is no such algorithm
  await t.rejects(mesh.multiply(a, a, { algorithm: 'quick' }), { code: 'GEMMESH_USAGE', message: /quick/ })
  await using reproducible = createGemmesh({ threads: 1, reproducible: true })
  await t.rejects(reproducible.multiply(a, a, { algorithm: 'strassen' }), {
    code: 'GEMMESH_USAGE',
    message: /reproducible/,
  })
})
