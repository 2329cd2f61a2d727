import t, { type Test } from 'tap'
import { HttpLink } from '../../src/transport/http-link.ts'
import { listen } from '../../src/transport/listen.ts'
import { buildServer } from '../../src/transport/server.ts'
import { Traffic } from '../../src/transport/traffic.ts'
import { samples } from '../protocol/samples.ts'

const app = (t: Test) => {
  const server = buildServer({ name: 'alpha', counters: new Traffic() })
  t.teardown(() => server.close())
  return server
}
t.test('a node binds its own address and no other', async t => {
  const server = app(t)
  const origin = await listen(server, '127.0.0.2', 0)
  t.match(origin, /^http:\/\/127\.0\.0\.2:\d+$/)
  t.equal(server.addresses().length, 1)
  const link = new HttpLink()
  t.teardown(() => link.close())
  const call = (ip: string) =>
    link.call(origin.replace('127.0.0.2', ip), 'register', samples.register.request)
  await t.rejects(call('127.0.0.2'), { code: 'GEMMESH_ROUTE_UNKNOWN' })
  await t.rejects(call('127.0.0.1'), { code: 'GEMMESH_NODE_UNREACHABLE' })
})

t.test('an address that cannot be bound is named, with the remedy', async t => {
  const origin = await listen(app(t), '127.0.0.1', 0)
  const port = Number(new URL(origin).port)
  await t.rejects(listen(app(t), '127.0.0.1', port), {
    code: 'GEMMESH_PORT_TAKEN',
    message: `127.0.0.1:${port} cannot be bound: another process has it`,
  })
  await t.rejects(listen(app(t), '192.0.2.1', 0), {
    code: 'GEMMESH_PORT_TAKEN',
    message: '192.0.2.1:0 cannot be bound: it is not an address of this machine',
  })
})
