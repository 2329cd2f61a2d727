import t from 'tap'
import { Traffic } from '../../src/transport/traffic.ts'

t.test('counts by kind and direction; a snapshot stays as it was', async t => {
  const traffic = new Traffic()
  traffic.countIn('tile', 5)
  traffic.countIn('tile', 2)
  traffic.countOut('block', 3)
  const before = traffic.snapshot()
  traffic.countOut('block', 4)
  t.same(before.tile, { inBytes: 7, outBytes: 0 })
  t.same(before.block, { inBytes: 0, outBytes: 3 })
  t.same(traffic.snapshot().block, { inBytes: 0, outBytes: 7 })
  t.same(before.upload, { inBytes: 0, outBytes: 0 })
})
