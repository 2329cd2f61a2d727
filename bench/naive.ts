/** The naive product of src/kernel, three loops, in a process of its own. */

import { arrayOf } from '../src/core/matrix.ts'
import { naiveGemm } from '../src/kernel/naive.ts'
import { serve } from './serve.ts'

/** Operations that one run computes at most: some hundred milliseconds. Of a larger product it is the first rows. */
const operationsLimit = 2e8

await serve({
  about: 'three loops in TypeScript (src/kernel/naive.ts)',
  prepare: ({ dtype, m, n, k }, a, b) => {
    const c = new arrayOf[dtype](m * n)
    const rows = Math.max(1, Math.min(m, Math.floor(operationsLimit / (2 * n * k))))
    const view = (columns: number, row = 0, column = 0) => ({
      offset: (row * columns + column) * c.BYTES_PER_ELEMENT,
      rowStride: columns,
      columnStride: 1,
    })
    const task = { dtype, m: rows, n, k, alpha: 1, beta: 0, a: view(k), b: view(n), c: view(n) }
    return {
      share: rows / m,
      run: () => naiveGemm(task, { a, b, c }),
      at: (row, column) => {
        const one = { m: 1, n: 1, a: view(k, row), b: view(n, 0, column), c: view(n, row, column) }
        if (row >= rows) naiveGemm({ ...task, ...one }, { a, b, c })
        return c[row * n + column] ?? Number.NaN
      },
    }
  },
})
