import { test } from 'tap'
import { Arena } from '../../../src/kernel/arena.ts'
import { BlockCache } from '../../../src/roles/slave/block-cache.ts'

const blockBytes = 65_536
const counters = () => ({ fetched: 0, cached: 0, fetchedBytes: 0 })
const filled = (value: number) => async (target: Uint8Array) => {
  target.fill(value)
}

/** A cache with room for `blocks` blocks, and what it takes to look into them. */
function withRoomFor(blocks: number) {
  const arena = Arena.create(16 * blockBytes)
  while (arena.freeBytes > blocks * blockBytes)
    arena.allocate(Math.min(blockBytes, arena.freeBytes - blocks * blockBytes))
  return { arena, cache: new BlockCache(arena) }
}

test('a block is pulled once, however many want it', async t => {
  const { arena, cache } = withRoomFor(2)
  const counted = counters()
  const [one, other] = await Promise.all([
    cache.acquire('a', blockBytes, filled(7), counted),
    cache.acquire('a', blockBytes, () => t.fail('pulled twice') as never, counted),
  ])
  t.equal(one.offset, other.offset)
  t.equal(arena.bytesAt(one.offset, blockBytes)[99], 7)
  t.same(counted, { fetched: 1, cached: 1, fetchedBytes: blockBytes })
})

test('the least recently used makes way; a pinned one never', async t => {
  const { cache } = withRoomFor(2)
  const counted = counters()
  const a = await cache.acquire('a', blockBytes, filled(1), counted)
  const b = await cache.acquire('b', blockBytes, filled(2), counted)
  await t.rejects(cache.acquire('c', blockBytes, filled(3), counted), { code: 'GEMMESH_MEMORY_EXCEEDED' })
  cache.release(b)
  cache.release(a)
  cache.release(await cache.acquire('a', blockBytes, filled(1), counted)) // a is the more recently used now
  cache.release(await cache.acquire('c', blockBytes, filled(3), counted))
  const before = counted.fetched
  cache.release(await cache.acquire('a', blockBytes, filled(1), counted))
  t.equal(counted.fetched, before, 'a is still there')
  cache.release(await cache.acquire('b', blockBytes, filled(2), counted))
  t.equal(counted.fetched, before + 1, 'b was evicted')
})

test('a pull that fails fails for all who wait, gives its room back, and is tried anew', async t => {
  const { arena, cache } = withRoomFor(1)
  const free = arena.freeBytes
  const failing = async () => {
    throw new Error('gone')
  }
  const waiting = [
    cache.acquire('a', blockBytes, failing, counters()),
    cache.acquire('a', blockBytes, filled(1), counters()),
  ]
  for (const one of waiting) await t.rejects(one, { message: 'gone' })
  t.equal(arena.freeBytes, free)
  const block = await cache.acquire('a', blockBytes, filled(5), counters())
  t.equal(arena.bytesAt(block.offset, blockBytes)[0], 5)
})
