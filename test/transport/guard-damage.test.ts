/** Every bit of a message and of its answer, flipped on the way: refused, or without meaning. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { asGemmeshError } from '../../src/errors.ts'
import { HttpLink } from '../../src/transport/http-link.ts'
import { listen } from '../../src/transport/listen.ts'
import { Traffic } from '../../src/transport/traffic.ts'
import { samples } from '../protocol/samples.ts'
import { meshNode } from './mesh.ts'

const { request, reply } = samples.heartbeat

/** A server that reads one request, answers with what `answer` makes of it, and ends the connection. */
async function answering(t: Test, answer: (request: Buffer) => Buffer): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', bytes => socket.end(answer(Buffer.from(bytes))))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

function linkFor(t: Test): HttpLink {
  const link = new HttpLink()
  t.teardown(() => link.close())
  return link
}

/** Sends these bytes and no more; all that comes back. */
async function exchanged(origin: string, bytes: Buffer): Promise<Buffer> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.end(bytes)
  return buffer(socket).catch(() => Buffer.alloc(0))
}

/** The bytes with each of their bits flipped, one at a time. */
function* flips(bytes: Buffer): Generator<{ bit: number; flipped: Buffer }> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    yield { bit, flipped }
  }
}

/** A heartbeat as a link sends it, and what the node answers. */
async function recorded(
  t: Test,
): Promise<{ sent: Buffer; answered: Buffer; origin: string; node: ReturnType<typeof meshNode> }> {
  let sent: Buffer = Buffer.alloc(0)
  const ear = await answering(t, bytes => {
    sent = bytes
    return Buffer.alloc(0)
  })
  await t.rejects(linkFor(t).call(ear, 'heartbeat', request))
  const node = meshNode()
  t.teardown(() => node.app.close())
  const origin = await listen(node.app, '127.0.0.1', 0)
  const answered = await exchanged(origin, sent)
  t.match(answered.toString('latin1'), /^HTTP\/1.1 200 [\s\S]*gemmesh-checksum: [0-9a-f]{8}-[0-9a-f]{8}\r\n/)
  t.same(node.asked.get('heartbeat'), request)
  return { sent, answered, origin, node }
}

t.test('a request', async t => {
  const { sent, origin, node } = await recorded(t)
  let refused = 0
  const others: string[] = []
  for (const { bit, flipped } of flips(sent)) {
    node.asked.clear()
    const answer = (await exchanged(origin, flipped)).toString('latin1')
    if (!answer.startsWith('HTTP/1.1 2')) refused++
    // Anything else would not be sent again: the sender would take its own message for wrong.
    const [code = 'GEMMESH_TRANSFER_CORRUPT'] = /GEMMESH_[A-Z_]+/.exec(answer) ?? []
    if (code !== 'GEMMESH_TRANSFER_CORRUPT') others.push(`bit ${bit}: ${code}`)
    for (const [name, asked] of node.asked) {
      // Such as a bit of the Host header, which nobody reads, or of the checksum's own name.
      if (name === 'heartbeat' && isSame(asked, request)) continue
      t.fail(`bit ${bit} made it ${name} ${JSON.stringify(asked)}`)
    }
  }
  t.strictSame(others, [])
  t.ok(refused > (sent.length * 8) / 2, `${refused} of ${sent.length * 8} were refused`)
  t.ok(node.traffic.damaged > 0, `${node.traffic.damaged} were counted as damaged`)
})

t.test('an answer', async t => {
  const { answered } = await recorded(t)
  let next = answered
  const origin = await answering(t, () => next)
  const link = linkFor(t)
  let refused = 0
  for (const { bit, flipped } of flips(answered)) {
    next = flipped
    try {
      const heard = await link.call(origin, 'heartbeat', request)
      if (!isSame(heard, reply)) t.fail(`bit ${bit} made it ${JSON.stringify(heard)}`)
    } catch (error) {
      refused++
      const { code } = asGemmeshError(error)
      if (code === 'GEMMESH_INTERNAL') t.fail(`bit ${bit}: ${error}`)
    }
  }
  t.ok(refused > 100, `${refused} of ${answered.length * 8} were refused`)
})

t.test('an answer that is no HTTP any more is counted, too', async t => {
  const { answered } = await recorded(t)
  const odd = Buffer.from(answered)
  odd.writeUInt8(
    odd.readUInt8(odd.indexOf('gemmesh-checksum: ') + 20) ^ 128,
    odd.indexOf('gemmesh-checksum: ') + 20,
  )
  const traffic = new Traffic()
  const link = new HttpLink({ traffic })
  t.teardown(() => link.close())
  const origin = await answering(t, () => odd)
  await t.rejects(link.call(origin, 'heartbeat', request), { code: 'GEMMESH_TRANSFER_CORRUPT' })
  t.equal(traffic.damaged, 3, 'once a try')
})

t.test('one that is damaged once is sent again, and counted', async t => {
  const { sent, answered } = await recorded(t)
  let times = 0
  const origin = await answering(t, asked => {
    t.equal(asked.length, sent.length)
    const copy = Buffer.from(answered)
    if (++times < 3) copy.writeUInt8(copy.readUInt8(copy.length - 1) ^ 1, copy.length - 1)
    return copy
  })
  t.same(await linkFor(t).call(origin, 'heartbeat', request), reply)
  t.equal(times, 3)
})

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
