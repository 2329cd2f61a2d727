import t from 'tap'
import { dtypes } from '../../src/core/matrix.ts'
import { bytesOfHex, dtypeFromWire, dtypeToWire, hexOfBytes } from '../../src/protocol/domain.ts'

t.test('every element type has its own number, and 0 is none', async t => {
  t.same(
    dtypes.map(dtype => dtypeFromWire(dtypeToWire(dtype))),
    dtypes,
  )
  t.equal(dtypeFromWire(0), undefined)
})

t.test('digests as bytes and as hex', async t => {
  const hex = '0123456789abcdef'.repeat(4)
  const bytes = bytesOfHex(hex, 32, 'SHA-256')
  t.equal(bytes.length, 32)
  t.equal(hexOfBytes(bytes), hex)
  t.equal(hexOfBytes(Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)), hex, 'of a view')
  for (const bad of ['', 'ab', hex.toUpperCase(), `${hex}0`, `${hex.slice(1)}g`])
    t.throws(() => bytesOfHex(bad, 32, 'SHA-256'), { code: 'GEMMESH_MESSAGE_INVALID' }, bad)
})
