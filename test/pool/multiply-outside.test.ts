import t from 'tap'
import { dtypes, type Matrix } from '../../src/core/matrix.ts'
import { Arena } from '../../src/kernel/arena.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'
import { readProcessorImages } from '../../src/kernel/processor.ts'
import { selectProcessor } from '../../src/kernel/select.ts'
import type { Place } from '../../src/pool/lane.ts'
import { multiplyOutside } from '../../src/pool/multiply-outside.ts'
import { Pool } from '../../src/pool/pool.ts'
import { integers, matrixOf, random } from '../kernel/operands.ts'

const { chosen: processor } = await selectProcessor(await readProcessorImages())
const arena = Arena.create(8 << 20)
const pool = await Pool.start({ arena, processor, threads: 2 })
t.teardown(() => pool.close())

const placeOf = ({ data, shape: [, rowStride] }: Matrix): Place => ({ data, offset: 0, rowStride })

t.test('matrices larger than the arena are multiplied by blocks, those that fit at once', async t => {
  const free = arena.freeBytes
  // Leaves room for about 60,000 float64 elements: everything below has to be cut in m, n and k.
  const filler = arena.allocate(free - (480 << 10))
  for (const dtype of dtypes) {
    for (const [transA, transB, beta] of [
      [false, false, 0],
      [true, false, 1],
      [false, true, 2],
      [true, true, 0],
    ] as const) {
      const [m, n, k] = [301, 257, 403]
      const a = transA ? integers(dtype, k, m, 1) : integers(dtype, m, k, 1)
      const b = transB ? integers(dtype, n, k, 2) : integers(dtype, k, n, 2)
      const c = integers(dtype, m, n, 3)
      const wanted = c.data.slice()
      const view = ({ shape: [, columns] }: Matrix, trans: boolean) => ({
        offset: 0,
        rowStride: trans ? 1 : columns,
        columnStride: trans ? columns : 1,
      })
      const task = {
        dtype,
        m,
        n,
        k,
        alpha: 2,
        beta,
        a: view(a, transA),
        b: view(b, transB),
        c: view(c, false),
      }
      naiveGemm(task, { a: a.data, b: b.data, c: wanted })
      const product = { dtype, m, n, k, transA, transB, alpha: 2, beta }
      const places = { a: placeOf(a), b: placeOf(b), c: placeOf(c) }
      const copiedBytes = await multiplyOutside(pool, arena, { ...product, ...places })
      t.ok(copiedBytes > (a.data.byteLength + b.data.byteLength) * 1.5, 'parts of A and B are copied again')
      t.strictSame(c.data, wanted, `${dtype} ${transA} ${transB}`)
    }
  }
  arena.release(filler)
  t.equal(arena.freeBytes, free, 'all blocks are released')
})

t.test('the same bits as in the arena, however the product is cut', async t => {
  const next = random(11)
  for (const dtype of ['float32', 'float64'] as const) {
    for (const [m, n, k] of [
      [90, 3, 4000],
      [3, 90, 2100],
      [16, 16, 9001],
      [200, 190, 1000],
    ] as const) {
      const [a, b] = [matrixOf(dtype, m, k, next), matrixOf(dtype, k, n, next)]
      const [c, wanted] = [integers(dtype, m, n, 3), integers(dtype, m, n, 3)]
      const inside = [a, b, wanted].map(each => {
        const offset = arena.allocate(each.data.byteLength)
        const data = arena.view(dtype, offset, each.data.length)
        data.set(each.data)
        return { data, offset: 0, rowStride: each.shape[1] }
      })
      const [insideA, insideB, insideC] = inside
      if (!insideA || !insideB || !insideC) throw new Error('three matrices were placed')
      const factors = { dtype, m, n, k, transA: false, transB: false, alpha: 0.3, beta: 0.7 }
      t.equal(await multiplyOutside(pool, arena, { ...factors, a: insideA, b: insideB, c: insideC }), 0)
      const filler = arena.allocate(arena.freeBytes - (900 << 10))
      await multiplyOutside(pool, arena, { ...factors, a: placeOf(a), b: placeOf(b), c: placeOf(c) })
      t.strictSame(c.data, insideC.data.slice(), `${dtype} ${m}x${n}x${k}`)
      for (const offset of [filler, ...inside.map(({ data }) => data.byteOffset)]) arena.release(offset)
    }
  }
})

t.test('no room even for small blocks is an error, and leaves the arena as it was', async t => {
  const filler = arena.allocate(arena.freeBytes - 1024)
  const left = arena.freeBytes
  const a = integers('float64', 100, 100, 1)
  const place = placeOf(a)
  const product = {
    ...{ dtype: a.dtype, m: 100, n: 100, k: 100, a: place, transA: false, b: place, transB: false },
    ...{ alpha: 1, c: placeOf(integers('float64', 100, 100, 2)), beta: 0 },
  }
  await t.rejects(multiplyOutside(pool, arena, product), { code: 'GEMMESH_MEMORY_EXCEEDED' })
  t.equal(arena.freeBytes, left)
  arena.release(filler)
})
