import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { mediaTypes, routes } from '../../src/protocol/routes.ts'
import { HttpLink } from '../../src/transport/http-link.ts'
import { listen } from '../../src/transport/listen.ts'
import { headerOf, into, MiB, meshNode, tileHeader } from './mesh.ts'

const idleMs = 200

/** Resolves when the connections of this server have been silent so many times. */
async function silences(server: Server, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await once(server, 'timeout')
}

async function opened(t: Test) {
  const node = meshNode({}, idleMs)
  node.app.get('/slow', async () => {
    await silences(node.app.server, 2)
    return 'done'
  })
  const origin = new URL(await listen(node.app, '127.0.0.1', 0))
  t.teardown(() => node.app.close())
  const socket = connect(Number(origin.port), origin.hostname)
  t.teardown(() => socket.destroy())
  return { node, socket }
}

/** Resolves when the server ends the connection; the tests below hang where it does not. */
const ended = (socket: Socket) => once(socket.on('error', () => {}).resume(), 'close')

t.test('a sender that stops in the middle of a message is not waited for', async t => {
  const { socket } = await opened(t)
  socket.write(`POST ${routes.register.path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${mediaTypes.message}\r\n`)
  socket.write('content-length: 100\r\n\r\nhalf')
  await ended(socket)
})

t.test('a sender that stops in the middle of a tile is not waited for', async t => {
  const { node, socket } = await opened(t)
  node.sink = into(new Uint8Array())
  socket.write(`PUT /mesh/v1/jobs/j/tiles/3 HTTP/1.1\r\nhost: x\r\ncontent-type: ${mediaTypes.chunks}\r\n`)
  socket.write('content-length: 100\r\n\r\n')
  await ended(socket)
  await t.rejects(Promise.all(node.received), { code: 'GEMMESH_TRANSFER_CORRUPT' })
})

t.test('a receiver that stops reading a block is not waited for', async t => {
  const { node, socket } = await opened(t)
  const letGo = Promise.withResolvers<void>()
  async function* payload() {
    try {
      for (let i = 0; i < 64; i++) yield new Uint8Array(MiB)
    } finally {
      letGo.resolve()
    }
  }
  node.block = { header: headerOf(64 * MiB), payload: payload() }
  socket.pause()
  socket.write('GET /mesh/v1/matrices/ab/blocks/0/0 HTTP/1.1\r\nhost: x\r\n\r\n')
  await letGo.promise
})

t.test('a tile that this node is slow to take is not cut off', async t => {
  const node = meshNode({}, idleMs)
  t.teardown(() => node.app.close())
  const origin = await listen(node.app, '127.0.0.1', 0)
  const link = new HttpLink()
  t.teardown(() => link.close())
  const twoSilences = silences(node.app.server, 2)
  node.sink = { begin: () => twoSilences, data() {} }
  await link.push(origin, '/mesh/v1/jobs/j/tiles/3', tileHeader(4 * MiB), [new Uint8Array(4 * MiB)])
  t.equal((await node.received[0])?.payloadBytes, 4 * MiB)
})

t.test('the silence of this node itself ends nothing', async t => {
  const { socket } = await opened(t)
  socket.write('GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  let answer = ''
  socket.setEncoding('utf8').on('data', text => {
    answer += text
  })
  await once(socket, 'end')
  t.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*done$/)
})
