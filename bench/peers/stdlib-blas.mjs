import dgemm from '@stdlib/blas-base-dgemm'
import sgemm from '@stdlib/blas-base-sgemm'
import { serve } from '../serve.ts'
import { version } from './version.mjs'

await serve({
  about: `@stdlib/blas (base-dgemm, base-sgemm ${version('@stdlib/blas-base-dgemm')}, in JavaScript)`,
  prepare: ({ dtype, m, n, k }, a, b) => {
    const gemm = dtype === 'float32' ? sgemm : dgemm
    const c = new a.constructor(m * n)
    const none = 'no-transpose'
    return {
      run: () => {
        gemm('row-major', none, none, m, n, k, 1, a, k, b, n, 0, c, n)
      },
      at: (row, column) => c[row * n + column],
    }
  },
})
