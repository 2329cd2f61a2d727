import { Matrix } from 'ml-matrix'
import { serve } from '../serve.ts'
import { version } from './version.mjs'

await serve({
  about: `ml-matrix ${version('ml-matrix')}`,
  prepare: ({ m, n, k }, a, b) => {
    const [left, right] = [Matrix.from1DArray(m, k, a), Matrix.from1DArray(k, n, b)]
    let c = left
    return {
      run: () => {
        c = left.mmul(right)
      },
      at: (row, column) => c.get(row, column),
    }
  },
})
