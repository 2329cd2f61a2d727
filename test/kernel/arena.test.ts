import t from 'tap'
import { Arena, alignmentBytes, arenaLimitBytes } from '../../src/kernel/arena.ts'
import { random } from './operands.ts'

t.test('gives aligned pieces of one shared memory, first fit', async t => {
  const arena = Arena.create(65536)
  t.ok(arena.memory.buffer instanceof SharedArrayBuffer)
  t.equal(arena.freeBytes, 65536)
  const first = arena.allocate(1)
  const second = arena.allocate(100)
  const third = arena.allocate(0)
  t.strictSame([first, second, third], [0, 64, 192])
  t.equal(arena.freeBytes, 65536 - 64 - 128 - 64)
  arena.release(second)
  t.equal(arena.allocate(128), second, 'the gap is taken again')
})

t.test('rounds up to pages', async t => {
  t.equal(Arena.create(65537).bytes, 2 * 65536)
})

t.test('merges gaps, whatever the order of release', async t => {
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]) {
    const arena = Arena.create(65536)
    const offsets = [arena.allocate(1000), arena.allocate(2000), arena.allocate(3000)]
    for (const index of order) arena.release(offsets[index] ?? -1)
    t.equal(arena.allocate(65536), 0, `released ${order}`)
  }
})

t.test('says what was asked, what is free and what to do when it is full', async t => {
  const arena = Arena.create(65536)
  const kept = [arena.allocate(20000), arena.allocate(20000)]
  arena.release(kept[0] ?? -1)
  t.throws(() => arena.allocate(40000), {
    code: 'GEMMESH_MEMORY_EXCEEDED',
    message:
      /^40000 bytes were asked for.*arena of 65536 bytes has 45504 free.*largest piece 25472.*larger memory limit/,
  })
  t.equal(arena.freeBytes, 45504, 'nothing was taken')
})

t.test('refuses sizes that no arena has, and releases of what is not allocated', async t => {
  for (const bytes of [0, -1, Number.NaN, arenaLimitBytes + 1]) {
    t.throws(() => Arena.create(bytes), { code: 'GEMMESH_MEMORY_EXCEEDED' }, `${bytes}`)
  }
  const arena = Arena.create(65536)
  const offset = arena.allocate(10)
  arena.release(offset)
  t.throws(() => arena.release(offset), { code: 'GEMMESH_INTERNAL' })
  t.throws(() => arena.allocate(1.5), { code: 'GEMMESH_INTERNAL' })
})

t.test('views are of the memory itself', async t => {
  const arena = Arena.create(65536)
  const offset = arena.allocate(64)
  arena.view('float32', offset, 2).set([1, -0])
  t.strictSame([...arena.bytesAt(offset, 8)], [0, 0, 128, 63, 0, 0, 0, 128])
  t.ok(arena.view('float64', offset, 1) instanceof Float64Array)
  t.ok(arena.view('int32', offset, 1) instanceof Int32Array)
  t.throws(() => arena.view('float64', 4, 1), { code: 'GEMMESH_INTERNAL' })
})

t.test('random allocations never overlap, and all comes back', async t => {
  const arena = Arena.create(1 << 20)
  const next = random(7)
  const live = new Map<number, number>()
  for (let step = 0; step < 3000; step++) {
    if (next() < 0.55) {
      const bytes = Math.floor(next() * 20000)
      try {
        live.set(arena.allocate(bytes), bytes)
      } catch {
        t.ok(live.size > 0, 'full only when something is allocated')
      }
    } else {
      const [offset] = [...live.keys()].slice(Math.floor(next() * live.size))
      if (offset === undefined) continue
      arena.release(offset)
      live.delete(offset)
    }
  }
  let end = 0
  for (const [offset, bytes] of [...live].sort(([x], [y]) => x - y)) {
    if (offset < end || offset % alignmentBytes !== 0 || offset + bytes > arena.bytes) t.fail(`at ${offset}`)
    end = offset + Math.max(bytes, 1)
  }
  for (const offset of live.keys()) arena.release(offset)
  t.equal(arena.freeBytes, arena.bytes)
  t.equal(arena.allocate(arena.bytes), 0)
})
