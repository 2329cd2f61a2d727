/** The naive product of src/kernel, three loops, in a process of its own. */
import { naiveGemm } from '../src/kernel/naive.ts'
import { elements } from './product.ts'
import { serve } from './serve.ts'

await serve({
  about: 'three loops in TypeScript (src/kernel/naive.ts)',
  prepare: ({ dtype, m, n, k }, a, b) => {
    const c = elements(dtype, m * n)
    const view = (columns: number) => ({ offset: 0, rowStride: columns, columnStride: 1 })
    const task = { dtype, m, n, k, alpha: 1, beta: 0, a: view(k), b: view(n), c: view(n) }
    return {
      run: () => naiveGemm(task, { a, b, c }),
      at: (row, column) => c[row * n + column] ?? Number.NaN,
    }
  },
})
