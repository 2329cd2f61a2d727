import { createServer, type Server } from 'node:net'
import { type Test, test } from 'tap'
import { connect } from '../../src/client/index.ts'

/** A server that does with its connections what `serve` says; its origin. */
async function listening(t: Test, serve: Parameters<Server['on']>[1]): Promise<string> {
  const server = createServer().on('connection', serve)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  t.teardown(() => server.close())
  return address !== null && typeof address === 'object' ? `http://127.0.0.1:${address.port}` : ''
}

test('who is not there, is not a master, or is no address', async t => {
  const gone = await new Promise<string>(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        resolve(address !== null && typeof address === 'object' ? `http://127.0.0.1:${address.port}` : ''),
      )
    })
  })
  await t.rejects(connect(gone), {
    code: 'GEMMESH_MASTER_UNREACHABLE',
    message: /ECONNREFUSED.*Start it with/,
  })
  const closing = await listening(t, socket => socket.destroy())
  await t.rejects(connect(closing), { code: 'GEMMESH_MASTER_UNREACHABLE' })
  const other = await listening(t, socket => {
    socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\nconnection: close\r\n\r\nnope')
  })
  await t.rejects(connect(other), { message: /answered 404: nope/ })
  for (const origin of ['nonsense', 'ftp://127.0.0.1:7710', '']) {
    await t.rejects(connect(origin), { code: 'GEMMESH_USAGE', message: /http:\/\/10\.0\.0\.1:7710/ })
  }
})

test('a master that is frozen is given up', async t => {
  const frozen = await listening(t, socket => {
    t.teardown(() => socket.destroy())
  })
  await t.rejects(connect(frozen, { answerMs: 50 }), {
    code: 'GEMMESH_MASTER_UNREACHABLE',
    message: /does not answer/,
  })
})
