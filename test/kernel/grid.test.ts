/** Tasks that are blocks of one product: what is planned as one, that no bit changes by it, and what it saves. */
import fc from 'fast-check'
import t from 'tap'
import { bytesPerElement, type Dtype, dtypes, type Elements } from '../../src/core/matrix.ts'
import { type Semiring, semirings } from '../../src/core/semiring.ts'
import { Arena } from '../../src/kernel/arena.ts'
import { blockRows, panelMinimumBytes, workspaceBytes } from '../../src/kernel/blocking.ts'
import { type Grid, withGrids } from '../../src/kernel/grid.ts'
import { Kernel } from '../../src/kernel/kernel.ts'
import type { PhaseLimits } from '../../src/kernel/phase.ts'
import { planPhases } from '../../src/kernel/phases.ts'
import { compileProcessor } from '../../src/kernel/processor.ts'
import type { GemmTask } from '../../src/kernel/task.ts'
import { acceptedImages } from './lone-kernels.ts'
import { random } from './operands.ts'

const microTiles = { float32: { mr: 6, nr: 16 }, float64: { mr: 6, nr: 8 }, int32: { mr: 4, nr: 16 } }
const limits: PhaseLimits = {
  threads: 1,
  mc: blockRows(),
  microTiles,
  panels: [1 << 28, 1 << 29],
  panelBytes: panelMinimumBytes,
}

interface Shape {
  readonly dtype: Dtype
  /** Rows of each block of A, and columns of each of B. */
  readonly heights: readonly number[]
  readonly widths: readonly number[]
  readonly k: number
  readonly semiring?: Semiring
  readonly alpha?: number
  readonly beta?: number
  readonly reproducible?: boolean
  readonly transposed?: boolean
}

const sum = (lengths: readonly number[]) => lengths.reduce((total, length) => total + length, 0)

/** Every block of A times every block of B, row by row; each block and C where `place` puts so many elements. */
function tasksOf(
  { heights, widths, transposed = false, ...shape }: Shape,
  place: (elements: number) => number,
): GemmTask[] {
  const { dtype, k, alpha = 1, beta = 0 } = shape
  const size = bytesPerElement[dtype]
  const rowStride = sum(widths) + 3
  const c = place(sum(heights) * rowStride)
  const strides = (rows: number, columns: number) =>
    transposed ? { rowStride: 1, columnStride: rows + 1 } : { rowStride: columns + 2, columnStride: 1 }
  const blockOf = (rows: number, columns: number) => ({
    offset: place((rows + 2) * (columns + 2)),
    ...strides(rows, columns),
  })
  const left = heights.map(m => blockOf(m, k))
  const top = widths.map(n => blockOf(k, n))
  return left.flatMap((a, down) =>
    top.map((b, across) => {
      const element = sum(heights.slice(0, down)) * rowStride + sum(widths.slice(0, across))
      const [m = 0, n = 0] = [heights[down], widths[across]]
      return {
        ...shape,
        m,
        n,
        alpha,
        beta,
        a,
        b,
        c: { offset: c + element * size, rowStride, columnStride: 1 },
      }
    }),
  )
}

/** Offsets that follow each other, of no memory. */
function placing(): (elements: number) => number {
  let next = 0
  return elements => {
    const offset = next
    next += elements * 8
    return offset
  }
}

const square: Shape = { dtype: 'float32', heights: [128, 128], widths: [128, 128, 100], k: 128 }
const shapeOf = (found: readonly (GemmTask | Grid)[]) =>
  found.map(task => ('whole' in task ? `${task.rowsOfA.length}x${task.columnsOfB.length}` : 'alone'))

t.test('every block of A times every block of B is one product', async t => {
  const tasks = tasksOf(square, placing())
  const found = withGrids(tasks, microTiles, () => true)
  t.strictSame(shapeOf(found), ['2x3'])
  const [grid] = found
  if (grid === undefined || !('whole' in grid)) throw new Error('no grid')
  t.match(grid.whole, { m: 256, n: 356, k: 128, c: tasks[0]?.c })
  t.strictSame(
    grid.columnsOfB.map(({ start, end }) => [start, end]),
    [
      [0, 128],
      [128, 256],
      [256, 356],
    ],
  )
  t.strictSame(shapeOf(withGrids([...tasks, ...tasks], microTiles, () => true)), ['2x3', '2x3'])
  t.strictSame(shapeOf(withGrids([], microTiles, () => true)), [])
})

t.test('what is no grid stays as it is', async t => {
  const tasks = tasksOf(square, placing())
  const of = (given: readonly GemmTask[], fits: (task: GemmTask) => boolean = () => true) =>
    shapeOf(withGrids(given, microTiles, fits))
  const changed = (at: number, change: Partial<GemmTask>) =>
    tasks.map((task, index) => (index === at ? { ...task, ...change } : task))
  const elsewhere = { offset: 1 << 20, rowStride: 130, columnStride: 1 }
  t.strictSame(of(tasks.slice(0, 1)), ['alone'])
  t.strictSame(of(tasks.slice(0, 5)), ['1x3', '1x2'], 'a row that ends early')
  t.strictSame(of([...tasks].reverse()), Array(6).fill('alone'), 'from the last to the first')
  for (const change of [
    { k: 64 },
    { alpha: 2 },
    { beta: 1 },
    { semiring: 'min-plus' },
    { reproducible: true },
    { pairs: true },
    { a: elsewhere },
    { c: elsewhere },
    { m: 127 },
  ] as const) {
    t.strictSame(of(changed(4, change)), ['1x3', 'alone', 'alone', 'alone'], JSON.stringify(change))
  }
  t.strictSame(of(changed(4, { b: elsewhere })), ['1x3', '1x3'], 'of another B')
  t.strictSame(
    of(tasks, ({ n }) => n === 128),
    ['1x2', 'alone', '1x2', 'alone'],
    'what has a way of its own',
  )
  const odd = tasksOf({ ...square, widths: [128, 100, 128] }, placing())
  t.strictSame(of(odd), ['1x2', 'alone', '1x2', 'alone'], 'a micro-panel would be of two blocks')
})

t.test('each block of B is packed once, and A once for each panel', async t => {
  const shape: Shape = { dtype: 'float32', heights: [200, 130], widths: [512, 512, 300], k: 700 }
  const tasks = tasksOf(shape, placing())
  const packed = (given: readonly GemmTask[]) => {
    let [a, b] = [0, 0]
    for (const { pieces, run } of planPhases(given, limits).flat()) {
      for (let piece = 0; piece < pieces; piece++) {
        const not = () => {
          throw new Error('not by panels')
        }
        run(
          {
            pack: (_, { rows, columns }) => {
              b += rows * columns
            },
            compute: (_, { rows, depth }) => {
              a += rows * depth
            },
            small: not,
            row: not,
            inner: not,
            merge: not,
            scale: not,
            sums: { pack: not, compute: not },
          },
          piece,
          0,
        )
      }
    }
    return { a, b }
  }
  const [m, n] = [330, 1324]
  const panels = 2 // of 350 x 749 elements at most
  t.strictSame(packed(tasks), { a: panels * m * shape.k, b: n * shape.k })
  const alone = tasks.map(task => packed([task]))
  t.strictSame(
    { a: sum(alone.map(({ a }) => a)), b: sum(alone.map(({ b }) => b)) },
    { a: 3 * m * shape.k, b: 2 * n * shape.k },
  )
})

const values = [0, -0, 1, -1, 0.5, -1.7, 3e38, Number.POSITIVE_INFINITY, Number.NaN, 2 ** -149]
const height = fc.oneof(fc.integer({ min: 97, max: 130 }), fc.constantFrom(5, 192, 240, 246))
const shapes: fc.Arbitrary<Shape> = fc.record({
  dtype: fc.constantFrom(...dtypes),
  semiring: fc.constantFrom<Semiring>('plus-times', 'plus-times', ...semirings),
  heights: fc.array(height, { minLength: 1, maxLength: 3 }),
  // Multiples of every nr, and now and then none.
  widths: fc
    .tuple(
      fc.array(fc.constantFrom(16, 48, 256, 512, 100), { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 1, max: 200 }),
    )
    .map(([whole, last]) => [...whole, last]),
  k: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(256, 257, 384, 385, 513)),
  beta: fc.constantFrom(0, 1),
  reproducible: fc.boolean(),
  transposed: fc.boolean(),
})

for (const image of acceptedImages) {
  const arena = Arena.create(64 << 20)
  const kernel = new Kernel(compileProcessor(image).module, arena.memory)
  const workspace = arena.allocate(workspaceBytes)
  const panels = [arena.allocate(panelMinimumBytes), arena.allocate(panelMinimumBytes)] as const
  const run = (tasks: readonly GemmTask[], threads: number) => {
    const { microTiles } = kernel
    const given = { ...limits, threads, microTiles, panels, panelBytes: panelMinimumBytes }
    for (const { pieces, run } of planPhases(tasks, given).flat()) {
      for (let piece = 0; piece < pieces; piece++) run(kernel, piece, workspace)
    }
  }
  t.test(`${image.variant}: a grid has the bits of its tasks, one by one`, async () => {
    let grids = 0
    fc.assert(
      fc.property(shapes, fc.constantFrom(1, 2, 5), fc.integer(), (shape, threads, seed) => {
        const placed: number[] = []
        const blocks: Elements[] = []
        const next = random(seed)
        const tasks = tasksOf(shape, elements => {
          const offset = arena.allocate(elements * bytesPerElement[shape.dtype])
          const block = arena.view(shape.dtype, offset, elements)
          const rare = next() / shape.k
          for (let at = 0; at < elements; at++) {
            block[at] = next() < rare ? (values[Math.floor(next() * values.length)] ?? 0) : next() * 20 - 10
          }
          placed.push(offset)
          blocks.push(block)
          return offset
        })
        const [c] = blocks
        if (c === undefined) throw new Error('no C')
        const before = c.slice()
        for (const task of tasks) run([task], threads)
        const wanted = c.slice()
        c.set(before)
        run(tasks, threads)
        const wrong = wanted.findIndex((value: number, at: number) => !Object.is(value, c[at]))
        for (const offset of placed) arena.release(offset)
        if (wrong !== -1) throw new Error(`element ${wrong} is ${c[wrong]}, not ${wanted[wrong]}`)
        if (shapeOf(withGrids(tasks, kernel.microTiles, () => true)).some(found => found !== 'alone')) grids++
      }),
      { numRuns: 100, seed: 9 },
    )
    if (grids < 50) throw new Error(`only ${grids} grids`)
  })
}
