/** gemmesh in a process of its own, one layer of it: `node bench/ours.ts kernel|pool|library THREADS [VARIANT]`. */
import { arrayOf, bytesPerElement, type Elements } from '../src/core/matrix.ts'
import { matrix, multiply } from '../src/index.ts'
import { Arena } from '../src/kernel/arena.ts'
import { LoneKernel } from '../src/kernel/lone-kernel.ts'
import { readProcessorImages } from '../src/kernel/processor.ts'
import { selectProcessor } from '../src/kernel/select.ts'
import { type GemmTask, Pool } from '../src/pool/pool.ts'
import type { Product } from './product.ts'
import { type Served, serve } from './serve.ts'

const [layer = 'pool', threadsText = '1', variant] = process.argv.slice(2)
const threads = Number(threadsText)

/** What the operands of one product may take. */
const operandBytes = 2 ** 31

const images = (await readProcessorImages()).filter(image => !variant || image.variant === variant)
const { chosen } = await selectProcessor(images)
const shapes = Object.entries(chosen.tuning.shapes).map(([dtype, shape]) => `${dtype} ${shape}`)

/** Operands and C in the arena, as a slave has them: no copy belongs to the product. */
function place(arena: Arena, { dtype, m, n, k, semiring = 'plus-times' }: Product, a: Elements, b: Elements) {
  const put = (rows: number, columns: number, values: Elements) => {
    const offset = arena.allocate(rows * columns * bytesPerElement[dtype])
    arena.view(dtype, offset, rows * columns).set(values)
    return { offset, rowStride: columns, columnStride: 1 }
  }
  const views = { a: put(m, k, a), b: put(k, n, b), c: put(m, n, new arrayOf[dtype](m * n)) }
  const task: GemmTask = { dtype, m, n, k, alpha: 1, beta: 0, semiring, ...views }
  return {
    task,
    at: (row: number, column: number) =>
      arena.view(dtype, task.c.offset, m * n)[row * n + column] ?? Number.NaN,
    release: () => {
      for (const { offset } of Object.values(views)) arena.release(offset)
    },
  }
}

/** The kernel on the calling thread, with nothing around it. */
function kernel(): Served['prepare'] {
  const lone = new LoneKernel(chosen.module, operandBytes, chosen.tuning)
  return (product, a, b) => {
    const { task, ...rest } = place(lone.arena, product, a, b)
    return { ...rest, run: () => lone.gemm(task) }
  }
}

/** All threads, and the calling one where that is faster. */
async function pool(): Promise<Served['prepare']> {
  const arena = Arena.create(operandBytes)
  const started = await Pool.start({ arena, processor: chosen, threads })
  return (product, a, b) => {
    const { task, ...rest } = place(arena, product, a, b)
    return { ...rest, run: () => started.gemm([task]) }
  }
}

/** `multiply` as users call it: from arrays of JavaScript to a new one. */
const library: Served['prepare'] = ({ dtype, m, n, k, semiring = 'plus-times' }, a, b) => {
  const [left, right] = [matrix(a, [m, k]), matrix(b, [k, n])]
  let c: Elements = new arrayOf[dtype](0)
  return {
    run: async () => {
      c = (await multiply(left, right, { threads, semiring })).data
    },
    at: (row, column) => c[row * n + column] ?? Number.NaN,
  }
}

await serve({
  about: `gemmesh ${layer}, processor ${chosen.image.variant} ${chosen.image.sha256.slice(0, 12)} (${shapes.join(', ')})`,
  prepare: layer === 'kernel' ? kernel() : layer === 'library' ? library : await pool(),
})
