import t from 'tap'
import { Arena } from '../../src/kernel/arena.ts'
import { readProcessorImages } from '../../src/kernel/processor.ts'
import { selectProcessor } from '../../src/kernel/select.ts'
import { measureRates } from '../../src/pool/measure-rates.ts'
import { Pool } from '../../src/pool/pool.ts'

const { chosen } = await selectProcessor(await readProcessorImages())
const MiB = 2 ** 20

t.test('rates of both dtypes; the arena is as it was', async t => {
  const arena = Arena.create(64 * MiB)
  const pool = await Pool.start({ arena, processor: chosen, threads: 1 })
  t.teardown(() => pool.close())
  const { freeBytes } = arena
  const rates = await measureRates(pool, { arena, limitBytes: 16 * MiB, forMs: 1 })
  for (const rate of [rates.float32, rates.float64]) t.ok(rate > 0 && Number.isFinite(rate))
  t.equal(arena.freeBytes, freeBytes)
  const taken: number[] = []
  const allocate = (bytes: number) => {
    taken.push(bytes)
    return arena.allocate(bytes)
  }
  await measureRates(pool, { arena, allocate, limitBytes: MiB, forMs: 0 })
  t.ok(taken.slice(0, 3).reduce((sum, bytes) => sum + bytes) <= MiB, 'operands keep to the limit')
})

t.test('it can be stopped, and what does not fit is an error; the arena is as it was', async t => {
  const arena = Arena.create(64 * MiB)
  const pool = await Pool.start({ arena, processor: chosen, threads: 1 })
  t.teardown(() => pool.close())
  const { freeBytes } = arena
  const signal = AbortSignal.abort(new Error('enough'))
  await t.rejects(measureRates(pool, { arena, limitBytes: 16 * MiB, forMs: 1e9, signal }), /enough/)
  await t.rejects(
    measureRates(pool, {
      arena,
      limitBytes: 1024 * MiB,
      forMs: 1,
      allocate: () => arena.allocate(freeBytes + 1),
    }),
    {
      code: 'GEMMESH_MEMORY_EXCEEDED',
    },
  )
  t.equal(arena.freeBytes, freeBytes)
})
