import t from 'tap'
import { dtypes } from '../../src/core/matrix.ts'
import { blocking, blockRows, checkMicroTile } from '../../src/kernel/blocking.ts'

t.test('a block of A is smaller where the L2 cache is', async t => {
  for (const dtype of dtypes) {
    const { mc } = blocking[dtype]
    t.equal(blockRows()[dtype], mc, 'not known')
    t.equal(blockRows(2 ** 19)[dtype], mc)
    t.equal(blockRows(2 ** 18)[dtype], mc / 2)
  }
})

t.test('a micro-tile whose rows do not divide every mc is refused', async t => {
  t.doesNotThrow(() => checkMicroTile('float32', { mr: 6, nr: 16 }))
  t.throws(() => checkMicroTile('float32', { mr: 16, nr: 16 }), { code: 'GEMMESH_PROCESSOR_REJECTED' })
  t.throws(() => checkMicroTile('float32', { mr: 0, nr: 16 }), { code: 'GEMMESH_PROCESSOR_REJECTED' })
})
