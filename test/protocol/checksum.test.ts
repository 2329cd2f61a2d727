import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { Checksum, checksumBytes, digestOf } from '../../src/protocol/checksum.ts'
import { cut, MiB, pattern, digestOf as strangersDigestOf } from './chunk-streams.ts'

const of = (...pieces: Uint8Array[]): string => {
  const checksum = new Checksum()
  for (const piece of pieces) checksum.update(piece)
  return Buffer.from(checksum.finish()).toString('hex')
}

t.test('it is GMAC as NIST defines it', async t => {
  // Test case 1 of the GCM specification has key, nonce, message and additional data of nothing but zeros, or none.
  const gcm = createCipheriv('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12))
  gcm.final()
  t.equal(gcm.getAuthTag().toString('hex'), '58e2fccefa7e3061367f1d57a4e7455a')
  t.equal(of().length, 2 * checksumBytes)
  t.equal(of(Buffer.from('gemmesh')), of(Buffer.from('gem'), Buffer.from('mesh')))
})

t.test('known values: what other programs compute has to be the same', async t => {
  t.same(
    [of(), of(Buffer.from('gemmesh')), of(pattern(1 << 20))],
    [
      '3361711bd0b3779a8536640c61dd99b9',
      'a39283424b8edea617d56b7d539396e2', // Python: AESGCM(b'gemmesh checksum').encrypt(bytes(12), b'', b'gemmesh')
      '5d1d4bb65991ebff40f81942dde45b69',
    ],
  )
})

t.test('a payload that is all here has the digest that its stream would end with', async t => {
  for (const bytes of [0, 1, MiB - 1, MiB, MiB + 1, 3 * MiB + 5])
    t.equal(digestOf(pattern(bytes)), strangersDigestOf(pattern(bytes)), `${bytes} bytes`)
})

t.test('property: how the bytes are cut does not matter', async t => {
  const property = fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.nat()),
    (bytes, places) => of(bytes) === of(...cut(bytes, places)),
  )
  t.doesNotThrow(() => fc.assert(property, { seed: 7, numRuns: 500 }))
})

t.test('every single bit and every exchange of two blocks changes it', async t => {
  const bytes = pattern(256)
  const seen = new Set([of(bytes)])
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const other = Uint8Array.from(bytes)
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    seen.add(of(other))
  }
  t.equal(seen.size, 1 + bytes.length * 8)
  for (let i = 0; i < 16; i++)
    for (let j = 0; j < i; j++) {
      const other = Uint8Array.from(bytes)
      other.set(bytes.subarray(16 * i, 16 * i + 16), 16 * j)
      other.set(bytes.subarray(16 * j, 16 * j + 16), 16 * i)
      seen.add(of(other))
    }
  t.equal(seen.size, 1 + bytes.length * 8 + 120)
})
