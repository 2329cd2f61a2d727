import t from 'tap'
import { type Heard, Silence, unheard } from '../../../src/core/scheduler/silence.ts'

interface Somebody extends Heard<Somebody> {
  readonly name: string
}

const named = (name: string): Somebody => ({ name, ...unheard })
const namesOf = (all: readonly Somebody[]) => all.map(({ name }) => name)

t.test('who is silent for the limit, longest first', async t => {
  const silence = new Silence<Somebody>(100)
  const [a, b, c] = [named('a'), named('b'), named('c')]
  t.equal(silence.nextAt, Number.POSITIVE_INFINITY)
  silence.hear(a, 0)
  silence.hear(b, 10)
  silence.hear(c, 10)
  t.equal(silence.nextAt, 100)
  t.strictSame(namesOf(silence.exceeded(99)), [])
  t.strictSame(namesOf(silence.exceeded(100)), ['a'])
  t.strictSame(namesOf(silence.exceeded(110)), ['a', 'b', 'c'])
  silence.hear(a, 50)
  t.equal(silence.nextAt, 110)
  t.strictSame(namesOf(silence.exceeded(110)), ['b', 'c'], 'who was heard of again starts anew')
  silence.forget(b)
  t.equal(silence.has(b), false)
  t.strictSame(namesOf(silence.exceeded(500)), ['c', 'a'])
  t.strictSame(namesOf(silence.exceeded(500)), ['c', 'a'], 'they are still listened for')
  const seen: [name: string, heardAt: number][] = []
  silence.each(({ name }, heardAt) => {
    seen.push([name, heardAt])
    return heardAt < 20
  })
  t.strictSame(seen, [
    ['c', 10],
    ['a', 50],
  ])
  silence.forget(b)
  silence.hear(b, 60)
  silence.forget(a)
  t.strictSame(namesOf(silence.exceeded(500)), ['c', 'b'])
})
