import { join } from 'node:path'
import t from 'tap'
import { openOperands } from '../../../src/cli/local/operands.ts'
import { createResult } from '../../../src/cli/local/result.ts'
import { multiplyTiles, type StepFigures } from '../../../src/cli/local/tiles.ts'
import type { Tiling } from '../../../src/cli/local/tiling.ts'
import { Arena } from '../../../src/kernel/arena.ts'
import { readProcessorImages } from '../../../src/kernel/processor.ts'
import { selectProcessor } from '../../../src/kernel/select.ts'
import { Pool } from '../../../src/pool/pool.ts'
import { load, naive, save, smallIntegers } from '../../integration/matrices.ts'

const folder = t.testdir({})
const arena = Arena.create(64 * 2 ** 20)
const { chosen } = await selectProcessor(await readProcessorImages())
const pool = await Pool.start({ arena, processor: chosen, threads: 2 })
t.teardown(() => pool.close())

let files = 0
const fresh = (): string => join(folder, `${files++}.npy`)
const [m, n, k] = [101, 67, 143]

const tilings: readonly Pick<Tiling, 'mt' | 'nt' | 'kt' | 'slots'>[] = [
  { mt: m, nt: n, kt: k, slots: { a: 1, b: 1, c: 1 } },
  { mt: 32, nt: n, kt: k, slots: { a: 2, b: 1, c: 2 } },
  { mt: m, nt: n, kt: 40, slots: { a: 2, b: 2, c: 1 } },
  { mt: 50, nt: 33, kt: 48, slots: { a: 2, b: 2, c: 2 } },
  { mt: 1, nt: n, kt: k, slots: { a: 2, b: 1, c: 2 } },
]

for (const dtype of ['float32', 'float64', 'int32'] as const)
  for (const [transA, transB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const)
    t.test(`${dtype}, transposed: ${transA}, ${transB}: exact, however it is cut`, async t => {
      const a = smallIntegers(1, dtype, transA ? [k, m] : [m, k])
      const b = smallIntegers(2, dtype, transB ? [n, k] : [k, n])
      const added = smallIntegers(3, dtype, [m, n])
      const factors = { transA, transB, alpha: 2, beta: -3 }
      const wanted = naive(a, b, { ...factors, added })
      const paths = { a: await save(fresh(), a), b: await save(fresh(), b), add: await save(fresh(), added) }
      for (const cut of tilings) {
        const before = arena.freeBytes
        const done: StepFigures[] = []
        const output = fresh()
        await using operands = await openOperands({ ...paths, ...factors })
        const result = await createResult(output, operands.product)
        const tiling = { ...cut, bytes: 0, readBytes: 0 }
        const signal = new AbortController().signal
        const onStep = (figures: StepFigures) => void done.push(figures)
        await multiplyTiles({ operands, ...factors, tiling, arena, pool, result, signal, onStep })
        await result.commit()
        const name = `${cut.mt}x${cut.nt}x${cut.kt}`
        t.strictSame((await load(output)).data, wanted, name)
        t.equal(sum(done, 'flops'), 2 * m * n * k, `${name}: every operation is counted once`)
        t.equal(sum(done, 'writtenBytes'), wanted.byteLength, `${name}: every byte of C is written once`)
        t.equal(arena.freeBytes, before, `${name}: the arena has its memory back`)
      }
    })

const sum = (done: readonly StepFigures[], key: keyof StepFigures): number =>
  done.reduce((total, figures) => total + figures[key], 0)

t.test('an error of reading, and one of writing, ends the product and gives the memory back', async t => {
  const paths = {
    a: await save(fresh(), smallIntegers(1, 'float32', [m, k])),
    b: await save(fresh(), smallIntegers(2, 'float32', [k, n])),
  }
  const factors = { transA: false, transB: false, alpha: 1, beta: 0 }
  const tiling = { mt: 32, nt: n, kt: k, slots: { a: 2, b: 1, c: 2 }, bytes: 0, readBytes: 0 } as const
  const request = { ...factors, tiling, arena, pool, signal: new AbortController().signal, onStep: () => {} }
  const before = arena.freeBytes
  await using operands = await openOperands({ ...paths, ...factors })
  const result = await createResult(undefined, operands.product)
  const write = async () => {
    throw new Error('disk is gone')
  }
  await t.rejects(multiplyTiles({ ...request, operands, result: { ...result, write } }), {
    message: 'disk is gone',
  })
  t.equal(arena.freeBytes, before)
  const a = { ...operands.a, view: operands.a.view.bind(operands.a), read: write }
  await t.rejects(
    multiplyTiles({ ...request, operands: Object.assign(Object.create(operands), { a }), result }),
    {
      message: 'disk is gone',
    },
  )
  t.equal(arena.freeBytes, before)
})
