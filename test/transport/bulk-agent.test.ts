/** The connections that bulk data goes over: how many, how long, and what ends them. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Take } from '../../src/protocol/bulk.ts'
import { BulkAgent } from '../../src/transport/bulk-agent.ts'
import { BulkConnection } from '../../src/transport/bulk-connection.ts'
import type { ExchangeRequest } from '../../src/transport/exchange.ts'

const MiB = 2 ** 20

/** A server of raw bytes: `answer` gets each request's head, and the socket. */
async function server(t: Test, answer: (socket: Socket, head: string, connection: number) => void) {
  const sockets: Socket[] = []
  const tcp = createServer(socket => {
    const connection = sockets.push(socket) - 1
    socket.on('error', () => {}).on('data', head => answer(socket, head.toString('latin1'), connection))
  })
  tcp.listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    tcp.close()
  })
  const address = tcp.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return { sockets, origin: `http://127.0.0.1:${port}` }
}

function agentFor(t: Test, idleMs = 10_000): BulkAgent {
  const agent = new BulkAgent({ connectMs: 10_000, idleMs })
  t.teardown(() => agent.close())
  return agent
}

const get = (origin: string, more: Partial<ExchangeRequest> = {}): ExchangeRequest => ({
  ...{ origin, method: 'GET', path: '/x', bulk: true, checksum: '0', answerMs: 10_000, signal: undefined },
  ...more,
})

/** The body of the answer as text. */
async function textOf(agent: BulkAgent, request: ExchangeRequest): Promise<string> {
  const answer = await agent.exchange(request)
  let text = ''
  await answer.body(bytes => {
    text += Buffer.from(bytes).toString('latin1')
  })
  return text
}

const ok = (body: string, ...headers: string[]) =>
  ['HTTP/1.1 200 OK', `content-length: ${body.length}`, ...headers, '', body].join('\r\n')

t.test('a request as it goes out', async t => {
  const heads: string[] = []
  const { origin } = await server(t, (socket, head) => {
    heads.push(head)
    socket.write(ok('yes'))
  })
  const agent = agentFor(t)
  t.equal(await textOf(agent, get(origin)), 'yes')
  t.equal(
    await textOf(agent, get(origin, { method: 'PUT', contentType: 'a/b', body: Buffer.from('abc') })),
    'yes',
  )
  const host = origin.slice('http://'.length)
  t.equal(heads[0], `GET /x HTTP/1.1\r\nhost: ${host}\r\ngemmesh-checksum: 0\r\n\r\n`)
  t.equal(
    heads[1],
    `PUT /x HTTP/1.1\r\nhost: ${host}\r\ngemmesh-checksum: 0\r\ncontent-type: a/b\r\ncontent-length: 3\r\n\r\nabc`,
  )
  await t.rejects(textOf(agent, get(origin, { path: '/a b\r\nx: y' })), { code: 'GEMMESH_INTERNAL' })
  await t.rejects(textOf(agent, get('https://127.0.0.1:1')), {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /no address of a node/,
  })
})

t.test('four connections to a node, which are used again', async t => {
  const waiting: Socket[] = []
  let together = 4
  const { origin, sockets } = await server(t, socket => {
    waiting.push(socket)
    if (waiting.length < together) return
    for (const each of waiting.splice(0)) each.write(ok('body'))
  })
  const agent = agentFor(t)
  for (let round = 0; round < 3; round++)
    t.same(
      await Promise.all(Array.from({ length: 8 }, () => textOf(agent, get(origin)))),
      Array(8).fill('body'),
    )
  t.equal(sockets.length, 4)
  together = 1
  for (let i = 0; i < 8; i++) t.equal(await textOf(agent, get(origin)), 'body')
  t.equal(sockets.length, 4)
})

t.test('a connection that its server closes, or ends, or says too much on, is not used again', async t => {
  const answers = [ok('a', 'connection: close'), ok('b'), `${ok('c')}HTTP/1.1 200 OK\r\n`, ok('d')]
  const { origin, sockets } = await server(t, (socket, _head, connection) => {
    const answer = answers[connection] ?? ok('e')
    if (connection === 1) socket.end(answer)
    else socket.write(answer)
  })
  const agent = agentFor(t)
  t.equal(await textOf(agent, get(origin)), 'a')
  t.equal(await textOf(agent, get(origin)), 'b')
  const [, second] = sockets
  if (second && !second.destroyed) await once(second, 'close')
  await t.rejects(textOf(agent, get(origin)), { code: 'GEMMESH_PROTOCOL_MISMATCH' })
  t.equal(await textOf(agent, get(origin)), 'd')
  t.equal(sockets.length, 4)
})

t.test('who waits in line may give up, and does when the link ends', async t => {
  const { origin, sockets } = await server(t, () => {})
  const agent = agentFor(t)
  const busy = Array.from({ length: 4 }, () => agent.exchange(get(origin)))
  const reason = new Error('no longer wanted')
  const midway = new AbortController()
  const [aborted, left] = [
    agent.exchange(get(origin, { signal: midway.signal })),
    agent.exchange(get(origin)),
  ]
  midway.abort(reason)
  await t.rejects(aborted, reason)
  agent.close()
  for (const exchange of [...busy, left, agent.exchange(get(origin))])
    await t.rejects(exchange, { code: 'GEMMESH_NODE_UNREACHABLE', message: /this node is ending/ })
  t.ok(sockets.length <= 4)
})

t.test('who waits in line gets the place of a connection that fails', async t => {
  const { origin, sockets } = await server(t, (socket, _head, connection) => {
    if (connection < 4) socket.destroy()
    else socket.write(ok('at last'))
  })
  const agent = agentFor(t)
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => textOf(agent, get(origin))))
  t.equal(outcomes.filter(({ status }) => status === 'rejected').length, 4)
  t.equal(outcomes.filter(outcome => outcome.status === 'fulfilled' && outcome.value === 'at last').length, 2)
  t.ok(sockets.length <= 6)
})

t.test('when all connections fail at once, each of those who wait gets a new one', async t => {
  const allBusy = Promise.withResolvers<void>()
  const { origin, sockets } = await server(t, (socket, _head, connection) => {
    if (connection >= 4) socket.write(ok('at last'))
    else if (connection === 3) allBusy.resolve()
  })
  const agent = agentFor(t)
  const midway = new AbortController()
  const busy = Array.from({ length: 4 }, () => agent.exchange(get(origin, { signal: midway.signal })))
  await allBusy.promise
  const waiting = Array.from({ length: 4 }, () => textOf(agent, get(origin)))
  midway.abort(new Error('enough'))
  for (const exchange of busy) await t.rejects(exchange, { message: 'enough' })
  t.same(await Promise.all(waiting), Array(4).fill('at last'))
  t.ok(sockets.length <= 8)
})

t.test('a connection that has ended takes no exchange', async t => {
  const { origin } = await server(t, () => {})
  const closed = Promise.withResolvers<void>()
  const owner = { onFree() {}, onClosed: () => closed.resolve() }
  const connection = new BulkConnection(origin, { connectMs: 10_000, idleMs: 10_000 }, owner)
  connection.destroy(new Error('no more'))
  await closed.promise
  await t.rejects(connection.exchange(get(origin)), { code: 'GEMMESH_NODE_UNREACHABLE' })
})

t.test('silence in the middle of a body, and of a request', async t => {
  const { origin } = await server(t, (socket, head) => {
    if (head.startsWith('GET')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')
    else socket.pause()
  })
  const agent = agentFor(t, 30)
  await t.rejects(textOf(agent, get(origin)), {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /fell silent in the middle of its answer/,
  })
  async function* groups() {
    for (let i = 0; i < 64; i++) yield [new Uint8Array(MiB)]
  }
  const body = { bytes: 64 * MiB, groups: groups() }
  await t.rejects(agent.exchange(get(origin, { method: 'PUT', body, answerMs: 30 })), {
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: /does not take what is sent/,
  })
})

/** Time passes: so long as it takes other connections of this agent to be found silent, some times over. */
async function silences(agent: BulkAgent, stalled: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await textOf(agent, get(stalled)).catch(() => {})
}

t.test(
  "a taker, or a source, that is slower than any time limit: the silence is this side's own",
  async t => {
    const stalled = await server(t, socket =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
    )
    const { origin } = await server(t, (socket, head) => {
      if (head.startsWith('GET')) socket.write(ok('slowly'))
      else if (head.includes('rest')) socket.write(ok('thanks'))
    })
    const agent = agentFor(t, 30)
    const answer = await agent.exchange(get(origin))
    let taken = ''
    const slowly: Take = async bytes => {
      await silences(agent, stalled.origin, 3)
      taken += Buffer.from(bytes).toString()
    }
    await answer.body(slowly)
    t.equal(taken, 'slowly')

    async function* groups() {
      yield [Buffer.from('some, ')]
      await silences(agent, stalled.origin, 3)
      yield [Buffer.from('rest')]
    }
    const body = { bytes: 10, groups: groups() }
    t.equal(await textOf(agent, get(origin, { method: 'PUT', body, answerMs: 30 })), 'thanks')
  },
)

t.test('an abort or a failure is told when nothing is being taken any more', async t => {
  const { origin, sockets } = await server(t, socket =>
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf`),
  )
  const agent = agentFor(t)
  const abort = (midway: AbortController) => midway.abort(new Error('enough'))
  for (const fail of [abort, () => sockets.at(-1)?.destroy()]) {
    const midway = new AbortController()
    const answer = await agent.exchange(get(origin, { signal: midway.signal }))
    const [taking, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let settled = false
    let taken = 0
    const body = answer
      .body(() => {
        taken++
        taking.resolve()
        return done.promise
      })
      .finally(() => {
        settled = true
      })
    body.catch(() => {})
    await taking.promise
    fail(midway)
    await new Promise(setImmediate)
    t.notOk(settled)
    done.resolve()
    await t.rejects(body)
    t.equal(taken, 1)
  }
})
