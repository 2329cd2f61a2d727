/** Reproducible products: the bits that src/kernel/reproducible.ts says, whole or in any parts. */
import fc from 'fast-check'
import t from 'tap'
import { bytesPerElement, type Dtype } from '../../src/core/matrix.ts'
import { semirings } from '../../src/core/semiring.ts'
import { LoneKernel } from '../../src/kernel/lone-kernel.ts'
import { compileProcessor, readProcessorImages } from '../../src/kernel/processor.ts'
import { reproducibleDepth, reproducibleImages } from '../../src/kernel/reproducible.ts'
import type { GemmTask, View } from '../../src/kernel/task.ts'
import { type Layout, layouts, Operands, type Product } from './operands.ts'

const images = await readProcessorImages()
const [image] = reproducibleImages(images)
if (image === undefined) throw new Error('no processor')
const kernel = new LoneKernel(compileProcessor(image).module, 32 << 20)

t.test('the one processor that rounds alike everywhere, or none', async t => {
  t.strictSame(
    reproducibleImages(images).map(({ variant }) => variant),
    ['baseline'],
  )
  t.throws(() => reproducibleImages(images.filter(({ variant }) => variant !== 'baseline')), {
    code: 'GEMMESH_PROCESSOR_REJECTED',
  })
})

/** beta * C + alpha * A * B in just the order and with just the roundings that the definition names, at each element of C. */
function defined({ task, a, b, c }: Operands): Float32Array | Float64Array | Int32Array {
  const { dtype, m, n, k, beta } = task
  const round = dtype === 'float32' ? Math.fround : (x: number) => x
  const alpha = round(task.alpha)
  const at = (view: View, row: number, column: number) => row * view.rowStride + column * view.columnStride
  const wanted = c.slice()
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const to = at(task.c, i, j)
      let element = beta === 0 ? undefined : round(round(beta) * (c[to] ?? 0))
      for (let from = 0; from < k; from += reproducibleDepth) {
        let sum = 0
        for (let p = from; p < Math.min(k, from + reproducibleDepth); p++)
          sum = round(sum + round((a[at(task.a, i, p)] ?? 0) * (b[at(task.b, p, j)] ?? 0)))
        const part = round(alpha * sum)
        element = element === undefined ? part : round(element + part)
      }
      wanted[to] = element ?? 0
    }
  }
  return wanted
}

/** Lengths that add up to `whole`. */
const parts = (whole: number, cuts: readonly number[]): number[] => {
  const edges = [...new Set([0, ...cuts.filter(cut => cut < whole), whole])].sort((x, y) => x - y)
  return edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0))
}

const moved = (view: View, dtype: Dtype, row: number, column: number): View => ({
  ...view,
  offset: view.offset + (row * view.rowStride + column * view.columnStride) * bytesPerElement[dtype],
})

/** The task as a mesh computes it: C by rectangles, k by blocks, each rectangle's blocks in order. */
function* pieces(task: GemmTask, rows: number[], columns: number[], depths: number[]): Generator<GemmTask> {
  const { dtype } = task
  let row = 0
  for (const m of rows) {
    let column = 0
    for (const n of columns) {
      const c = moved(task.c, dtype, row, column)
      let p = 0
      for (const k of depths) {
        const [a, b] = [moved(task.a, dtype, row, p), moved(task.b, dtype, p, column)]
        yield { ...task, m, n, k, a, b, c, beta: p === 0 ? task.beta : 1 }
        p += k
      }
      column += n
    }
    row += m
  }
}

const layout = fc.constantFrom<Layout>(...layouts)
const cut = fc.array(fc.nat({ max: 60 }), { maxLength: 3 })
const shape = {
  m: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 97, max: 110 })),
  n: fc.integer({ min: 1, max: 50 }),
  k: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 250, max: 600 })),
  a: layout,
  b: layout,
  c: layout,
  seed: fc.integer(),
}
const cuts = { rows: cut, columns: cut, blocks: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }) }

function check(product: Product, made: { rows: number[]; columns: number[]; blocks: number[] }): void {
  const operands = new Operands(kernel.arena, product)
  try {
    const task = { ...operands.task, reproducible: true }
    const before = operands.c.slice()
    const wanted = (product.semiring ?? 'plus-times') === 'plus-times' ? defined(operands) : undefined
    kernel.gemm(task)
    const whole = operands.c.slice()
    operands.c.set(before)
    const depths = parts(
      task.k,
      made.blocks.map(blocks => blocks * reproducibleDepth),
    )
    for (const piece of pieces(task, parts(task.m, made.rows), parts(task.n, made.columns), depths))
      kernel.gemm(piece)
    const differs = (x: ArrayLike<number>) => whole.findIndex((value, index) => !Object.is(value, x[index]))
    const cutAt = differs(operands.c)
    if (cutAt !== -1)
      throw new Error(`in parts, element ${cutAt} is ${operands.c[cutAt]}, not ${whole[cutAt]}`)
    const at = wanted === undefined ? -1 : differs(wanted)
    if (at !== -1) throw new Error(`element ${at} is ${whole[at]}, by definition ${wanted?.[at]}`)
  } finally {
    operands.release()
  }
}

t.test('sums have the bits of the definition, whole and in parts', async () => {
  const factor = fc.constantFrom(1, 0.3, -1.7)
  const products = fc.record<Product>({
    dtype: fc.constantFrom('float32', 'float64'),
    alpha: factor,
    beta: fc.oneof(fc.constant(0), factor),
    ...shape,
  })
  fc.assert(fc.property(products, fc.record(cuts), check), { numRuns: 120, seed: 20261122 })
})

t.test('every semiring has the same bits in parts, the signs of its zeros too', async () => {
  const products = fc.record<Product>({
    semiring: fc.constantFrom(...semirings.slice(1)),
    dtype: fc.constantFrom('float32', 'float64'),
    values: fc.constant('specials'),
    beta: fc.constantFrom(0, 1),
    ...shape,
  })
  fc.assert(fc.property(products, fc.record(cuts), check), { numRuns: 120, seed: 20261122 })
})
