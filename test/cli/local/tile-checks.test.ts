/** The tiles of local products, checked as they are written: honest ones of the real kernel, and damaged ones. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type FilesRequest, multiplyFiles } from '../../../src/cli/local/multiply-files.ts'
import { openOperands } from '../../../src/cli/local/operands.ts'
import { createResult } from '../../../src/cli/local/result.ts'
import { TileChecks } from '../../../src/cli/local/tile-checks.ts'
import { multiplyTiles } from '../../../src/cli/local/tiles.ts'
import { type Dtype, dtypes, type Elements } from '../../../src/core/matrix.ts'
import { Arena } from '../../../src/kernel/arena.ts'
import { readProcessorImages } from '../../../src/kernel/processor.ts'
import { reproducibleImages } from '../../../src/kernel/reproducible.ts'
import { selectProcessor } from '../../../src/kernel/select.ts'
import { type GemmTask, Pool, type PoolOptions } from '../../../src/pool/pool.ts'
import { naive, save, smallIntegers, type Values } from '../../integration/matrices.ts'
import { matrixOf, random } from '../../kernel/operands.ts'
import { kinds, valuesOf } from '../../verification/cases.ts'
import { seed } from '../../verification/multiplication.ts'

const folder = t.testdir({})
/** What the threads need for themselves, and room for a small part of the matrices. */
const scarceBytes = 9 * 2 ** 20
const images = await readProcessorImages()
const { chosen: processor } = await selectProcessor(images)
let files = 0
const fresh = (): string => join(folder, `${files++}.npy`)

const factors = { transA: false, transB: false, alpha: 1, beta: 0 }
const { signal } = new AbortController()

type Options = Partial<FilesRequest>

async function verified(a: Values, b: Values, options: Options = {}) {
  const output = fresh()
  const { checks, steps } = await multiplyFiles({
    a: await save(fresh(), a),
    b: await save(fresh(), b),
    ...{ ...factors, output, threads: 2, processor, memoryBytes: 64 * 2 ** 20, signal },
    onProgress: () => {},
    verificationSeed: seed,
    ...options,
  })
  if (checks === undefined) throw new Error('nothing was checked')
  return { checks, steps }
}

/** Rows, columns and k of a step; the whole of them in one step, tiles with all of k, parts of k. */
const tilings = [
  { mt: 101, nt: 67, kt: 643, slots: { a: 1, b: 1, c: 1 } },
  { mt: 32, nt: 40, kt: 643, slots: { a: 2, b: 2, c: 2 } },
  { mt: 50, nt: 33, kt: 64, slots: { a: 2, b: 2, c: 2 } },
] as const

for (const dtype of dtypes)
  t.test(`honest tiles of ${dtype} pass, whatever they hold and however they are cut`, async t => {
    const arena = Arena.create(64 * 2 ** 20)
    const pool = await Pool.start({ arena, processor, threads: 2 })
    t.teardown(() => pool.close())
    const next = random(7)
    const [m, n, k] = [101, 67, 643]
    for (const kind of kinds)
      for (const tiling of tilings) {
        const value = valuesOf(dtype, kind, next)
        const [transA, transB] = [next() < 0.5, next() < 0.5]
        const whole = dtype === 'int32'
        const request = {
          ...{ transA, transB, alpha: whole ? 3 : 0.3, beta: whole ? -2 : -1.7 },
          a: await save(fresh(), transA ? matrixOf(dtype, k, m, value) : matrixOf(dtype, m, k, value)),
          b: await save(fresh(), transB ? matrixOf(dtype, n, k, value) : matrixOf(dtype, k, n, value)),
          add: await save(fresh(), matrixOf(dtype, m, n, value)),
          ...{ arena, pool, signal, onStep: () => {} },
        }
        await using operands = await openOperands(request)
        const checks = new TileChecks({ ...request, operands, tiling, seed })
        const result = await createResult(undefined, operands.product)
        await multiplyTiles({
          ...{ ...request, operands, tiling: { ...tiling, bytes: 0, readBytes: 0 } },
          result: { ...result, write: (tile, bytes) => checks.check(tile, bytes) },
        })
        await checks.close()
        const { tiles, worst, rowsUnchecked } = checks.figures
        t.equal(tiles, Math.ceil(m / tiling.mt) * Math.ceil(n / tiling.nt))
        t.ok(worst <= 1, `${kind}: ${worst}`)
        if (kind === 'uniform') t.equal(rowsUnchecked, 0)
      }
  })

t.test('tiles of many parts, reproducible ones, vectors, nothing at all', async t => {
  const wide = await verified(
    smallIntegers(1, 'float32', [1100, 20]),
    smallIntegers(2, 'float32', [20, 2100]),
  )
  t.match(wide.checks, { method: 'real', rowsUnchecked: 0 })
  t.ok(wide.checks.tiles > 1, `${wide.checks.tiles} tiles`)
  const { chosen } = await selectProcessor(reproducibleImages(images))
  const value = valuesOf('float32', 'ill-scaled', random(1))
  const [a, b] = [matrixOf('float32', 90, 700, value), matrixOf('float32', 700, 80, value)]
  await verified(a, b, { reproducible: true, processor: chosen, memoryBytes: scarceBytes })
  const [vector, matrix] = [smallIntegers(3, 'float64', [53]), smallIntegers(4, 'float64', [53, 29])]
  t.equal((await verified(vector, matrix)).checks.tiles, 1)
  t.equal((await verified(matrix, vector, { transA: true })).checks.tiles, 1)
  const empty = await verified(smallIntegers(1, 'float64', [0, 4]), smallIntegers(1, 'float64', [4, 3]))
  t.equal(empty.checks.tiles, 0)
  const zeros = await verified(smallIntegers(1, 'float64', [3, 0]), smallIntegers(1, 'float64', [0, 2]))
  t.equal(zeros.checks.tiles, 1)
})

t.test('rows that are not finite are counted', async t => {
  const a = smallIntegers(1, 'float32', [5, 6])
  a.data[8] = Number.NaN
  t.equal((await verified(a, smallIntegers(2, 'float32', [6, 7]))).checks.rowsUnchecked, 1)
})

t.test('of other semirings samples are compared', async t => {
  const operands = [smallIntegers(1, 'float64', [301, 517]), smallIntegers(2, 'float64', [517, 203])] as const
  for (const semiring of ['min-plus', 'or-and'] as const) {
    const { checks } = await verified(...operands, { semiring, memoryBytes: scarceBytes })
    t.match(checks, { method: 'sampled', rowsUnchecked: 0, worst: 0 })
  }
})

/** For the rest of this test: what the threads have computed is changed, as memory or a processor that errs would. */
function damage(t: Test, change: (c: Elements, task: GemmTask) => void): void {
  const { start } = Pool
  t.capture(Pool, 'start', async (options: PoolOptions) => {
    const pool = await start(options)
    const gemm = pool.gemm.bind(pool)
    pool.gemm = async (tasks, given) => {
      await gemm(tasks, given)
      for (const task of tasks) change(options.arena.view(task.dtype, task.c.offset, task.m * task.n), task)
    }
    return pool
  })
}

/** Whole numbers are compared exactly; for floats twice the bound of such a row is less. */
const deltas: Readonly<Record<Dtype, number>> = { float32: 2, float64: 1e-8, int32: 1 }

for (const dtype of dtypes)
  t.test(`one damaged element of ${dtype} is found, and where it is`, async t => {
    const [m, n, k] = [1100, 2100, 16]
    const [a, b] = [smallIntegers(1, dtype, [m, k]), smallIntegers(2, dtype, [k, n])]
    const request = { ...factors, a: await save(fresh(), a), b: await save(fresh(), b) }
    await using operands = await openOperands(request)
    const c = naive(a, b)
    const check = async () => {
      const tiling = { mt: m, nt: n, kt: k }
      const checks = new TileChecks({ ...request, operands, tiling, seed, signal })
      const bytes = new Uint8Array(c.buffer, c.byteOffset, c.byteLength)
      await checks.check({ row: 0, column: 0, rows: m, columns: n }, bytes).finally(() => checks.close())
      return checks.figures.tiles
    }
    t.equal(await check(), 1)
    const at = 749 * n + 1500
    c[at] = (c[at] ?? 0) + deltas[dtype]
    await t.rejects(check(), {
      code: 'GEMMESH_VERIFICATION_FAILED',
      message:
        /^rows 550-1099, columns 1400-2099 of the product are wrong: row 749, times a secret vector, is /,
    })
  })

t.test('a wrong tile is found among many, and nothing is left of the result', async t => {
  const operands = [smallIntegers(1, 'float64', [301, 517]), smallIntegers(2, 'float64', [517, 203])] as const
  let tasks = 0
  damage(t, c => {
    if (++tasks === 2) c.fill(-1e6)
  })
  for (const [semiring, found] of [
    ['plus-times', 'row \\d+, times a secret vector, is '],
    ['min-plus', 'an element of row \\d+ is '],
  ] as const) {
    const before = readdirSync(folder).length
    tasks = 0
    await t.rejects(verified(...operands, { semiring, memoryBytes: scarceBytes }), {
      code: 'GEMMESH_VERIFICATION_FAILED',
      message: new RegExp(`^rows \\d+-\\d+, columns \\d+-\\d+ of the product are wrong: ${found}`),
    })
    t.equal(readdirSync(folder).length, before + operands.length, 'only the files of the operands are new')
  }
})

t.test('interrupted it reads nothing more, and leaves no file', async t => {
  const operands = [smallIntegers(1, 'float64', [301, 517]), smallIntegers(2, 'float64', [517, 203])] as const
  const controller = new AbortController()
  const reason = new Error('enough')
  const before = readdirSync(folder).length
  const onProgress = () => controller.abort(reason)
  const options = { signal: controller.signal, onProgress, memoryBytes: scarceBytes }
  await t.rejects(verified(...operands, options), reason)
  t.equal(readdirSync(folder).length, before + operands.length)
})
