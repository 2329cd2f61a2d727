/** What encodeChunks sends, decodeChunks takes, however it is cut, and refuses, however it is damaged. */
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import t from 'tap'
import { bytesPerElement, dtypes } from '../../src/core/matrix.ts'
import { GemmeshError } from '../../src/errors.ts'
import { payloadBytesOf } from '../../src/protocol/bulk.ts'
import { decodeChunks } from '../../src/protocol/decode-chunks.ts'
import { limits } from '../../src/protocol/limits.ts'
import { BulkHeader } from '../../src/protocol/messages.ts'
import { captured, cut, decoded, digestOf, gmac, MiB, pattern, sourceOf } from './chunk-streams.ts'
import { ref } from './samples.ts'

t.test('what is sent arrives, for every size around a chunk', async t => {
  const sizes = [0, 1, 2, MiB / 8 - 1, MiB / 8, MiB / 8 + 1, MiB / 4 + 3]
  for (const dtype of dtypes)
    for (const columns of sizes) {
      const header: BulkHeader = { dtype, rows: columns === 0 ? 5 : 1, columns, id: ref, slave: 'gamma' }
      const payload = pattern(payloadBytesOf(header))
      const target = new Uint8Array(payload.length)
      const received = await decoded([await captured(header, [payload])], target)
      t.same(received.header, header)
      t.equal(received.begun, 1)
      t.equal(received.payloadBytes, columns * bytesPerElement[dtype])
      t.equal(received.digest, digestOf(payload))
      t.equal(Buffer.compare(target, payload), 0)
    }
})

t.test('property: neither the pieces of the sender nor those of the network matter', async t => {
  const places = fc.array(fc.nat(3 * MiB), { maxLength: 12 })
  const property = fc.asyncProperty(
    fc.constantFrom(...dtypes),
    fc.oneof(fc.nat(40), fc.nat((2 * MiB) / 8)),
    places,
    places,
    async (dtype, columns, sent, arrived) => {
      const header: BulkHeader = { dtype, rows: 1, columns }
      const payload = pattern(payloadBytesOf(header))
      const bytes = await captured(header, cut(payload, sent))
      const target = new Uint8Array(payload.length)
      const received = await decoded(cut(bytes, arrived), target)
      return received.digest === digestOf(payload) && Buffer.compare(target, payload) === 0
    },
  )
  await t.resolves(fc.assert(property, { seed: 1, numRuns: 60 }))
})

t.test('byte by byte', async t => {
  const header: BulkHeader = { dtype: 'float32', rows: 3, columns: 5, id: ref, slave: 'gamma' }
  const payload = pattern(60)
  const target = new Uint8Array(60)
  const bytes = await captured(header, [payload])
  await decoded(
    Array.from(bytes, byte => Uint8Array.of(byte)),
    target,
  )
  t.same(target, payload)
})

t.test('every single flipped bit, missing byte and added byte is detected', async t => {
  const header: BulkHeader = { dtype: 'float32', rows: 2, columns: 3, id: { ...ref, job: 'j' }, slave: 'g' }
  const payload = pattern(24)
  const good = await captured(header, [payload])
  const accepted: string[] = []
  const attempt = async (what: string, bytes: Uint8Array) => {
    const target = new Uint8Array(4096)
    try {
      await decoded([bytes], target)
      accepted.push(what)
    } catch (error) {
      if (!(error instanceof GemmeshError) || error.code !== 'GEMMESH_TRANSFER_CORRUPT') throw error
    }
  }
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = Uint8Array.from(good)
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    await attempt(`bit ${bit}`, bad)
  }
  for (let at = 0; at < good.length; at++) {
    await attempt(`cut at ${at}`, good.subarray(0, at))
    await attempt(`without byte ${at}`, Buffer.concat([good.subarray(0, at), good.subarray(at + 1)]))
    await attempt(
      `a byte more at ${at}`,
      Buffer.concat([good.subarray(0, at), Uint8Array.of(0), good.subarray(at)]),
    )
  }
  await attempt('a byte more at the end', Buffer.concat([good, Uint8Array.of(0)]))
  await attempt('twice', Buffer.concat([good, good]))
  t.same(accepted, [])
})

t.test('property: a flipped bit in a stream of several chunks is detected', async t => {
  const header: BulkHeader = { dtype: 'int32', rows: 640, columns: 1024, id: ref }
  const good = await captured(header, [pattern(2.5 * MiB)])
  const property = fc.asyncProperty(fc.nat(good.length - 1), fc.nat(7), fc.nat(), async (at, bit, place) => {
    const bad = Uint8Array.from(good)
    bad[at] = (bad[at] ?? 0) ^ (1 << bit)
    const error = await decoded(cut(bad, [place]), new Uint8Array(4 * MiB)).catch(error => error)
    return error instanceof GemmeshError && error.code === 'GEMMESH_TRANSFER_CORRUPT'
  })
  await t.resolves(fc.assert(property, { seed: 3, numRuns: 40 }))
})

t.test('property: noise is never taken for data, and is refused without being gathered', async t => {
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 6000 }), async noise => {
    const error = await decoded([noise], new Uint8Array(0)).catch(error => error)
    return error instanceof GemmeshError && error.code === 'GEMMESH_TRANSFER_CORRUPT'
  })
  await t.resolves(fc.assert(property, { seed: 2, numRuns: 300 }))
})

t.test('each kind of damage is named', async t => {
  const root = await protobuf.load(fileURLToPath(new URL('../../src/protocol/wire.proto', import.meta.url)))
  const Chunk = root.lookupType('gemmesh.wire.Chunk')
  const header: BulkHeader = { dtype: 'int32', rows: 1, columns: 4 }
  const payload = pattern(16)
  const good = await captured(header, [payload])
  const first = good.subarray(0, (good[0] ?? 0) + 1)
  const last = good.subarray(first.length)
  const chunk = (fields: object) => Chunk.encodeDelimited(Chunk.fromObject(fields)).finish()
  const tag = (bytes: Uint8Array) => Buffer.from(gmac(bytes), 'hex')
  const more = await captured({ ...header, columns: MiB }, [pattern(4 * MiB)])
  const long = more.subarray(0, (more[0] ?? 0) + 1)
  const huge = { ...header, rows: 2 ** 50, columns: 2 ** 50 }
  const empty = Buffer.alloc(0)
  const table: [string, Uint8Array, RegExp][] = [
    ['nothing', empty, /ended after 0 bytes/],
    ['the header alone', first, /ended after 0 of 16 bytes/],
    ['cut in the payload', good.subarray(0, good.length - 3), /ended after 13 of 16 bytes/],
    ['no header', last, /first chunk is not a header alone/],
    ['two headers', Buffer.concat([first, first]), /a second header/],
    ['more than announced', Buffer.concat([good, last]), /\d+ bytes or more follow its end/],
    [
      'a gap',
      Buffer.concat([first, chunk({ offset: 8, data: payload.subarray(8) })]),
      /for offset 8, expected 0/,
    ],
    [
      'an empty chunk',
      Buffer.concat([first, chunk({ offset: 0 })]),
      /a chunk has 0 bytes of data, expected 16/,
    ],
    [
      'too long',
      Buffer.concat([first, chunk({ data: Buffer.alloc(17) })]),
      /a chunk has 17 bytes of data, expected 16 at 0 of 16/,
    ],
    [
      'too short a chunk',
      Buffer.concat([first, chunk({ data: payload.subarray(0, 4) })]),
      /a chunk has 4 bytes of data, expected 16 at 0 of 16/,
    ],
    ['no checksum', Buffer.concat([first, chunk({ data: payload })]), /a chunk has a checksum of 0 bytes/],
    [
      'no digest',
      Buffer.concat([first, chunk({ data: payload, checksum: tag(payload) })]),
      /a digest of 0 bytes stands in the last chunk/,
    ],
    [
      'another digest',
      Buffer.concat([first, chunk({ data: payload, checksum: tag(payload), digest: tag(payload) })]),
      /its digest is [0-9a-f]{32}, the sender's was [0-9a-f]{32}/,
    ],
    [
      'a long chunk',
      Buffer.concat([long, chunk({ data: Buffer.alloc(MiB + 1) })]),
      /a chunk has 1048577 bytes of data, expected 1048576/,
    ],
    [
      'an early digest',
      Buffer.concat([long, chunk({ data: pattern(MiB), checksum: tag(pattern(MiB)), digest: tag(payload) })]),
      /a digest of 16 bytes stands in an earlier/,
    ],
    [
      'a long prefix',
      chunk({ header: { slave: 'x'.repeat(limits.chunkPrefixBytes) } }),
      /more than 4096 bytes stand before/,
    ],
    [
      'a header that no machine can fill',
      chunk({ header: BulkHeader.toWire(huge, ''), crc32: crc32(BulkHeader.encode(huge)) }),
      /announces 5\.07/,
    ],
    ['not protobuf', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /it is no stream of chunks/],
  ]
  for (const [what, bytes, message] of table)
    await t.rejects(decoded([bytes], new Uint8Array(16)), { code: 'GEMMESH_TRANSFER_CORRUPT', message }, what)
})

t.test('what the sink throws comes back as it is, and no more is pulled', async t => {
  const header: BulkHeader = { dtype: 'int32', rows: 512, columns: 1024 }
  const bytes = await captured(header, [pattern(2 * MiB)])
  const refusal = new GemmeshError('GEMMESH_TILE_REFUSED', 'no such unit')
  let pulled = 0
  let ended = false
  async function* source() {
    try {
      for (let at = 0; at < bytes.length; at += 65536) {
        pulled++
        yield bytes.subarray(at, at + 65536)
      }
    } finally {
      ended = true
    }
  }
  const sink = {
    begin: () => Promise.reject(refusal),
    data: () => Promise.reject(new Error('data after a refusal')),
  }
  await t.rejects(decodeChunks(sourceOf(source()), sink), refusal)
  t.equal(pulled, 1)
  t.ok(ended)
})

t.test('a slow sink holds the source back', async t => {
  const header: BulkHeader = { dtype: 'int32', rows: 1024, columns: 1024 }
  const bytes = await captured(header, [pattern(4 * MiB)])
  let pulledBytes = 0
  let takenBytes = 0
  let inFlight = 0
  async function* source() {
    for (let at = 0; at < bytes.length; at += 65536) {
      const piece = bytes.subarray(at, at + 65536)
      pulledBytes += piece.length
      inFlight = Math.max(inFlight, pulledBytes - takenBytes)
      yield piece
    }
  }
  await decodeChunks(sourceOf(source()), {
    begin() {},
    async data(_offset, piece) {
      await new Promise(setImmediate)
      takenBytes += piece.length
    },
  })
  t.ok(inFlight < 2 * 65536, `${inFlight} bytes at most between source and sink`)
})
