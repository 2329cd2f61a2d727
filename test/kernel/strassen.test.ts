/** Strassen's algorithm against the reference: its table, any shape and layout, and the bounds of its error (docs/STRASSEN.md). */
import fc from 'fast-check'
import t from 'tap'
import { bytesPerElement, type Dtype, unitRoundoff } from '../../src/core/matrix.ts'
import { blocking, stripBytes, stripOffset } from '../../src/kernel/blocking.ts'
import { LoneKernel } from '../../src/kernel/lone-kernel.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'
import { phasesPerRound, planPhases } from '../../src/kernel/phases.ts'
import { compileProcessor } from '../../src/kernel/processor.ts'
import { strassenLevels } from '../../src/kernel/strassen.ts'
import { strassenBlocking } from '../../src/kernel/strassen-blocking.ts'
import { blockProducts } from '../../src/kernel/strassen-table.ts'
import type { GemmTask } from '../../src/kernel/task.ts'
import { untuned } from '../../src/kernel/tuning.ts'
import { acceptedImages } from './lone-kernels.ts'
import { Operands, type Product, random } from './operands.ts'

const floats = ['float32', 'float64'] as const
const kernels = new Map<string, LoneKernel>()
for (const image of acceptedImages) {
  kernels.set(image.variant, new LoneKernel(compileProcessor(image).module, 32 << 20))
}

/** What is wrong with a product of whole numbers, which has to be exact but for the sign of a zero. */
function wrongness(kernel: LoneKernel, product: Product, levels: number): string | undefined {
  const operands = new Operands(kernel.arena, { ...product, values: 'integers' })
  try {
    const wanted = operands.expected()
    kernel.strassen(operands.task, levels)
    const at = operands.c.findIndex((value, index) => value !== wanted[index])
    const fault = `${levels} levels, ${JSON.stringify(product)}: ${at} is ${operands.c[at]}, not ${wanted[at]}`
    return at === -1 ? undefined : fault
  } finally {
    operands.release()
  }
}

t.test('the products of one level and of two are the product of the blocks', async t => {
  for (const levels of [0, 1, 2]) {
    const across = 2 ** levels
    const products = blockProducts(levels)
    t.equal(products.length, 7 ** levels)
    /** What each block of C gets of each pair of blocks: 1 where they belong together, else 0. */
    const found = new Map<string, number>()
    for (const { a, b, c } of products) {
      t.ok(a[0]?.sign === 1, 'no sum of A begins with a minus')
      for (const x of a)
        for (const y of b)
          for (const z of c) {
            const key = [x.row, x.column, y.row, y.column, z.row, z.column].join()
            found.set(key, (found.get(key) ?? 0) + x.sign * y.sign * z.sign)
          }
    }
    const wanted = [...found].filter(([, count]) => count !== 0)
    t.equal(wanted.length, across ** 3)
    for (const [key, count] of wanted) {
      const [i, p, q, j, row, column] = key.split(',').map(Number)
      t.ok(count === 1 && p === q && i === row && j === column, key)
    }
  }
})

for (const [variant, kernel] of kernels) {
  t.test(
    `${variant}: small whole numbers are exact, at any shape, layout, alpha, beta and part of a larger matrix`,
    async () => {
      const layouts = fc.constantFrom('rows' as const, 'columns' as const, 'gaps' as const)
      fc.assert(
        fc.property(
          fc.record({
            dtype: fc.constantFrom(...floats),
            m: fc.integer({ min: 1, max: 90 }),
            n: fc.integer({ min: 1, max: 90 }),
            k: fc.integer({ min: 1, max: 90 }),
            alpha: fc.constantFrom(1, -1, 2),
            beta: fc.constantFrom(0, 1, -3),
            a: layouts,
            b: layouts,
            c: fc.constantFrom('rows' as const, 'gaps' as const),
            seed: fc.integer(),
          }),
          fc.constantFrom(1, 2),
          (product, levels) => {
            const fault = wrongness(kernel, product, levels)
            if (fault !== undefined) throw new Error(fault)
          },
        ),
        { numRuns: 60, seed: 20261122 },
      )
    },
  )

  t.test(
    `${variant}: whole numbers are exact where there are several blocks of k, of rows and of columns`,
    async t => {
      for (const dtype of floats) {
        const { mc, kc } = strassenBlocking[dtype]
        for (const product of [
          { dtype, m: 2 * mc + 13, n: 300, k: 2 * kc + 5 },
          { dtype, m: 30, n: 1500, k: 3 * kc },
          { dtype, m: 4 * mc + 1, n: 35, k: 70, a: 'columns', beta: 2 },
        ] satisfies Product[]) {
          for (const levels of [1, 2]) {
            t.equal(wrongness(kernel, product, levels), undefined)
          }
        }
      }
    },
  )

  t.test(`${variant}: beta = 0 overwrites NaN unread; a NaN of A or B reaches its row or column`, async t => {
    for (const dtype of floats) {
      const operands = new Operands(kernel.arena, { dtype, m: 50, n: 50, k: 50 })
      operands.c.fill(Number.NaN)
      kernel.strassen(operands.task, 1)
      t.notOk(operands.c.some(Number.isNaN), dtype)
      operands.a[50 * 3 + 7] = Number.NaN
      kernel.strassen(operands.task, 1)
      t.ok(operands.c.subarray(150, 200).every(Number.isNaN), dtype)
      operands.release()
    }
  })
}

/** The bound of docs/STRASSEN.md: max |error| over max |A| * max |B|, for alpha = 1 and beta = 0. */
function errorBound(dtype: Dtype, k: number, levels: number): number {
  const depth = Math.ceil(k / 2 ** levels / 16) * 16
  return 12 ** levels * depth * (depth + 9 * levels + 4) * unitRoundoff[dtype]
}

const largest = (values: Iterable<number>) => {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}

/** Operands that are hard on sums of blocks, or not. */
const inputs: Record<string, (next: () => number, row: number, column: number, edge: number) => number> = {
  'from -1 to 1': next => next() * 2 - 1,
  'from 0 to 1': next => next(),
  'one sign, nearly equal': next => 1 + next() * 2 ** -10,
  'of very different size': next => (next() - 0.5) * 2 ** Math.floor(next() * 40 - 40),
  'a quarter far larger': (next, row, column, edge) =>
    (next() - 0.5) * (row < edge && column < edge ? 2 ** 12 : 1),
  'differences that cancel': (next, row, column, edge) =>
    (row >= edge === column >= edge ? 1 : -1) * (1 + next() * 2 ** -20),
}

for (const [variant, kernel] of kernels) {
  t.test(
    `${variant}: the error stays within its bound, that of the classical product within a tighter one`,
    async t => {
      for (const dtype of floats) {
        for (const [name, input] of Object.entries(inputs)) {
          for (const [m, n, k] of [
            [97, 65, 131],
            [64, 64, 256],
          ] as const) {
            const operands = new Operands(kernel.arena, { dtype, m, n, k, beta: 0 })
            const next = random(k)
            for (let at = 0; at < m * k; at++)
              operands.a[at] = input(next, Math.floor(at / k), at % k, Math.ceil(Math.min(m, k) / 2))
            for (let at = 0; at < k * n; at++)
              operands.b[at] = input(next, Math.floor(at / n), at % n, Math.ceil(Math.min(k, n) / 2))
            const { worst, worstOfElement } = errors(operands, task => kernel.gemm(task))
            const scale = largest(operands.a) * largest(operands.b)
            t.ok(
              worstOfElement <= (k + 4) * unitRoundoff[dtype],
              `classical, ${dtype}, ${name}: each element by itself`,
            )
            t.ok(worst <= k * (k + 4) * unitRoundoff[dtype] * scale, `classical, ${dtype}, ${name}: ${worst}`)
            for (const levels of [1, 2]) {
              const found = errors(operands, task => kernel.strassen(task, levels))
              const bound = errorBound(dtype, k, levels) * scale
              t.ok(found.worst <= bound, `${levels} levels, ${dtype}, ${name}: ${found.worst} of ${bound}`)
            }
            operands.release()
          }
        }
      }
    },
  )

  t.test(
    `${variant}: no bound holds for each element by itself: small ones may lose all their digits`,
    async t => {
      const operands = new Operands(kernel.arena, { dtype: 'float32', m: 64, n: 64, k: 64 })
      const next = random(5)
      const size = (at: number) => (at < 32 * 64 && at % 64 < 32 ? 2 ** 20 : 1)
      for (let at = 0; at < 64 * 64; at++) {
        operands.a[at] = (next() - 0.5) * size(at)
        operands.b[at] = (next() - 0.5) * size(at)
      }
      const { worstOfElement } = errors(operands, task => kernel.strassen(task, 1))
      t.ok(worstOfElement > 100 * 68 * unitRoundoff.float32, `${worstOfElement}`)
      operands.release()
    },
  )
}

/** The largest error, and the largest of one element over |A| |B| of that element, beside the product in float64. */
function errors({ task, a, b, c }: Operands, run: (task: GemmTask) => void) {
  const { m, n, k } = task
  const [wide, wideB] = [Float64Array.from(a), Float64Array.from(b)]
  const plain: GemmTask = {
    ...task,
    dtype: 'float64',
    a: { ...task.a, offset: 0 },
    b: { ...task.b, offset: 0 },
    c: { ...task.c, offset: 0 },
  }
  const exact = new Float64Array(m * n)
  naiveGemm(plain, { a: wide, b: wideB, c: exact })
  const magnitudes = new Float64Array(m * n)
  naiveGemm(plain, { a: wide.map(Math.abs), b: wideB.map(Math.abs), c: magnitudes })
  run(task)
  // The reference of float64 is no more exact than what it is compared with.
  const doubt = task.dtype === 'float64' ? k * unitRoundoff.float64 : 0
  let worst = 0
  let worstOfElement = 0
  for (let at = 0; at < m * n; at++) {
    const magnitude = magnitudes[at] ?? 0
    const error = Math.max(0, Math.abs((c[at] ?? 0) - (exact[at] ?? 0)) - doubt * magnitude)
    worst = Math.max(worst, error)
    if (magnitude > 0) worstOfElement = Math.max(worstOfElement, error / magnitude)
  }
  return { worst, worstOfElement }
}

const tile = { mr: 6, nr: 16 }
const limits = {
  threads: 2,
  microTiles: { float32: tile, float64: { mr: 6, nr: 8 }, int32: { mr: 4, nr: 16 } },
  mc: untuned.mc,
  panels: [1 << 28, 1 << 29],
  panelBytes: 1 << 24,
} as const
const view = { offset: 0, rowStride: 8192, columnStride: 1 }
const square = (n: number, more: Partial<GemmTask> = {}): GemmTask => ({
  ...{ dtype: 'float32', m: n, n, k: n, alpha: 1, beta: 0, a: view, b: view, c: view, algorithm: 'strassen' },
  ...more,
})

t.test('it is used where it was asked for, pays and can be used, and nowhere else', async t => {
  t.equal(strassenLevels(square(4096)), 1)
  t.equal(strassenLevels(square(6144, { dtype: 'float64' })), 1)
  t.equal(strassenLevels(square(4096, { dtype: 'float64' })), 0)
  for (const [why, task] of Object.entries({
    'not asked for': square(4096, { algorithm: 'classical' }),
    small: square(512),
    thin: square(4096, { k: 64 }),
    int32: square(4096, { dtype: 'int32' }),
    semiring: square(4096, { semiring: 'min-plus' }),
    reproducible: square(4096, { reproducible: true }),
    'nothing adjacent': square(4096, { a: { ...view, columnStride: 2 } }),
  })) {
    t.equal(strassenLevels(task), 0, why)
  }
  const rounds = (algorithm: 'classical' | 'strassen') =>
    planPhases([square(4096, { algorithm })], limits).flat().length
  t.ok(rounds('strassen') > rounds('classical'))
})

t.test('phases wait for earlier ones of their round alone, and a round fits its counters', async t => {
  for (const [task, levels] of [
    [square(4096), 1],
    [square(8192), 2],
    [square(4096, { dtype: 'float64' }), 2],
  ] as const) {
    for (const phases of planPhases([task], limits, () => levels)) {
      t.ok(phases.length <= phasesPerRound)
      t.ok(phases.every(({ after }, index) => after.every(earlier => earlier >= 0 && earlier < index)))
    }
  }
})

t.test('a block of A and its sum fit the workspace', async t => {
  for (const dtype of floats) {
    const { mc, kc } = strassenBlocking[dtype]
    const bytes = mc * kc * bytesPerElement[dtype]
    t.ok(bytes <= stripOffset - 1024 && bytes < stripBytes - 1024)
    t.ok(kc >= blocking[dtype].kc)
  }
})
