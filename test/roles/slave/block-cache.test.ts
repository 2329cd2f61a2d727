import { pino } from 'pino'
import { test } from 'tap'
import { Arena } from '../../../src/kernel/arena.ts'
import type { Payload } from '../../../src/protocol/bulk.ts'
import { digestOf } from '../../../src/protocol/checksum.ts'
import { BlockCache, type BlockSpec } from '../../../src/roles/slave/block-cache.ts'

const blockBytes = 65_536
const block = (key: string): BlockSpec => ({
  ...{ key, dtype: 'float32', blockRows: 128, blockColumns: 128, blockBytes },
})
const counters = () => ({ fetched: 0, cached: 0, fetchedBytes: 0 })
const filled = (value: number) => async (target: Uint8Array) => {
  target.fill(value)
  return digestOf(target)
}

async function bytesOf(payload: Payload): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of payload) pieces.push(piece)
  return new Uint8Array(Buffer.concat(pieces))
}

/** A cache with room for `blocks` blocks, what it takes to look into them, and what it logs. */
function withRoomFor(blocks: number) {
  const arena = Arena.create(16 * blockBytes)
  while (arena.freeBytes > blocks * blockBytes)
    arena.allocate(Math.min(blockBytes, arena.freeBytes - blocks * blockBytes))
  const logged: string[] = []
  const logger = pino({ level: 'info' }, { write: line => void logged.push(line) })
  return { arena, cache: new BlockCache(arena, logger), logged }
}

test('a block is pulled once, however many want it', async t => {
  const { arena, cache } = withRoomFor(2)
  const counted = counters()
  const [one, other] = await Promise.all([
    cache.acquire(block('a'), filled(7), counted),
    cache.acquire(block('a'), () => t.fail('pulled twice') as never, counted),
  ])
  t.equal(one.offset, other.offset)
  t.equal(arena.bytesAt(one.offset, blockBytes)[99], 7)
  t.same(counted, { fetched: 1, cached: 1, fetchedBytes: blockBytes })
})

test('the least recently used makes way; a pinned one never', async t => {
  const { cache } = withRoomFor(2)
  const counted = counters()
  const a = await cache.acquire(block('a'), filled(1), counted)
  const b = await cache.acquire(block('b'), filled(2), counted)
  await t.rejects(cache.acquire(block('c'), filled(3), counted), { code: 'GEMMESH_MEMORY_EXCEEDED' })
  cache.release(b)
  cache.release(a)
  cache.release(await cache.acquire(block('a'), filled(1), counted)) // a is the more recently used now
  cache.release(await cache.acquire(block('c'), filled(3), counted))
  const before = counted.fetched
  cache.release(await cache.acquire(block('a'), filled(1), counted))
  t.equal(counted.fetched, before, 'a is still there')
  cache.release(await cache.acquire(block('b'), filled(2), counted))
  t.equal(counted.fetched, before + 1, 'b was evicted')
})

test('a pull that fails fails for all who wait, gives its room back, and is tried anew', async t => {
  const { arena, cache } = withRoomFor(1)
  const free = arena.freeBytes
  const failing = async () => {
    throw new Error('gone')
  }
  const waiting = [
    cache.acquire(block('a'), failing, counters()),
    cache.acquire(block('a'), filled(1), counters()),
  ]
  for (const one of waiting) await t.rejects(one, { message: 'gone' })
  t.equal(arena.freeBytes, free)
  const { offset } = await cache.acquire(block('a'), filled(5), counters())
  t.equal(arena.bytesAt(offset, blockBytes)[0], 5)
})

test('a block is lent when it is there; while it is waited for, only to those with a greater ticket', async t => {
  const { arena, cache } = withRoomFor(2)
  const arrival = Promise.withResolvers<void>()
  const pulling = cache.acquire(
    block('a'),
    async (target, granted) => {
      granted(5)
      await arrival.promise
      return filled(3)(target)
    },
    counters(),
  )
  await t.rejects(cache.lend('a', 5), { code: 'GEMMESH_BLOCK_UNKNOWN' })
  await t.rejects(cache.lend('a', 4), { code: 'GEMMESH_BLOCK_UNKNOWN' }, 'they would wait for each other')
  await t.rejects(cache.lend('a', 6, 0), { code: 'GEMMESH_BLOCK_AWAITED' }, 'it lives, and waits itself')
  const waiting = cache.lend('a', 6)
  arrival.resolve()
  const { header, payload } = await waiting
  t.strictSame(header, { dtype: 'float32', rows: 128, columns: 128 })
  t.strictSame(await bytesOf(payload), new Uint8Array(blockBytes).fill(3))
  const late = await cache.lend('a', 1)
  t.equal((await bytesOf(late.payload)).length, blockBytes, 'what is here is for all')
  const later = await cache.lend('a', 1)
  await t.rejects(cache.lend('b', 9), { code: 'GEMMESH_BLOCK_UNKNOWN' })

  cache.release(await pulling)
  const [x, y] = [
    await cache.acquire(block('x'), filled(1), counters()),
    await cache.acquire(block('y'), filled(2), counters()),
  ]
  await t.rejects(
    bytesOf(later.payload),
    { code: 'GEMMESH_BLOCK_UNKNOWN' },
    'memory that is wanted ends the loan',
  )
  t.equal(arena.bytesAt(x.offset, 1)[0], 1)
  t.equal(arena.bytesAt(y.offset, 1)[0], 2)
})

test('of blocks that nobody uses here, those that are lent make way last', async t => {
  const { cache } = withRoomFor(2)
  for (const key of ['a', 'b']) cache.release(await cache.acquire(block(key), filled(1), counters()))
  const { payload } = await cache.lend('a', 1)
  const sending = (payload as Iterable<Uint8Array>)[Symbol.iterator]()
  t.equal(sending.next().done, false)
  cache.release(await cache.acquire(block('c'), filled(2), counters()))
  await t.resolves(cache.lend('a', 1), 'the least recently used, and lent')
  await t.rejects(cache.lend('b', 1), { code: 'GEMMESH_BLOCK_UNKNOWN' })
})

test('a block that does not come is lent to nobody who waits for it', async t => {
  const { cache } = withRoomFor(1)
  const arrival = Promise.withResolvers<void>()
  const pulling = cache.acquire(
    block('a'),
    async (_target, granted) => {
      granted(1)
      await arrival.promise
      return ''
    },
    counters(),
  )
  const waiting = cache.lend('a', 2)
  arrival.reject(new Error('gone'))
  await t.rejects(waiting, { code: 'GEMMESH_BLOCK_UNKNOWN' })
  await t.rejects(pulling, { message: 'gone' })
})

test('a block that memory has damaged is found out when it is lent, and forgotten; its room comes back', async t => {
  const { arena, cache, logged } = withRoomFor(2)
  const free = arena.freeBytes
  const held = await cache.acquire(block('a'), filled(9), counters())
  const arrived = new Uint8Array(blockBytes).fill(9)
  const sound = await cache.lend('a', 1)
  t.equal(sound.original?.digest, digestOf(arrived), 'it goes on with the digest that it came with')
  const byte = arena.bytesAt(held.offset + 77, 1)
  byte[0] = (byte[0] ?? 0) ^ 4
  const { payload, original } = await cache.lend('a', 1)
  t.equal(original?.digest, digestOf(arrived))
  t.not(digestOf(await bytesOf(payload)), original?.digest)

  original?.onDamaged()
  original?.onDamaged() // another slave was being sent it, too
  t.equal(logged.length, 1)
  t.match(logged[0], /"level":50.*"block":"a".*memory of this machine may be broken/)
  await t.rejects(cache.lend('a', 1), { code: 'GEMMESH_BLOCK_UNKNOWN' })
  const again = await cache.acquire(block('a'), filled(9), counters())
  t.not(again.offset, held.offset, 'a unit is using the first one still')
  t.strictSame(arena.bytesAt(again.offset, blockBytes), arrived)
  cache.release(held)
  t.equal(arena.freeBytes, free - blockBytes)
  await t.resolves(cache.lend('a', 1), 'the new one')
  cache.release(again)
})

test('memory that was wanted for others while a block was lent is no damage', async t => {
  const { cache, logged } = withRoomFor(1)
  cache.release(await cache.acquire(block('a'), filled(1), counters()))
  const { original } = await cache.lend('a', 1)
  const other = await cache.acquire(block('b'), filled(2), counters())
  original?.onDamaged()
  t.equal(logged.length, 0)
  t.equal(other.key, 'b')
  await t.resolves(cache.lend('b', 1))
})
