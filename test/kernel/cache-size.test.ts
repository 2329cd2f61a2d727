import t from 'tap'
import { l2CacheBytes } from '../../src/kernel/cache-size.ts'

const cache = (level: string, type: string, size: string) => ({
  level: `${level}\n`,
  type: `${type}\n`,
  size: `${size}\n`,
})

t.test('the L2 cache of the first core, as Linux describes it', async t => {
  const folder = t.testdir({
    index0: cache('1', 'Data', '32K'),
    index1: cache('1', 'Instruction', '32K'),
    index2: cache('2', 'Unified', '1024K'),
    index3: cache('3', 'Unified', '32768K'),
    uevent: '',
  })
  t.equal(l2CacheBytes(folder), 2 ** 20)
  t.equal(l2CacheBytes(t.testdir({ index2: cache('2', 'Unified', '2M') })), 2 ** 21)
})

t.test('unknown where it is not said', async t => {
  t.equal(l2CacheBytes(t.testdir({})), undefined)
  t.equal(l2CacheBytes(t.testdir({ index2: cache('2', 'Unified', 'large') })), undefined)
  t.equal(l2CacheBytes('/nowhere'), undefined)
})
