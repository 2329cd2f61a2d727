import t from 'tap'
import { dropOldest } from '../../src/core/drop-oldest.ts'

t.test('the oldest of a map or a set go, and no more than have to', async t => {
  const map = new Map([1, 2, 3, 4].map(key => [key, `value ${key}`]))
  dropOldest(map, 4)
  t.equal(map.size, 4, 'as many as may be')
  map.delete(1)
  map.set(1, 'again')
  dropOldest(map, 2)
  t.strictSame([...map.keys()], [4, 1], 'one that was added again is the latest')
  const set = new Set(['a', 'b', 'c'])
  dropOldest(set, 1)
  t.strictSame([...set], ['c'])
  dropOldest(set, 0)
  t.equal(set.size, 0)
  dropOldest(set, 0)
  t.equal(set.size, 0, 'of nothing, nothing')
})
