/**
 * Any product of the library is the reference's: transposes, views into larger arrays and allocated matrices, factors,
 * dtypes, semirings; with one thread and more, little memory, and `reproducible`. The same cases in every run.
 */
import fc from 'fast-check'
import t from 'tap'
import { type Dtype, dtypes, type Matrix } from '../../src/core/matrix.ts'
import { type Semiring, semirings } from '../../src/core/semiring.ts'
import { createGemmesh, type Gemmesh, type MatrixView } from '../../src/index.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'
import { integers } from '../kernel/operands.ts'

const [small, large] = [1500, 40]
const seed = 20261122

const meshes: readonly Gemmesh[] = [
  createGemmesh({ threads: 1 }),
  createGemmesh({ threads: 2 }),
  createGemmesh({ threads: 3, memory: 8 << 20 }),
  createGemmesh({ threads: 2, reproducible: true }),
]
t.teardown(() => Promise.all(meshes.map(mesh => mesh.close())))

/** Where a matrix lies: an array of its own, within a larger one, or in the memory of the threads. */
type Place = 'own' | 'view' | 'allocated'

interface Laid {
  readonly view: MatrixView
  readonly release: () => void
}

function lay(mesh: Gemmesh, place: Place, { data, shape, dtype }: Matrix): Laid {
  if (place === 'own') return { view: { data, shape, dtype }, release: () => {} }
  if (place === 'allocated') {
    const view = mesh.allocate(shape, dtype)
    view.data.set(data)
    return { view, release: () => mesh.release(view) }
  }
  const [rows, columns] = shape
  const [offset, rowStride] = [3, columns + 2]
  const larger = integers(dtype, 1, offset + rows * rowStride, 4).data
  for (let row = 0; row < rows; row++)
    larger.set(data.subarray(row * columns, (row + 1) * columns), offset + row * rowStride)
  return { view: { data: larger, shape, dtype, offset, rowStride }, release: () => {} }
}

const strided = ({ data, shape, offset = 0, rowStride = shape[1] }: MatrixView, transposed = false) => ({
  offset: offset * data.BYTES_PER_ELEMENT,
  rowStride: transposed ? 1 : rowStride,
  columnStride: transposed ? rowStride : 1,
})

interface Product {
  readonly mesh: number
  readonly dtype: Dtype
  readonly semiring: Semiring
  readonly m: number
  readonly n: number
  readonly k: number
  readonly transA: boolean
  readonly transB: boolean
  readonly alpha: number
  readonly beta: number
  readonly places: readonly [a: Place, b: Place, c: Place]
  /** gemm, not multiply. */
  readonly inPlace: boolean
  readonly seed: number
}

interface Shapes {
  readonly m: fc.Arbitrary<number>
  readonly n: fc.Arbitrary<number>
  readonly k: fc.Arbitrary<number>
}

const place = fc.constantFrom<Place>('own', 'view', 'allocated')
const products = (shape: Shapes): fc.Arbitrary<Product> =>
  fc.record({
    ...shape,
    mesh: fc.constantFrom(...meshes.keys()),
    dtype: fc.constantFrom(...dtypes),
    semiring: fc.constantFrom<Semiring>('plus-times', 'plus-times', ...semirings),
    transA: fc.boolean(),
    transB: fc.boolean(),
    alpha: fc.constantFrom(1, 0, -1, 3),
    beta: fc.constantFrom(0, 1, -2),
    places: fc.tuple(place, place, place),
    inPlace: fc.boolean(),
    seed: fc.nat({ max: 1e6 }),
  })

let ran = 0

/** Small whole numbers: every sum is exact, whoever computes it in whatever order. */
async function check({ dtype, semiring, m, n, k, transA, transB, seed, ...product }: Product): Promise<void> {
  ran++
  const mesh = meshes[product.mesh]
  if (mesh === undefined) throw new Error('no such instance')
  const plain = semiring === 'plus-times'
  const alpha = plain ? product.alpha : 1
  const beta = plain ? product.beta : Math.abs(product.beta) % 2
  const a = lay(mesh, product.places[0], integers(dtype, transA ? k : m, transA ? m : k, seed))
  const b = lay(mesh, product.places[1], integers(dtype, transB ? n : k, transB ? k : n, seed + 1))
  const c = lay(mesh, product.places[2], integers(dtype, m, n, seed + 2))
  try {
    const options = { transA, transB, alpha, semiring }
    const at = { a: strided(a.view, transA), b: strided(b.view, transB), c: strided(c.view) }
    const before = c.view.data.slice()
    const wanted = before.slice()
    naiveGemm({ dtype, m, n, k, beta, ...options, ...at }, { a: a.view.data, b: b.view.data, c: wanted })
    if (product.inPlace) {
      await mesh.gemm(a.view, b.view, c.view, { ...options, beta })
      same(c.view.data, wanted)
      return
    }
    const added = beta === 0 ? {} : { c: c.view, beta }
    const result = await mesh.multiply(a.view, b.view, { ...options, ...added })
    same(c.view.data, before)
    const { offset = 0, rowStride = n } = c.view
    for (let row = 0; row < m; row++)
      before.set(result.data.subarray(row * n, (row + 1) * n), offset + row * rowStride)
    same(before, wanted)
  } finally {
    for (const { release } of [a, b, c]) release()
  }
}

function same(got: Matrix['data'], wanted: Matrix['data']): void {
  const at = wanted.findIndex((value, index) => got[index] !== value)
  if (at !== -1) throw new Error(`element ${at} is ${got[at]}, should be ${wanted[at]}`)
}

const short = fc.oneof(
  { weight: 9, arbitrary: fc.nat({ max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(97, 128, 255, 257) },
)
/** So few rows that threads share columns, or more; blocks of k of which the last is shorter. */
const long = {
  m: fc.oneof(fc.integer({ min: 97, max: 143 }), fc.integer({ min: 144, max: 220 })),
  n: fc.integer({ min: 256, max: 400 }),
  k: fc.oneof(fc.integer({ min: 257, max: 300 }), fc.integer({ min: 385, max: 420 })),
}

for (const [name, shape, numRuns] of [
  ['on the calling thread, most of them', { m: short, n: short, k: short }, small],
  ['on all threads', long, large],
] as const) {
  t.test(`any product, ${name}: ${numRuns} cases`, async () => {
    await fc.assert(fc.asyncProperty(products(shape), check), { numRuns, seed })
  })
}

t.test('how many they were', async t => {
  t.comment(`${ran} products of the library compared with the reference`)
  t.equal(ran, small + large)
})
