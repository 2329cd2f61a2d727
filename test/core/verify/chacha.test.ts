import t from 'tap'
import { blockWords, ChaCha } from '../../../src/core/verify/chacha.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const hexOf = (words: Uint32Array) => Buffer.from(words.buffer).toString('hex')

t.test('a block of RFC 8439, section 2.3.2', async t => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index)
  const words = new Uint32Array(blockWords)
  new ChaCha(key).block(1, [0x09000000, 0x4a000000, 0], words)
  t.equal(
    hexOf(words),
    '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4ed2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
  )
})

t.test(
  'a key of 16 bytes, by the vectors of ECRYPT (draft-strombergson-chacha-test-vectors, TC1)',
  async t => {
    const words = new Uint32Array(blockWords)
    new ChaCha(new Uint8Array(16)).block(0, [0, 0, 0], words)
    t.equal(
      hexOf(words),
      '89670952608364fd00b2f90936f031c8e756e15dba04b8493d00429259b20f46cc04f111246b6c2ce066be3bfb32d9aa0fddfbc12123d4b9e44f34dca05a103f',
    )
    t.throws(() => new ChaCha(bytes('00 01')), { code: 'GEMMESH_INTERNAL' })
  },
)
