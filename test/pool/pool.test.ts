import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { bytesPerElement, dtypes, type Elements } from '../../src/core/matrix.ts'
import { Arena } from '../../src/kernel/arena.ts'
import { compileProcessor, processorImage, readProcessorImages } from '../../src/kernel/processor.ts'
import { selectProcessor } from '../../src/kernel/select.ts'
import { Pool, type View } from '../../src/pool/pool.ts'
import { usableThreads } from '../../src/pool/usable-threads.ts'
import { Operands, type Product } from '../kernel/operands.ts'

const { chosen: processor } = await selectProcessor(await readProcessorImages())

async function poolOf(t: Test, threads: number, arena = Arena.create(96 << 20)) {
  const pool = await Pool.start({ arena, processor, threads })
  t.teardown(() => pool.close())
  return { arena, pool }
}

/** Prepares a product and says, once it is computed, what is wrong with it. */
function prepared(arena: Arena, product: Product) {
  const operands = new Operands(arena, product)
  const before: Elements = operands.c.slice()
  const wanted = operands.expected()
  return { task: operands.task, c: operands.c, fault: () => operands.firstDifference(wanted, before) }
}

t.test('one thread, two, and more than there are cores give the right product', async t => {
  for (const threads of [1, 2, 5]) {
    const { arena, pool } = await poolOf(t, threads)
    t.equal(pool.threads, threads)
    for (const dtype of dtypes) {
      for (const [m, n, k] of [
        [1, 1, 1],
        [130, 70, 90],
        [301, 215, 513],
        [3, 2500, 400],
      ] as const) {
        const { task, fault } = prepared(arena, {
          dtype,
          m,
          n,
          k,
          alpha: 2,
          beta: -1,
          c: 'gaps',
          b: 'columns',
        })
        await pool.gemm([task])
        t.equal(fault(), undefined, `${threads} threads, ${dtype} ${m}x${n}x${k}`)
      }
    }
  }
})

t.test('many tasks at once, of all dtypes, some of them empty', async t => {
  const { arena, pool } = await poolOf(t, 3)
  const products = Array.from({ length: 40 }, (_, i) =>
    prepared(arena, {
      dtype: dtypes[i % 3] ?? 'float32',
      m: 7 * (i % 5),
      n: 11 * (i % 4),
      k: 13 * (i % 6),
      beta: i % 3,
    }),
  )
  await pool.gemm(products.map(({ task }) => task))
  for (const { fault, task } of products)
    t.equal(fault(), undefined, `${task.dtype} ${task.m}x${task.n}x${task.k}`)
  await pool.gemm([])
})

t.test('more panels than buffers: k and columns in parts', async t => {
  const arena = Arena.create(48 << 20)
  const { pool } = await poolOf(t, 3, arena)
  const { task, fault } = prepared(arena, { dtype: 'float64', m: 9, n: 2100, k: 1300, alpha: -1, beta: 1 })
  await pool.gemm([task])
  t.equal(fault(), undefined)
})

t.test('few rows: pieces beside each other, of a panel whose last block of k is the shorter one', async t => {
  const { arena, pool } = await poolOf(t, 3)
  for (const dtype of dtypes) {
    const { task, fault } = prepared(arena, { dtype, m: 100, n: 300, k: 401, beta: 1 })
    await pool.gemm([task])
    t.equal(fault(), undefined, dtype)
  }
})

t.test('the bits do not depend on the number of threads', async t => {
  const bits: Elements[] = []
  for (const threads of [1, 2, 4]) {
    const { arena, pool } = await poolOf(t, threads)
    const { task, c } = prepared(arena, { dtype: 'float32', m: 333, n: 257, k: 700, alpha: 3, beta: 0.5 })
    await pool.gemm([task])
    bits.push(c.slice())
  }
  t.strictSame(bits[1], bits[0])
  t.strictSame(bits[2], bits[0])
})

t.test('nor on whether its blocks are tasks of their own', async t => {
  for (const dtype of dtypes) {
    const bits: Elements[] = []
    const size = bytesPerElement[dtype]
    for (const threads of [1, 3]) {
      const { arena, pool } = await poolOf(t, threads)
      const product = { dtype, m: 260, n: 400, k: 700, alpha: 3, beta: 1 }
      const { task, c, fault } = prepared(arena, product)
      const before = c.slice()
      const at = (view: View, row: number, column: number) => ({
        ...view,
        offset: view.offset + (row * view.rowStride + column * view.columnStride) * size,
      })
      const blocks = [0, 130].flatMap(row =>
        [0, 128, 256].map(column => ({
          ...task,
          m: 130,
          n: column === 256 ? 144 : 128,
          a: at(task.a, row, 0),
          b: at(task.b, 0, column),
          c: at(task.c, row, column),
        })),
      )
      for (const tasks of [[task], blocks]) {
        c.set(before)
        await pool.gemm(tasks)
        bits.push(c.slice())
      }
      t.equal(fault(), undefined, `${dtype}, threads: ${threads}`)
    }
    for (const other of bits.slice(1)) t.strictSame(other, bits[0], dtype)
  }
})

t.test('nor do those of products that are shared by k', async t => {
  const bits = new Map<string, Elements[]>()
  for (const threads of [1, 2, 3]) {
    for (const dtype of ['float32', 'float64'] as const) {
      const { arena, pool } = await poolOf(t, threads)
      for (const [m, n, k] of [
        [1, 1, 60_001],
        [1, 200, 2310],
        [200, 1, 2310],
        [1, 4100, 1160],
      ] as const) {
        const { task, c, fault } = prepared(arena, { dtype, m, n, k, alpha: 3, beta: 0.5 })
        await pool.gemm([task])
        const name = `${dtype} ${m}x${n}x${k}`
        t.equal(fault(), undefined, `${name}, threads: ${threads}`)
        const others = bits.get(name)
        if (others) t.strictSame(c.slice(), others[0], `${name}, threads: ${threads}`)
        else bits.set(name, [c.slice()])
      }
    }
  }
})

t.test(
  'a caller that never turns to its events does so where a thread could not be called otherwise',
  async t => {
    const { arena, pool } = await poolOf(t, 2)
    const { task } = prepared(arena, { dtype: 'float32', m: 250, n: 250, k: 250 })
    let turns = 0
    for (let product = 0; product < 60; product++) {
      const turn = setImmediate(() => turns++)
      await pool.gemm([task])
      clearImmediate(turn)
      // Longer than a thread lingers: it goes, and its leaving is an event that nobody listens to.
      for (const end = performance.now() + 3; performance.now() < end; );
    }
    // Not each time: a thread may be slow to go, and is called while it lingers.
    t.ok(turns > 10, `${turns} turns`)
  },
)

t.test('two pools on one arena at once', async t => {
  const { arena, pool: first } = await poolOf(t, 2)
  const { pool: second } = await poolOf(t, 2, arena)
  const products = Array.from({ length: 4 }, (_, seed) =>
    prepared(arena, { dtype: 'float32', m: 300, n: 290, k: 280, seed }),
  )
  await Promise.all(products.map(({ task }, i) => (i % 2 === 0 ? first : second).gemm([task])))
  for (const { fault } of products) t.equal(fault(), undefined)
})

t.test('calls queue up, small ones behind large ones', async t => {
  const { arena, pool } = await poolOf(t, 2)
  const { task, c } = prepared(arena, { dtype: 'int32', m: 260, n: 250, k: 240 })
  const tasks = Array.from({ length: 12 }, (_, i) => ({
    ...task,
    m: i % 3 === 0 ? 260 : 20,
    alpha: i,
    beta: 2,
  }))
  c.fill(1)
  await Promise.all(tasks.map(each => pool.gemm([each])))
  const together = c.slice()
  c.fill(1)
  for (const each of tasks) await pool.gemm([each])
  t.strictSame(together, c.slice())
})

t.test('a signal stops it between pieces, and the pool goes on', async t => {
  const { arena, pool } = await poolOf(t, 2)
  const early = new AbortController()
  early.abort(new Error('no longer wanted'))
  const small = prepared(arena, { dtype: 'float32', m: 40, n: 40, k: 40 })
  await t.rejects(pool.gemm([small.task], { signal: early.signal }), { message: 'no longer wanted' })

  const n = 1024
  const zeros = { offset: arena.allocate(n * n * 8), rowStride: n, columnStride: 1 }
  const result = { ...zeros, offset: arena.allocate(n * n * 8) }
  const large = { dtype: 'float64' as const, m: n, n, k: n, alpha: 1, beta: 1, a: zeros, b: zeros, c: result }
  const late = new AbortController()
  // A hundred products of seconds altogether; the signal comes as soon as the first has begun.
  const running = pool.gemm(Array(100).fill(large), { signal: late.signal })
  setImmediate(() => late.abort(new Error('interrupted')))
  await t.rejects(running, { message: 'interrupted' })

  await pool.gemm([small.task])
  t.equal(small.fault(), undefined)
})

t.test('a wrong task is refused and nothing of the call runs', async t => {
  const { arena, pool } = await poolOf(t, 1)
  const { task, c } = prepared(arena, { dtype: 'float32', m: 4, n: 4, k: 4 })
  const before = c.slice()
  const wrong = { ...task, a: { ...task.a, offset: arena.bytes } }
  await t.rejects(pool.gemm([task, wrong]), { code: 'GEMMESH_INTERNAL' })
  t.strictSame(c.slice(), before)
  await pool.gemm([task])
})

t.test('a processor that traps fails the product, and leaves the pool usable', async t => {
  const image = (await readProcessorImages()).find(({ variant }) => variant === 'baseline')
  const bytes = Buffer.from(image?.bytes ?? [])
  // Every multiplication of float32 vectors becomes `unreachable`, and two `nop`.
  const multiplyF32 = Buffer.from([0xfd, 0xe6, 0x01])
  for (let at = bytes.indexOf(multiplyF32); at !== -1; at = bytes.indexOf(multiplyF32, at))
    bytes.set([0, 1, 1], at)
  const arena = Arena.create(32 << 20)
  const traps = compileProcessor(processorImage('traps', new Uint8Array(bytes)))
  const pool = await Pool.start({ arena, processor: traps, threads: 2 })
  t.teardown(() => pool.close())
  for (const edge of [10, 300]) {
    const operands = new Operands(arena, { dtype: 'float32', m: edge, n: edge, k: edge })
    await t.rejects(pool.gemm([operands.task]), { code: 'GEMMESH_INTERNAL', message: /unreachable/ })
    operands.release()
  }
  const { task, fault } = prepared(arena, { dtype: 'float64', m: 300, n: 300, k: 300 })
  await pool.gemm([task])
  t.equal(fault(), undefined)
})

t.test('thread counts that make no sense', async t => {
  const arena = Arena.create(16 << 20)
  for (const threads of [0, -1, 1.5, Number.NaN, 5000]) {
    await t.rejects(Pool.start({ arena, processor, threads }), { code: 'GEMMESH_USAGE' }, `${threads}`)
  }
  t.ok(usableThreads() >= 1)
  t.equal(arena.freeBytes, arena.bytes)
})

t.test('an arena too small for the pool says so and keeps what it had', async t => {
  const arena = Arena.create(1 << 20)
  await t.rejects(Pool.start({ arena, processor, threads: 2 }), { code: 'GEMMESH_MEMORY_EXCEEDED' })
  t.equal(arena.freeBytes, arena.bytes)
})

t.test('close waits for what runs, gives the memory back, and refuses what comes later', async t => {
  const arena = Arena.create(32 << 20)
  const pool = await Pool.start({ arena, processor, threads: 2 })
  t.ok(arena.freeBytes < arena.bytes)
  const { task, fault } = prepared(arena, { dtype: 'float64', m: 300, n: 300, k: 300 })
  const running = pool.gemm([task])
  await Promise.all([pool.close(), pool.close(), running])
  t.equal(fault(), undefined)
  for (const { offset } of [task.a, task.b, task.c]) arena.release(offset)
  t.equal(arena.freeBytes, arena.bytes)
  await t.rejects(pool.gemm([task]), { code: 'GEMMESH_INTERNAL', message: /closed/ })
})

t.test('neither a closed pool nor an idle one keeps the process alive', async t => {
  for (const last of ['await pool.close()', '']) {
    const program = `
      import { Arena } from './src/kernel/arena.ts'
      import { compileProcessor, processorImage, readProcessorImages } from './src/kernel/processor.ts'
      import { selectProcessor } from './src/kernel/select.ts'
      import { Pool } from './src/pool/pool.ts'
      const { chosen } = await selectProcessor(await readProcessorImages())
      const arena = Arena.create(32 << 20)
      const pool = await Pool.start({ arena, processor: chosen, threads: 2 })
      const view = { offset: arena.allocate(400), rowStride: 10, columnStride: 1 }
      await pool.gemm([{ dtype: 'float32', m: 10, n: 10, k: 0, alpha: 1, beta: 0, a: view, b: view, c: view }])
      ${last}
      process.stdout.write('end of program')`
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module-typescript', '-e', program],
      {
        cwd: new URL('../..', import.meta.url),
      },
    )
    t.equal(stdout.toString(), 'end of program', stderr.toString())
    t.equal(status, 0)
  }
})
