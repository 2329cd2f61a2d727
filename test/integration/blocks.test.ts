/** Where blocks come from: the master gives each about once, slaves the rest; who has one keeps it; a holder that is gone is no harm. */
import { join } from 'node:path'
import { pino } from 'pino'
import { test } from 'tap'
import { health } from '../../src/client/index.ts'
import { origin } from '../../src/config.ts'
import { Arena } from '../../src/kernel/arena.ts'
import { HttpLink } from '../../src/transport/http-link.ts'
import type { Traffic } from '../../src/transport/traffic.ts'
import { LocalCluster } from './local-cluster.ts'
import { startSlave } from './lying-slave.ts'
import { load, naive, save, smallIntegers, type Values } from './matrices.ts'

/** Bytes of blocks that left a node, and that came to it, since it started. */
async function blockBytes(at: Parameters<typeof origin>[0]): Promise<{ inBytes: number; outBytes: number }> {
  const { traffic } = await health(origin(at))
  return { inBytes: traffic.block?.inBytes ?? 0, outBytes: traffic.block?.outBytes ?? 0 }
}

async function blocksMoved({ assign, slaves }: LocalCluster['configuration']) {
  const bySlaves = await Promise.all(slaves.map(blockBytes))
  const sum = (key: 'inBytes' | 'outBytes') => bySlaves.reduce((total, one) => total + one[key], 0)
  return {
    fromMaster: (await blockBytes(assign)).outBytes,
    fromSlaves: sum('outBytes'),
    toSlaves: sum('inBytes'),
  }
}

for (const count of [2, 4]) {
  test(`each block leaves the master about once, with ${count} slaves; what they have they keep`, async t => {
    const { cluster, client } = await LocalCluster.start(t, { performance: Array(count).fill(1) })
    const [m, k, n] = [300, 200, 260]
    const a = smallIntegers(1, 'float32', [m, k])
    const pathA = await save(join(cluster.folder, 'a.npy'), a)
    const multiply = async (seed: number) => {
      const b = smallIntegers(seed, 'float32', [k, n])
      const before = await blocksMoved(cluster.configuration)
      const job = await client.multiply(pathA, await save(join(cluster.folder, 'b.npy'), b))
      const view = await job.done()
      await job.save(join(cluster.folder, 'c.npy'))
      t.same((await load(join(cluster.folder, 'c.npy'))).data, naive(a, b))
      const after = await blocksMoved(cluster.configuration)
      return {
        view,
        fromMaster: after.fromMaster - before.fromMaster,
        fromSlaves: after.fromSlaves - before.fromSlaves,
        toSlaves: after.toSlaves - before.toSlaves,
      }
    }
    const first = await multiply(2)
    const [bytesOfA, bytesOfB] = [m * k * 4, k * n * 4]
    t.ok(first.fromMaster <= 1.15 * (bytesOfA + bytesOfB), `${first.fromMaster} bytes left the master`)
    t.ok(first.fromMaster >= bytesOfA + bytesOfB, 'all of both did')
    t.ok(first.fromSlaves > 0, 'the rest came from slaves')
    t.equal(first.toSlaves, first.fromMaster + first.fromSlaves)
    const second = await multiply(3)
    t.ok(
      second.fromMaster <= 1.15 * bytesOfB,
      `of A nothing left the master again (${second.fromMaster} bytes)`,
    )
  })
}

test('a job with the same A moves no block of A again', async t => {
  // One slave has all of A after the first job, whoever computes what.
  const { cluster, client } = await LocalCluster.start(t, { performance: [1] })
  const a = await client.upload(
    await save(join(cluster.folder, 'a.npy'), smallIntegers(1, 'float64', [200, 150])),
  )
  for (const seed of [2, 3]) {
    const values = smallIntegers(seed, 'float64', [150, 170])
    const b = await client.upload(await save(join(cluster.folder, `${seed}.npy`), values))
    const before = await blocksMoved(cluster.configuration)
    await (await client.submit({ operation: 'gemm', a: a.id, b: b.id })).done()
    const { fromMaster } = await blocksMoved(cluster.configuration)
    t.equal(fromMaster - before.fromMaster, (seed === 2 ? 200 * 150 * 8 : 0) + 150 * 170 * 8)
  }
  const again = await client.upload(
    await save(join(cluster.folder, 'other.npy'), smallIntegers(1, 'float64', [200, 150])),
  )
  t.equal(again.id, a.id, 'the same content under another name is the same matrix')
})

test('a slave that has blocks and is gone is no harm: they come from the master', async t => {
  const { cluster, client } = await LocalCluster.start(t, {
    performance: [1, 1],
    options: { 'heartbeat-ms': 60_000, 'lease-ms': 180_000, 'plan-grace-ms': 0 },
  })
  const [a, b] = [smallIntegers(1, 'float32', [200, 100]), smallIntegers(2, 'float32', [100, 120])]
  const [pathA, pathB] = [join(cluster.folder, 'a.npy'), join(cluster.folder, 'b.npy')]
  await save(pathA, a)
  await save(pathB, b)
  await (await client.multiply(pathA, pathB)).done()
  // The master learns of it only from the unit that it cannot hand out; until then the directory names gamma.
  await cluster.stop('gamma')
  const job = await client.multiply(pathA, pathB, { transA: false })
  await job.done()
  await job.save(join(cluster.folder, 'c.npy'))
  t.same((await load(join(cluster.folder, 'c.npy'))).data, naive(a, b))
})

/** Sends no tile while it is held. */
class HeldLink extends HttpLink {
  readonly gate = Promise.withResolvers<void>()
  isHeld = false

  override async push(...arguments_: Parameters<HttpLink['push']>): Promise<void> {
    if (this.isHeld) await this.gate.promise
    return super.push(...arguments_)
  }
}

/** Flips a bit of each block of 32x32 elements of 4 bytes that lies in `memory`; how many it found. */
function damageBlocks(memory: Uint8Array, { shape: [rows = 0, columns = 0], data }: Values): number {
  const here = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength)
  let found = 0
  for (let row = 0; row < rows; row += 32) {
    for (let column = 0; column < columns; column += 32) {
      const start = row * columns + column
      const first = data.slice(start, start + Math.min(32, columns - column))
      const bytes = Buffer.from(first.buffer)
      for (let at = here.indexOf(bytes); at >= 0; at = here.indexOf(bytes, at + 1)) {
        here.writeUint8(here.readUint8(at) ^ 64, at)
        found++
      }
    }
  }
  return found
}

test('a slave whose memory damages the blocks that it lends: nobody else computes wrongly for it', async t => {
  const cluster = await LocalCluster.prepare(t, {
    performance: [1, 1],
    slaveMemory: '16MiB',
    options: { verify: true, 'plan-grace-ms': 0 },
  })
  await cluster.run('alpha', 'beta')
  const arenas = t.capture(Arena, 'create', Arena.create)
  const logged: string[] = []
  const write = (line: string) => {
    logged.push(line)
    lender.gate.resolve()
  }
  const logger = pino({ level: 'error' }, { write })
  const linkOf = (localAddress: string, traffic: Traffic) => new HeldLink({ localAddress, traffic })
  const lender: HeldLink = await startSlave(t, cluster, 'gamma', linkOf, logger)
  const [created] = arenas()
  const memory = created !== undefined && 'returned' in created ? created.returned.memory : undefined
  if (memory === undefined) throw new Error('gamma has no arena')
  arenas.restore()
  const client = await cluster.connect(t)
  const [a, b] = [smallIntegers(1, 'int32', [200, 96]), smallIntegers(2, 'int32', [96, 160])]
  const [pathA, pathB] = [join(cluster.folder, 'a.npy'), join(cluster.folder, 'b.npy')]
  await save(pathA, a)
  await save(pathB, b)
  await (await client.multiply(pathA, pathB)).done()

  t.equal(damageBlocks(new Uint8Array(memory.buffer), b), 15, 'gamma has all of B')
  lender.isHeld = true // until it has lent one of them
  await cluster.run('delta')
  while ((await client.info()).slaves.some(({ state }) => state !== 'present'));
  const job = await client.multiply(pathA, pathB)
  await job.done()
  await job.save(join(cluster.folder, 'c.npy'))
  t.same((await load(join(cluster.folder, 'c.npy'))).data, naive(a, b))

  const { slaves } = await client.info()
  t.match(slaves, [{ name: 'gamma' }, { name: 'delta', state: 'present' }], 'nobody innocent is excluded')
  const { wrong } = await job.receipt()
  t.same(
    wrong.filter(({ slave }) => slave !== 'gamma'),
    [],
  )
  t.match(logged[0], /memory of this machine may be broken/)
  const delta = cluster.configuration.slaves[1]
  if (delta !== undefined) t.ok(((await health(origin(delta))).damaged ?? 0) > 0, 'delta noticed, too')
})
