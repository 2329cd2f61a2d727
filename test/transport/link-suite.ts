/** What every Link does, whatever carries it. */
import { Readable } from 'node:stream'
import type { Test } from 'tap'
import { GemmeshError } from '../../src/errors.ts'
import { encodeChunks } from '../../src/protocol/encode-chunks.ts'
import {
  blockPath,
  mediaTypes,
  processorPath,
  type RouteName,
  routeNames,
  tilePath,
} from '../../src/protocol/routes.ts'
import type { Link } from '../../src/transport/link.ts'
import { Traffic } from '../../src/transport/traffic.ts'
import { samples } from '../protocol/samples.ts'
import { headerOf, into, type MeshNode, MiB, meshNode, sharedPattern, tileHeader } from './mesh.ts'

const block = blockPath('ab'.repeat(32), 0, 0)
const tile = tilePath('j', 3)
const { request: register } = samples.register

/** `open` makes the node reachable and returns its origin and a link to it; both end with the test. */
export async function linkSuite(
  t: Test,
  open: (t: Test, node: MeshNode, traffic: Traffic) => Promise<{ link: Link; origin: string }>,
): Promise<void> {
  const opened = async (t: Test, node = meshNode()) => {
    const traffic = new Traffic()
    return { node, traffic, ...(await open(t, node, traffic)) }
  }

  await t.test('every route takes its request and gives its reply', async t => {
    const { node, link, origin } = await opened(t)
    const check = async <R extends RouteName>(name: R) => {
      t.same(await link.call(origin, name, samples[name].request), samples[name].reply, name)
      t.same(node.asked.get(name), samples[name].request, name)
    }
    for (const name of routeNames) await check(name)
  })

  await t.test(
    'a coded error of a handler is thrown by the call, anything else as GEMMESH_INTERNAL',
    async t => {
      const failing = {
        register: new GemmeshError('GEMMESH_NODE_REFUSED', 'zeta is not in the configuration', {
          faults: ['a', 'b'],
        }),
        heartbeat: new TypeError('x is undefined'),
      }
      const { link, origin } = await opened(t, meshNode(failing))
      await t.rejects(link.call(origin, 'register', register), {
        code: 'GEMMESH_NODE_REFUSED',
        message: 'zeta is not in the configuration',
        faults: ['a', 'b'],
      })
      await t.rejects(link.call(origin, 'heartbeat', samples.heartbeat.request), {
        code: 'GEMMESH_INTERNAL',
        message: 'x is undefined',
      })
    },
  )

  await t.test('paths that nobody serves, and what a handler refuses', async t => {
    const { link, origin } = await opened(t)
    await t.rejects(link.pull(origin, '/mesh/v1/none', into(new Uint8Array())), {
      code: 'GEMMESH_ROUTE_UNKNOWN',
      message: /alpha has no route GET \/mesh\/v1\/none/,
    })
    await t.rejects(link.pull(origin, blockPath('ab', 404, 0), into(new Uint8Array())), {
      code: 'GEMMESH_MATRIX_UNKNOWN',
      message: 'ab is not stored here',
    })
  })

  await t.test('a block of 32 MiB from shared memory into shared memory', async t => {
    const { node, link, origin } = await opened(t)
    const source = sharedPattern(32 * MiB)
    const target = new Uint8Array(new SharedArrayBuffer(32 * MiB))
    node.block = {
      header: headerOf(32 * MiB),
      payload: [source.subarray(0, 5 * MiB), source.subarray(5 * MiB)],
    }
    const { header, payloadBytes } = await link.pull(origin, block, into(target))
    t.same(header, node.block.header)
    t.equal(payloadBytes, 32 * MiB)
    t.equal(Buffer.compare(target, source), 0)
  })

  await t.test(
    'a tile of 32 MiB from shared memory into shared memory, acknowledged when it is placed',
    async t => {
      const { node, link, origin } = await opened(t)
      const source = sharedPattern(32 * MiB)
      const target = new Uint8Array(new SharedArrayBuffer(32 * MiB))
      node.sink = into(target)
      await link.push(origin, tile, tileHeader(32 * MiB), [source])
      t.equal(Buffer.compare(target, source), 0)
      t.same((await node.received[0])?.header, tileHeader(32 * MiB))
    },
  )

  await t.test('blocks and tiles without elements', async t => {
    const { node, link, origin } = await opened(t)
    node.block = { header: headerOf(0), payload: [] }
    t.match(await link.pull(origin, block, into(new Uint8Array())), { payloadBytes: 0 })
    await link.push(origin, tile, tileHeader(0), [])
    t.equal((await node.received[0])?.payloadBytes, 0)
  })

  await t.test('pulls in parallel, more than there are connections', async t => {
    const { node, link, origin } = await opened(t)
    const source = sharedPattern(4 * MiB)
    node.block = { header: headerOf(4 * MiB), payload: [source] }
    const targets = Array.from({ length: 10 }, () => new Uint8Array(4 * MiB))
    await Promise.all(targets.map(target => link.pull(origin, block, into(target))))
    for (const target of targets) t.equal(Buffer.compare(target, source), 0)
  })

  await t.test('a stream that is damaged on its way is refused by the receiver', async t => {
    const node = meshNode()
    const source = sharedPattern(2 * MiB)
    async function* damaged() {
      let at = 0
      for await (const views of encodeChunks(headerOf(2 * MiB), [source]).groups) {
        const copy = Buffer.concat(views)
        if (at < MiB && at + copy.length > MiB)
          copy.writeUInt8(copy.readUInt8(copy.length - 9) ^ 1, copy.length - 9)
        at += copy.length
        yield copy
      }
    }
    node.app.get('/mesh/v1/damaged', (_request, reply) =>
      reply.type(mediaTypes.chunks).send(Readable.from(damaged())),
    )
    node.app.get('/mesh/v1/cut', (_request, reply) => reply.type(mediaTypes.chunks).send(Buffer.alloc(0)))
    const { link, origin } = await opened(t, node)
    for (const path of ['/mesh/v1/damaged', '/mesh/v1/cut'])
      await t.rejects(
        link.pull(origin, path, into(new Uint8Array(2 * MiB))),
        { code: 'GEMMESH_TRANSFER_CORRUPT' },
        path,
      )
  })

  await t.test('a sink that refuses a block gets its own error back, and the link goes on', async t => {
    const { node, link, origin } = await opened(t)
    node.block = { header: headerOf(16 * MiB), payload: [sharedPattern(16 * MiB)] }
    const refusal = new Error('not the shape I want')
    const refuse = () => Promise.reject(refusal)
    for (let i = 0; i < 6; i++)
      await t.rejects(link.pull(origin, block, { begin: refuse, data: refuse }), refusal)
    t.same(await link.call(origin, 'register', register), samples.register.reply)
    await link.pull(origin, block, into(new Uint8Array(16 * MiB)))
  })

  await t.test('a receiver that refuses a tile tells the sender why, and the link goes on', async t => {
    const { node, link, origin } = await opened(t)
    const refusal = new GemmeshError('GEMMESH_TILE_REFUSED', 'unit 3 is placed already')
    const source = sharedPattern(16 * MiB)
    node.sink = { begin: () => Promise.reject(refusal), data() {} }
    for (let i = 0; i < 6; i++)
      await t.rejects(link.push(origin, tile, tileHeader(16 * MiB), [source]), {
        code: 'GEMMESH_TILE_REFUSED',
        message: 'unit 3 is placed already',
      })
    node.sink = into(new Uint8Array(16 * MiB))
    await link.push(origin, tile, tileHeader(16 * MiB), [source])
  })

  await t.test('a payload that fails gives its own error back, and is no tile to the receiver', async t => {
    const { node, link, origin } = await opened(t)
    const failure = new Error('the disk is gone')
    async function* payload() {
      yield new Uint8Array(2 * MiB)
      throw failure
    }
    node.sink = into(new Uint8Array(4 * MiB))
    await t.rejects(link.push(origin, tile, tileHeader(4 * MiB), payload()), failure)
    await t.rejects(link.push(origin, tile, tileHeader(4 * MiB), [new Uint8Array(MiB)]), {
      code: 'GEMMESH_TRANSFER_CORRUPT',
      message: /The payload has 1048576 bytes but/,
    })
    for (const received of node.received) await t.rejects(received, { code: 'GEMMESH_TRANSFER_CORRUPT' })
  })

  await t.test('a processor arrives, or is refused beyond the limit', async t => {
    const { link, origin } = await opened(t)
    const hex = 'c0ffee'.repeat(8)
    t.same(Buffer.from(await link.fetchBytes(origin, processorPath(hex), 24)).toString('hex'), hex)
    await t.rejects(link.fetchBytes(origin, processorPath(hex), 23), {
      code: 'GEMMESH_MESSAGE_INVALID',
      message: /has 24 bytes or more, the limit is 23/,
    })
  })

  await t.test('an aborted call rejects with the reason of its signal', async t => {
    const { node, link, origin } = await opened(t)
    const reason = new Error('no longer wanted')
    await t.rejects(link.call(origin, 'register', register, { signal: AbortSignal.abort(reason) }), reason)
    const midway = new AbortController()
    node.block = { header: headerOf(16 * MiB), payload: [sharedPattern(16 * MiB)] }
    const sink = { begin: () => midway.abort(reason), data() {} }
    await t.rejects(link.pull(origin, block, sink, { signal: midway.signal }), reason)
  })

  await t.test('both sides count the same payload, by kind', async t => {
    const { node, traffic, link, origin } = await opened(t)
    node.block = { header: headerOf(MiB), payload: [new Uint8Array(MiB)] }
    node.sink = into(new Uint8Array(2 * MiB))
    await link.pull(origin, block, into(new Uint8Array(MiB)))
    await link.push(origin, tile, tileHeader(2 * MiB), [new Uint8Array(2 * MiB)])
    await link.fetchBytes(origin, processorPath('abcd'), 10)
    await link.call(origin, 'register', register)
    const [caller, server] = [traffic.snapshot(), node.traffic.snapshot()]
    t.same(caller.block, { inBytes: MiB, outBytes: 0 })
    t.same(server.block, { inBytes: 0, outBytes: MiB })
    t.same(caller.tile, { inBytes: 0, outBytes: 2 * MiB })
    t.same(server.tile, { inBytes: 2 * MiB, outBytes: 0 })
    t.same(caller.processor, { inBytes: 2, outBytes: 0 })
    t.same(server.processor, { inBytes: 0, outBytes: 2 })
    t.same(caller.message, { inBytes: server.message.outBytes, outBytes: server.message.inBytes })
    t.ok(caller.message.inBytes > 0 && caller.message.outBytes > 0)
  })
}
