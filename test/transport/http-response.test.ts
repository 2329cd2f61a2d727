import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import t from 'tap'
import { ResponseReader } from '../../src/transport/http-response.ts'
import { cut } from '../protocol/chunk-streams.ts'

/** Reads pieces, as they would arrive; the body is what came of it. */
function read(pieces: Iterable<Uint8Array>) {
  const reader = new ResponseReader()
  const body: Uint8Array[] = []
  for (const piece of pieces)
    for (let at = 0; at < piece.length; ) {
      const { taken, body: part } = reader.read(piece.subarray(at))
      if (taken === 0) throw new Error('it would never end')
      at += taken
      if (part) body.push(Buffer.from(part))
    }
  return { reader, body: Buffer.concat(body).toString('latin1') }
}

const text = (...lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1')

/** What comes before the body, and how it is framed; where it is, the whole response is complete. */
const responses: Record<string, { bytes: Uint8Array; status: number; body: string; keepsAlive?: boolean }> = {
  'a content length': {
    bytes: text('HTTP/1.1 200 OK', 'Content-Length:  5 ', 'X:', '', 'hello'),
    status: 200,
    body: 'hello',
  },
  'no content': { bytes: text('HTTP/1.1 204 No Content', 'x: y', '', ''), status: 204, body: '' },
  'a length of zero': { bytes: text('HTTP/1.1 500', 'content-length: 0', '', ''), status: 500, body: '' },
  'chunks, with an extension and a trailer': {
    bytes: text(
      ...['HTTP/1.1 200 OK', 'transfer-encoding: Chunked', '', '5;a=b', 'hello', '00D', '\r\nin between\r'],
      ...['0', 'checksum: x', '', ''],
    ),
    status: 200,
    body: 'hello\r\nin between\r',
  },
  'an interim response before it': {
    bytes: text('HTTP/1.1 103 Early', 'link: x', '', 'HTTP/1.1 200 OK', 'content-length: 1', '', 'x'),
    status: 200,
    body: 'x',
  },
  'the last one of a connection': {
    bytes: text('HTTP/1.1 409 Conflict', 'Connection: Close', 'content-length: 1', '', 'x'),
    ...{ status: 409, body: 'x', keepsAlive: false },
  },
  'one of HTTP/1.0': {
    bytes: text('HTTP/1.0 200 OK', 'content-length: 1', '', 'x'),
    ...{ status: 200, body: 'x', keepsAlive: false },
  },
}

t.test('every framing, whole and byte by byte', async t => {
  for (const [what, { bytes, status, body, keepsAlive = true }] of Object.entries(responses))
    for (const pieces of [[bytes], Array.from(bytes, byte => Uint8Array.of(byte))]) {
      const got = read(pieces)
      t.match(got.reader.head, { status, keepsAlive }, what)
      t.equal(got.body, body, what)
      t.ok(got.reader.complete, what)
    }
})

t.test('a body without length ends with the connection, any other does not', async t => {
  const open = read([text('HTTP/1.1 200 OK', 'x: y', '', 'all of ', 'it')])
  t.equal(open.body, 'all of \r\nit')
  t.match(open.reader, { complete: false, head: { keepsAlive: false } })
  t.ok(open.reader.end())
  t.notOk(read([text('HTTP/1.1 200 OK', 'content-length: 5', '', 'hell')]).reader.end())
  t.notOk(read([text('HTTP/1.1 200 OK', 'content-length: 5')]).reader.end())
})

t.test('property: how it is cut does not matter, nor that more of the head came first', async t => {
  const names = Object.keys(responses)
  const property = fc.property(fc.constantFrom(...names), fc.array(fc.nat(400)), (name, places) => {
    const { bytes, body } = responses[name] ?? { bytes: new Uint8Array(), body: '' }
    const got = read(cut(bytes, places))
    return got.body === body && got.reader.complete
  })
  t.doesNotThrow(() => fc.assert(property, { seed: 5, numRuns: 1000 }))
})

t.test('what is no such response is refused at once', async t => {
  const table: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['another protocol', text('SSH-2.0-OpenSSH_9'), /not a status line/],
    ['HTTP/2', text('HTTP/2 200', '', ''), /its first line is "HTTP\/2 200"/],
    ['a status that is none', text('HTTP/1.1 999 x', '', ''), /first line is "HTTP\/1\.1 999 x"/],
    ['a header without a colon', text('HTTP/1.1 200 OK', 'nonsense', '', ''), /a header is "nonsense"/],
    ['a folded header', text('HTTP/1.1 200 OK', 'a: b', ' c', '', ''), /a header is " c"/],
    ['another coding', text('HTTP/1.1 200 OK', 'transfer-encoding: gzip, chunked', '', ''), /coding "gzip, /],
    ['two lengths', text('HTTP/1.1 200 OK', ...Array(2).fill('content-length: 5'), '', ''), /"5, 5"/],
    ['a negative length', text('HTTP/1.1 200 OK', 'content-length: -1', '', ''), /length "-1"/],
    [
      'no chunk size',
      text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', 'xyz', ''),
      /chunk size "xyz"/,
    ],
    [
      'a chunk that goes on',
      text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '1', 'ab', ''),
      /a chunk is longer than it says/,
    ],
    ['a head without end', Buffer.from(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4000)}`), /longer than 16384/],
    [
      'a line without end',
      text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', `1;${'x'.repeat(2000)}`),
      /a line between chunks has no end/,
    ],
    ['more than it says', text('HTTP/1.1 200 OK', 'content-length: 1', '', 'xy'), /bytes follow a complete/],
  ]
  for (const [what, bytes, message] of table)
    t.throws(() => read([bytes]), { code: 'GEMMESH_PROTOCOL_MISMATCH', message }, what)
})

t.test('property: noise after a good beginning never hangs and never crashes', async t => {
  const property = fc.property(
    fc.constantFrom(...Object.keys(responses)),
    fc.nat(200),
    fc.uint8Array(),
    (name, at, noise) => {
      const { bytes } = responses[name] ?? { bytes: new Uint8Array() }
      try {
        read([bytes.subarray(0, at), noise])
        return true
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'GEMMESH_PROTOCOL_MISMATCH'
      }
    },
  )
  t.doesNotThrow(() => fc.assert(property, { seed: 6, numRuns: 2000 }))
})

t.test('what node:http answers', async t => {
  const server = createServer((request, response) => {
    if (request.url === '/length') response.setHeader('content-length', 300_000)
    response.write(Buffer.alloc(100_000, 'a'))
    response.end(Buffer.alloc(200_000, 'b'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  for (const path of ['/length', '/chunked']) {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.end(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
    const { reader, body } = read([await buffer(socket)])
    t.ok(reader.complete, path)
    t.equal(body, 'a'.repeat(100_000) + 'b'.repeat(200_000), path)
  }
})
