import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { Liveness } from '../../../src/roles/assign/liveness.ts'

const gamma = { name: 'gamma', incarnation: 'gamma-1' }

async function listening(
  t: Test,
  ip: string,
): Promise<{ server: Server; port: number; accepted: () => Promise<Socket> }> {
  const sockets: Socket[] = []
  let next = Promise.withResolvers<void>()
  const server = createServer(socket => {
    socket.on('error', () => {})
    sockets.push(socket)
    next.resolve()
    next = Promise.withResolvers()
  }).listen(0, ip)
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const accepted = async (): Promise<Socket> => {
    while (sockets.length === 0) await next.promise
    return sockets.shift() ?? accepted()
  }
  return { server, port, accepted }
}

/** A slave that listens, with a connection to its master; and what the master finds out about it. */
async function open(t: Test) {
  const [master, slave] = [await listening(t, '127.0.0.1'), await listening(t, '127.0.0.5')]
  const caller = connect({ host: '127.0.0.1', port: master.port, localAddress: '127.0.0.5' })
  t.teardown(() => caller.destroy())
  const socket = await master.accepted()
  const present = new Set(['gamma-1'])
  const gone = Promise.withResolvers<string>()
  const asked: string[] = []
  const liveness = new Liveness({
    ip: '127.0.0.1',
    addressOf: name => (name === 'gamma' ? { ip: '127.0.0.5', port: slave.port } : undefined),
    isPresent: ({ incarnation }) => {
      asked.push(incarnation)
      return present.has(incarnation)
    },
    onGone: ({ incarnation }, reason) => gone.resolve(`${incarnation}: ${reason}`),
  })
  t.teardown(() => liveness.close())
  return { liveness, socket, caller, slave, present, gone: gone.promise, asked }
}

t.test('a slave whose connection ends and whose port is closed is gone', async t => {
  const { liveness, socket, caller, slave, gone } = await open(t)
  liveness.heard(gamma, { ip: '127.0.0.5', socket })
  liveness.heard(gamma, { ip: '127.0.0.5', socket })
  slave.server.close()
  await once(slave.server, 'close')
  caller.resetAndDestroy()
  t.match(await gone, /^gamma-1: 127.0.0.5:\d+ refuses the connection/)
})

t.test('one whose port closes a moment later, too', async t => {
  const { liveness, socket, caller, slave, gone } = await open(t)
  liveness.heard(gamma, { ip: '127.0.0.5', socket })
  caller.destroy()
  await slave.accepted() // it is called, and still listens
  slave.server.close()
  t.match(await gone, /^gamma-1/)
})

t.test('one that still listens is called, a few times, and stays', async t => {
  const { liveness, socket, caller, slave, asked } = await open(t)
  liveness.heard(gamma, { ip: '127.0.0.5', socket })
  caller.destroy()
  const call = await slave.accepted()
  t.equal(call.remoteAddress, '127.0.0.1')
  await slave.accepted()
  t.ok(asked.length >= 2)
})

t.test('one that left, or was started anew, is not called; nor is anybody once the master ends', async t => {
  const left = await open(t)
  left.liveness.heard(gamma, { ip: '127.0.0.5', socket: left.socket })
  left.present.clear()
  left.caller.destroy()
  await once(left.socket, 'close')
  t.strictSame(left.asked, ['gamma-1'])
  const ending = await open(t)
  ending.liveness.heard(gamma, { ip: '127.0.0.5', socket: ending.socket })
  ending.liveness.close()
  ending.caller.destroy()
  await once(ending.socket, 'close')
  t.strictSame(ending.asked, [])
})

t.test('a heartbeat without a connection is none to watch', async t => {
  const { liveness, asked } = await open(t)
  liveness.heard(gamma, { ip: '127.0.0.1' })
  t.strictSame(asked, [])
})
