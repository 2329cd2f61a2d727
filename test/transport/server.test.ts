import type { Test } from 'tap'
import t from 'tap'
import Type from 'typebox'
import { GemmeshError } from '../../src/errors.ts'
import { limits } from '../../src/protocol/limits.ts'
import { Fault } from '../../src/protocol/messages.ts'
import { mediaTypes, routes } from '../../src/protocol/routes.ts'
import { serveRoute } from '../../src/transport/serve.ts'
import { buildServer } from '../../src/transport/server.ts'
import { Traffic } from '../../src/transport/traffic.ts'
import { samples } from '../protocol/samples.ts'

function server(t: Test) {
  const app = buildServer({ name: 'alpha', counters: new Traffic() })
  t.teardown(() => app.close())
  return app
}

t.test('users get problem+json', async t => {
  const app = server(t)
  const Body = Type.Object({ alpha: Type.Number() }, { additionalProperties: false })
  app.post('/v1/jobs', { schema: { body: Body } }, () => 'ok')
  app.get('/v1/busy', () => {
    throw new GemmeshError('GEMMESH_BUSY', 'the queue holds 8 jobs, the limit is 8', { faults: ['a'] })
  })
  app.get('/v1/broken', () => {
    throw new TypeError('x is undefined')
  })
  const json = { 'content-type': 'application/json' }
  const table = [
    [{ method: 'GET', url: '/v1/busy' }, 503, 'GEMMESH_BUSY', /the queue holds 8 jobs/],
    [{ method: 'GET', url: '/v1/broken' }, 500, 'GEMMESH_INTERNAL', /x is undefined/],
    [{ method: 'GET', url: '/v1/none' }, 404, 'GEMMESH_ROUTE_UNKNOWN', /alpha has no route GET \/v1\/none/],
    [{ method: 'DELETE', url: '/v1/jobs' }, 404, 'GEMMESH_ROUTE_UNKNOWN', /DELETE/],
    [{ method: 'GET', url: '/v1/%zz' }, 400, 'GEMMESH_USAGE', /%zz/],
    [
      { method: 'POST', url: '/v1/jobs', headers: json, body: '{"alpha":1,"gamma":2}' },
      400,
      'GEMMESH_USAGE',
      /body must NOT have additional properties: "gamma"$/,
    ],
    [
      { method: 'POST', url: '/v1/jobs', headers: json, body: '{"alpha":"2"}' },
      400,
      'GEMMESH_USAGE',
      /alpha must be number/,
    ],
    [{ method: 'POST', url: '/v1/jobs', headers: json, body: '{' }, 400, 'GEMMESH_USAGE', /JSON/],
    [
      { method: 'POST', url: '/v1/jobs', headers: json, body: `"${'x'.repeat(2 ** 20)}"` },
      400,
      'GEMMESH_USAGE',
      /1048576/,
    ],
    [
      { method: 'POST', url: '/v1/jobs', headers: { 'content-type': 'text/html' }, body: 'x' },
      400,
      'GEMMESH_USAGE',
      /media type/i,
    ],
  ] as const
  for (const [request, status, code, detail] of table) {
    const answer = await app.inject(request)
    t.equal(answer.statusCode, status, request.url)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.match(answer.json(), { type: `urn:gemmesh:error:${code}`, title: /\w/, status, code, detail })
  }
  const busy = await app.inject('/v1/busy')
  t.equal(busy.headers['retry-after'], '1')
  t.same(busy.json().faults, ['a'])
})

t.test('nodes get a Fault, also for what is no message', async t => {
  const app = server(t)
  serveRoute(app, 'register', () => samples.register.reply)
  const url = routes.register.path
  const headers = { 'content-type': mediaTypes.message }
  const table = [
    [{ method: 'POST', url }, 400, 'GEMMESH_MESSAGE_INVALID', /takes a body of application\/x-protobuf/],
    [
      { method: 'POST', url, headers, body: Buffer.alloc(9, 255) },
      400,
      'GEMMESH_MESSAGE_INVALID',
      /9 bytes are not a Register/,
    ],
    [
      { method: 'POST', url, headers, body: Buffer.alloc(limits.messageBytes + 1) },
      400,
      'GEMMESH_MESSAGE_INVALID',
      /the limit is 2097152 bytes/,
    ],
    [
      { method: 'POST', url, headers: { 'content-type': 'application/json' }, body: '{}' },
      400,
      'GEMMESH_MESSAGE_INVALID',
      /takes a body of/,
    ],
    [{ method: 'GET', url }, 404, 'GEMMESH_ROUTE_UNKNOWN', /alpha has no route GET/],
  ] as const
  for (const [request, status, code, message] of table) {
    const answer = await app.inject(request)
    t.equal(answer.statusCode, status)
    t.equal(answer.headers['content-type'], mediaTypes.message)
    t.match(Fault.decode(answer.rawPayload), { code, message })
  }
})
