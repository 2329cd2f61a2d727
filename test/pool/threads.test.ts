import t from 'tap'
import { Arena } from '../../src/kernel/arena.ts'
import { readProcessorImages } from '../../src/kernel/processor.ts'
import { selectProcessor } from '../../src/kernel/select.ts'
import { Pool } from '../../src/pool/pool.ts'
import { Threads } from '../../src/pool/threads.ts'
import { Operands } from '../kernel/operands.ts'

const { chosen: processor } = await selectProcessor(await readProcessorImages())

t.test('threads that were started before anything was known become a pool', async t => {
  const started = new Threads(3)
  const arena = Arena.create(64 << 20)
  const pool = await Pool.start({ arena, processor, started })
  t.teardown(() => pool.close())
  t.equal(pool.threads, 3)
  const operands = new Operands(arena, { dtype: 'float32', m: 230, n: 220, k: 240 })
  const before = operands.c.slice()
  const wanted = operands.expected()
  await pool.gemm([operands.task])
  t.equal(operands.firstDifference(wanted, before), undefined)
})

t.test('each of them is told, and not one of them twice', async t => {
  const arena = Arena.create(64 << 20)
  const started = new Threads(2)
  const pool = await Pool.start({ arena, processor, started })
  t.teardown(() => pool.close())
  // Were there one that had not been told, it would fail its first round: these are large enough for both.
  for (let round = 0; round < 5; round++) {
    const products = [1, 2].map(() => new Operands(arena, { dtype: 'float64', m: 900, n: 900, k: 600 }))
    await t.resolves(pool.gemm(products.map(({ task }) => task)))
    for (const { task } of products) for (const { offset } of [task.a, task.b, task.c]) arena.release(offset)
  }
})

t.test('a pool that cannot start ends the threads that were started for it', async t => {
  const started = new Threads(2)
  await t.rejects(Pool.start({ arena: Arena.create(65536), processor, started }), {
    code: 'GEMMESH_MEMORY_EXCEEDED',
  })
  await t.rejects(started.run(0), 'they are gone')
})
