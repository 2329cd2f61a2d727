import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'
import t from 'tap'
import { payloadBytesOf } from '../../src/protocol/bulk.ts'
import { encodeChunks } from '../../src/protocol/encode-chunks.ts'
import type { BulkHeader } from '../../src/protocol/messages.ts'
import { captured, decoded, digestOf, gmac, MiB, pattern } from './chunk-streams.ts'
import { ref } from './samples.ts'

t.test('the sender yields the views it was given, also of shared memory', async t => {
  const memory = new SharedArrayBuffer(3 * MiB)
  const payload = pattern(3 * MiB, memory)
  const header: BulkHeader = { dtype: 'int32', rows: 768, columns: 1024 }
  let viewed = 0
  let copied = 0
  for await (const views of encodeChunks(header, [payload]).groups) {
    for (const bytes of views)
      if (bytes.buffer === memory) viewed += bytes.length
      else copied += bytes.length
  }
  t.equal(viewed, payload.length)
  t.ok(copied < 250, `${copied} bytes around the payload`)
})

t.test('many small pieces share a chunk', async t => {
  const header: BulkHeader = { dtype: 'float32', rows: 4096, columns: 64 }
  const rows = Array.from({ length: 4096 }, () => pattern(256))
  const bytes = await captured(header, rows)
  t.ok(bytes.length < MiB + 200, `${bytes.length - MiB} bytes around 1 MiB`)
})

t.test('a stock protobuf decoder reads the same bytes', async t => {
  const root = await protobuf.load(fileURLToPath(new URL('../../src/protocol/wire.proto', import.meta.url)))
  const Chunk = root.lookupType('gemmesh.wire.Chunk')
  const header: BulkHeader = { dtype: 'float64', rows: 2, columns: MiB / 8 + 1, id: ref, slave: 'gamma' }
  const payload = pattern(payloadBytesOf(header))
  const reader = protobuf.Reader.create(await captured(header, [payload]))
  const chunks = []
  while (reader.pos < reader.len) {
    const options = { longs: Number, enums: String, defaults: true } as const
    chunks.push(Chunk.toObject(Chunk.decodeDelimited(reader), options))
  }
  t.match(chunks[0], {
    header: { dtype: 'FLOAT64', rows: 2, columns: MiB / 8 + 1, slave: 'gamma', id: ref },
    offset: 0,
  })
  t.same(
    chunks.map(chunk => [chunk.offset, chunk.data.length]),
    [
      [0, 0],
      [0, MiB],
      [MiB, MiB],
      [2 * MiB, 16],
    ],
  )
  t.equal(Buffer.compare(Buffer.concat(chunks.map(chunk => chunk.data)), payload), 0)
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  for (const { data, checksum } of chunks.slice(1)) t.equal(hex(checksum), gmac(data))
  t.equal(hex(chunks.at(-1)?.digest), digestOf(payload))
})

t.test(
  'what is passed on keeps the digest that it came with: damage since then is seen by both sides',
  async t => {
    for (const header of [
      { dtype: 'float32', rows: 2, columns: MiB / 4 + 3 },
      { dtype: 'int32', rows: 0, columns: 7 },
    ] satisfies BulkHeader[]) {
      const payload = pattern(payloadBytesOf(header))
      let damaged = 0
      const original = { digest: digestOf(payload), onDamaged: () => damaged++ }
      const { digest } = await decoded([await captured(header, [payload], original)], new Uint8Array(3 * MiB))
      t.equal(digest, original.digest)
      t.equal(damaged, 0)
      if (payload.length === 0) continue
      for (const byte of [0, MiB, payload.length - 1]) {
        const bad = payload.slice()
        bad[byte] = (bad[byte] ?? 0) ^ 16
        damaged = 0
        const stream = await captured(header, [bad], original)
        t.equal(damaged, 1, 'who sends it hears of it')
        await t.rejects(decoded([stream], new Uint8Array(3 * MiB)), { code: 'GEMMESH_TRANSFER_CORRUPT' })
      }
    }
  },
)

t.test('a payload that does not fit its header ends the stream with an error', async t => {
  const header: BulkHeader = { dtype: 'int32', rows: 1, columns: 4 }
  for (const [bytes, message] of [
    [15, /The payload has 15 bytes but 1x4 of int32 are 16 bytes/],
    [17, /The payload has more than 16 bytes/],
  ] as const)
    await t.rejects(captured(header, [pattern(bytes)]), { code: 'GEMMESH_TRANSFER_CORRUPT', message })
})
