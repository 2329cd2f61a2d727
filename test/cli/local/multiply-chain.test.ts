import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type ChainRequest, multiplyChain } from '../../../src/cli/local/multiply-chain.ts'
import { chooseProcessor } from '../../../src/cli/local/start-pool.ts'
import { dtypes } from '../../../src/core/matrix.ts'
import { load, naive, save, smallIntegers, type Values } from '../../integration/matrices.ts'

const folder = t.testdir({})
const processor = await chooseProcessor()
let files = 0
const fresh = (): string => join(folder, `${files++}.npy`)

async function multiply(chain: readonly Values[], options: Partial<ChainRequest> = {}) {
  const output = fresh()
  const paths: string[] = []
  for (const values of chain) paths.push(await save(fresh(), values))
  const fractions: number[] = []
  const before = readdirSync(folder)
  const result = await multiplyChain({
    ...{ files: paths, output, alpha: 1, beta: 0, threads: 1, processor, memoryBytes: 16 << 20 },
    signal: new AbortController().signal,
    onProgress: ({ fraction }) => fractions.push(fraction),
    ...options,
  })
  t.strictSame(readdirSync(folder).sort(), [...before, `${output.slice(folder.length + 1)}`].sort())
  return { ...result, fractions, c: await load(output) }
}

const matrix = ({ dtype, shape, data }: Values, rows: number, columns: number): Values => {
  if (shape.reduce((x, y) => x * y, 1) !== rows * columns) throw new Error('another shape')
  return { dtype, shape: [rows, columns], data }
}

t.test(
  'the cheapest order; factors and an added matrix are the last product’s; progress never goes back',
  async t => {
    for (const dtype of dtypes) {
      const [a, b, c, d] = [
        smallIntegers(1, dtype, [40, 3]),
        smallIntegers(2, dtype, [3, 50]),
        smallIntegers(3, dtype, [50, 2]),
        smallIntegers(4, dtype, [2, 30]),
      ] as const
      const added = smallIntegers(5, dtype, [40, 30])
      const bc = { dtype, shape: [3, 2], data: naive(b, c) }
      const abc = { dtype, shape: [40, 2], data: naive(a, bc) }
      const wanted = naive(abc, d, { alpha: 2, beta: -1, added })
      const add = await save(fresh(), added)
      const result = await multiply([a, b, c, d], { alpha: 2, beta: -1, add })
      t.match(result, {
        order: '((A1*(A2*A3))*A4)',
        shape: [40, 30],
        flops: 2 * (3 * 50 * 2 + 40 * 3 * 2 + 40 * 2 * 30),
      })
      t.same(result.c, { dtype, shape: [40, 30], data: wanted })
      t.strictSame(
        result.fractions,
        [...result.fractions].sort((x, y) => x - y),
      )
      t.equal(result.fractions.at(-1), 1)
    }
  },
)

t.test('a row at the front and a column at the end', async t => {
  const [row, m, column] = [
    smallIntegers(1, 'float64', [7]),
    smallIntegers(2, 'float64', [7, 9]),
    smallIntegers(3, 'float64', [9]),
  ] as const
  const { c } = await multiply([row, m, column])
  const rm = { ...row, shape: [1, 9], data: naive(matrix(row, 1, 7), m) }
  t.same(c, { dtype: 'float64', shape: [1], data: naive(rm, matrix(column, 9, 1)) })
})

t.test('a semiring, reproducible', async t => {
  const d = smallIntegers(6, 'float32', [12, 12])
  const squared = { ...d, data: naive(d, d, { semiring: 'min-plus' }) }
  const options = { semiring: 'min-plus', reproducible: true } as const
  const { c } = await multiply([d, d, d], options)
  t.same(c.data, naive(squared, d, { semiring: 'min-plus' }))
})

t.test('what does not fit is refused before anything is computed, and nothing is left behind', async t => {
  const [a, b] = [smallIntegers(1, 'float32', [4, 5]), smallIntegers(2, 'float32', [5, 3])]
  const before = readdirSync(folder).length
  for (const [chain, code] of [
    [[a, b, a], 'GEMMESH_SHAPE_MISMATCH'],
    [[a, b, smallIntegers(3, 'float32', [3]), smallIntegers(3, 'float32', [1, 2])], 'GEMMESH_SHAPE_MISMATCH'],
    [[a, b, smallIntegers(3, 'int32', [3, 3])], 'GEMMESH_DTYPE_MISMATCH'],
  ] as const) {
    await t.rejects(multiply(chain), { code })
  }
  const add = await save(fresh(), a)
  await t.rejects(multiply([a, b, smallIntegers(3, 'float32', [3, 3])], { add, beta: 1 }), {
    code: 'GEMMESH_SHAPE_MISMATCH',
  })
  const signal = AbortSignal.abort(new Error('enough'))
  await t.rejects(multiply([a, b, smallIntegers(3, 'float32', [3, 3])], { signal }), { message: 'enough' })
  t.equal(readdirSync(folder).length, before + 3 + 4 + 3 + 1 + 3 + 3, 'the operands alone')
})
