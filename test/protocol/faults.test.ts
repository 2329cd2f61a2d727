import t from 'tap'
import { GemmeshError } from '../../src/errors.ts'
import { errorOfFault, faultOf } from '../../src/protocol/faults.ts'
import { limits } from '../../src/protocol/limits.ts'
import { Fault } from '../../src/protocol/messages.ts'

const travelled = (error: unknown) => errorOfFault(Fault.decode(Fault.encode(faultOf(error))))

t.test('an error arrives as it was thrown', async t => {
  const faults = ['slaves[1].ip: found 1.2.3', '']
  t.match(travelled(new GemmeshError('GEMMESH_TILE_REFUSED', 'no unit 7', { faults })), {
    code: 'GEMMESH_TILE_REFUSED',
    message: 'no unit 7',
    faults,
  })
})

t.test('whatever else is thrown arrives as GEMMESH_INTERNAL', async t => {
  t.match(travelled(new TypeError('x is undefined')), { code: 'GEMMESH_INTERNAL', message: 'x is undefined' })
  t.match(travelled('text'), { code: 'GEMMESH_INTERNAL', message: 'text' })
})

t.test('a code of another version stands in the message', async t => {
  t.match(errorOfFault({ code: 'GEMMESH_NEW', message: 'm', faults: [] }), {
    code: 'GEMMESH_INTERNAL',
    message: 'GEMMESH_NEW: m',
  })
})

t.test('what is longer than a message may be is cut', async t => {
  const long = 'é'.repeat(limits.faultCharacters + 1)
  const error = travelled(new GemmeshError('GEMMESH_UNIT_FAILED', long, { faults: Array(100).fill(long) }))
  t.equal(error.message.length, limits.faultCharacters)
  t.match(error.message, /é\.\.\.$/)
  t.equal(error.faults.length, limits.faultItems)
})
