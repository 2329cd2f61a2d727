import t from 'tap'
import { Silence } from '../../../src/core/scheduler/silence.ts'

t.test('who is silent for the limit, longest first', async t => {
  const silence = new Silence<string>(100)
  t.equal(silence.nextAt, Number.POSITIVE_INFINITY)
  silence.hear('a', 0)
  silence.hear('b', 10)
  silence.hear('c', 10)
  t.equal(silence.nextAt, 100)
  t.strictSame(silence.exceeded(99), [])
  t.strictSame(silence.exceeded(100), ['a'])
  t.strictSame(silence.exceeded(110), ['a', 'b', 'c'])
  silence.hear('a', 50)
  t.equal(silence.nextAt, 110)
  t.strictSame(silence.exceeded(110), ['b', 'c'], 'who was heard of again starts anew')
  silence.forget('b')
  t.equal(silence.has('b'), false)
  t.strictSame(silence.exceeded(500), ['c', 'a'])
  t.strictSame(silence.exceeded(500), ['c', 'a'], 'they are still listened for')
})
