import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import t, { type Test } from 'tap'
import { blockPath, mediaTypes, tilePath } from '../../src/protocol/routes.ts'
import { HttpLink, type HttpLinkOptions } from '../../src/transport/http-link.ts'
import { listen } from '../../src/transport/listen.ts'
import { captured } from '../protocol/chunk-streams.ts'
import { samples } from '../protocol/samples.ts'
import { linkSuite } from './link-suite.ts'
import { headerOf, into, type MeshNode, MiB, meshNode, sharedPattern, tileHeader } from './mesh.ts'

const { request: register } = samples.register
const block = blockPath('ab'.repeat(32), 0, 0)
const tile = tilePath('j', 3)

function linkFor(t: Test, options: HttpLinkOptions = {}): HttpLink {
  const link = new HttpLink(options)
  t.teardown(() => link.close())
  return link
}

async function listening(t: Test, node: MeshNode, ip = '127.0.0.1'): Promise<string> {
  t.teardown(() => node.app.close())
  return listen(node.app, ip, 0)
}

/** A server that is no gemmesh node. */
async function foreign(t: Test, server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address() as AddressInfo
  return `http://127.0.0.1:${address.port}`
}

t.test('a link over sockets', t =>
  linkSuite(t, async (t, node, traffic) => {
    const link = linkFor(t, { localAddress: '127.0.0.1', traffic })
    return { link, origin: await listening(t, node, '127.0.0.2') }
  }),
)

t.test('a node that is not there', async t => {
  const node = meshNode()
  const origin = await listening(t, node)
  await node.app.close()
  const unreachable = {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: `${origin} refuses the connection: nothing listens`,
  }
  const link = linkFor(t)
  await t.rejects(link.call(origin, 'register', register), unreachable)
  await t.rejects(link.pull(origin, block, into(new Uint8Array())), unreachable)
  await t.rejects(link.push(origin, tile, tileHeader(MiB), [new Uint8Array(MiB)]), unreachable)
})

t.test('a node that comes back on its port is reached again', async t => {
  const first = meshNode()
  const origin = await listening(t, first)
  const link = linkFor(t)
  await link.call(origin, 'register', register)
  await first.app.close()
  await t.rejects(link.call(origin, 'register', register), { code: 'GEMMESH_NODE_UNREACHABLE' })
  const second = meshNode()
  t.teardown(() => second.app.close())
  await listen(second.app, '127.0.0.1', Number(new URL(origin).port))
  t.same(await link.call(origin, 'register', register), samples.register.reply)
})

t.test('a node that ends in the middle of a block', async t => {
  const node = meshNode()
  const origin = await listening(t, node)
  let taken = 0
  async function* payload() {
    for (let i = 0; i < 8; i++) {
      yield new Uint8Array(MiB)
      if (i === 4) node.app.server.closeAllConnections()
    }
  }
  node.block = { header: headerOf(8 * MiB), payload: payload() }
  const sink = {
    begin() {},
    data(_offset: number, bytes: Uint8Array) {
      taken += bytes.length
    },
  }
  await t.rejects(linkFor(t).pull(origin, block, sink), {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /ended the connection/,
  })
  t.ok(taken < 8 * MiB)
})

t.test('a sender that ends in the middle of a tile', async t => {
  const node = meshNode()
  const origin = new URL(await listening(t, node))
  const arrived = Promise.withResolvers<void>()
  node.sink = { begin() {}, data: () => arrived.resolve() }
  const bytes = await captured(tileHeader(4096), [new Uint8Array(4096)])
  const socket = connect(Number(origin.port), origin.hostname)
  socket.write(`PUT ${tile} HTTP/1.1\r\nhost: x\r\ncontent-type: ${mediaTypes.chunks}\r\n`)
  socket.write(`content-length: ${bytes.length}\r\n\r\n`)
  socket.write(bytes.subarray(0, -1))
  await arrived.promise
  socket.destroy()
  await t.rejects(Promise.all(node.received), { code: 'GEMMESH_TRANSFER_CORRUPT' })
})

t.test('a node that takes the request and says nothing', async t => {
  const sockets = new Set<{ destroy(): void }>()
  const origin = await foreign(
    t,
    createTcpServer(socket => sockets.add(socket)),
  )
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  await t.rejects(linkFor(t, { answerMs: 50 }).call(origin, 'register', register), {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /took the request but does not answer/,
  })
})

t.test('something else answers at the address', async t => {
  const server = createServer((request, response) => {
    response.writeHead(Number(request.url?.slice(1)) || 200, { 'content-type': 'text/html' })
    response.end('<h1>hello</h1>')
  })
  const origin = await foreign(t, server)
  const link = linkFor(t)
  const table: [status: number, code: string, message: RegExp][] = [
    [404, 'GEMMESH_PROTOCOL_MISMATCH', /answered 404 \(text\/html\) to GET \/404: is it a gemmesh node/],
    [200, 'GEMMESH_PROTOCOL_MISMATCH', /answered 200/],
    [302, 'GEMMESH_PROTOCOL_MISMATCH', /answered 302/],
    [503, 'GEMMESH_NODE_UNREACHABLE', /answered 503.*try again/],
  ]
  for (const [status, code, message] of table)
    await t.rejects(link.pull(origin, `/${status}`, into(new Uint8Array())), { code, message })
  await t.rejects(link.call(origin, 'register', register), { code: 'GEMMESH_PROTOCOL_MISMATCH' })
})

t.test('calls come from the address that is given', async t => {
  const node = meshNode()
  let from = ''
  node.app.addHook('onRequest', async request => {
    from = request.ip
  })
  const origin = await listening(t, node)
  await linkFor(t, { localAddress: '127.0.0.4' }).call(origin, 'register', register)
  t.equal(from, '127.0.0.4')
  await t.rejects(linkFor(t, { localAddress: '192.0.2.1' }).call(origin, 'register', register), {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /cannot be called from 192\.0\.2\.1, which is not an address of this machine/,
  })
})

/** Counts what a payload of `pieces` MiB has given beyond what was taken, at most. */
function metered(pieces: number) {
  const meter = { givenBytes: 0, takenBytes: 0, inFlightBytes: 0 }
  async function* payload() {
    const piece = sharedPattern(MiB)
    for (let i = 0; i < pieces; i++) {
      meter.givenBytes += MiB
      meter.inFlightBytes = Math.max(meter.inFlightBytes, meter.givenBytes - meter.takenBytes)
      yield piece
    }
  }
  const slowly = {
    begin() {},
    async data(_offset: number, bytes: Uint8Array) {
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
      meter.takenBytes += bytes.length
    },
  }
  return { meter, payload: payload(), slowly }
}

t.test('a slow receiver holds the sender back, in both directions', async t => {
  const node = meshNode()
  const origin = await listening(t, node)
  const link = linkFor(t)
  // What the kernel buffers for one connection, and a chunk or two on either side.
  const bound = 24 * MiB

  const pull = metered(96)
  node.block = { header: headerOf(96 * MiB), payload: pull.payload }
  await link.pull(origin, block, pull.slowly)
  t.equal(pull.meter.takenBytes, 96 * MiB)
  t.ok(pull.meter.inFlightBytes <= bound, `pull: ${pull.meter.inFlightBytes / MiB} MiB in flight at most`)

  const push = metered(96)
  node.sink = push.slowly
  await link.push(origin, tile, tileHeader(96 * MiB), push.payload)
  t.equal(push.meter.takenBytes, 96 * MiB)
  t.ok(push.meter.inFlightBytes <= bound, `push: ${push.meter.inFlightBytes / MiB} MiB in flight at most`)
})

t.test('messages pass while all bulk connections are busy', async t => {
  const node = meshNode()
  const origin = await listening(t, node)
  const link = linkFor(t)
  const gate = Promise.withResolvers<void>()
  const begun: Promise<void>[] = []
  // Far more than the kernel buffers: the connections are busy until the gate opens.
  node.block = { header: headerOf(32 * MiB), payload: [sharedPattern(32 * MiB)] }
  const pulls = Array.from({ length: 6 }, () => {
    const start = Promise.withResolvers<void>()
    begun.push(start.promise)
    return link.pull(origin, block, {
      begin() {
        start.resolve()
        return gate.promise
      },
      data() {},
    })
  })
  await Promise.all(begun.slice(0, 4))
  t.same(await link.call(origin, 'register', register), samples.register.reply)
  gate.resolve()
  await Promise.all(pulls)
})

t.test('closing ends what is under way', async t => {
  const node = meshNode()
  const origin = await listening(t, node)
  const link = new HttpLink()
  const begun = Promise.withResolvers<void>()
  node.block = { header: headerOf(64 * MiB), payload: [sharedPattern(64 * MiB)] }
  const pull = link.pull(origin, block, { begin: () => begun.resolve(), data() {} })
  await begun.promise
  await Promise.all([t.rejects(pull, { code: 'GEMMESH_NODE_UNREACHABLE' }), link.close()])
  await t.rejects(link.call(origin, 'register', register), {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /this node is ending/,
  })
})
