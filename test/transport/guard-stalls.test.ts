import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { mediaTypes, routes } from '../../src/protocol/routes.ts'
import { listen } from '../../src/transport/listen.ts'
import { headerOf, into, MiB, meshNode } from './mesh.ts'

const idleMs = 30

async function opened(t: Test) {
  const node = meshNode({}, idleMs)
  const silence = Promise.withResolvers<void>()
  // An answer that takes two silences of this node's own.
  let silences = 0
  node.app.get('/slow', async () => {
    node.app.server.on('timeout', () => {
      if (++silences === 2) silence.resolve()
    })
    await silence.promise
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
