import { matrix, multiply } from 'mathjs'
import { serve } from '../serve.ts'
import { version } from './version.mjs'

const rows = (values, count, columns) =>
  Array.from({ length: count }, (_, row) => Array.from(values.subarray(row * columns, (row + 1) * columns)))

await serve({
  about: `mathjs ${version('mathjs')}`,
  prepare: ({ m, n, k }, a, b) => {
    // With the type of the elements named it takes its faster way.
    const dense = values => matrix(values, 'dense', 'number')
    const [left, right] = [dense(rows(a, m, k)), dense(rows(b, k, n))]
    let c = left
    return {
      run: () => {
        c = multiply(left, right)
      },
      at: (row, column) => c.get([row, column]),
    }
  },
})
