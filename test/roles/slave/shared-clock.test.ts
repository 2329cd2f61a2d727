import t from 'tap'
import { SharedClock } from '../../../src/roles/slave/shared-clock.ts'

t.test('what runs at once shares the time; the charges add up to the time in which anything ran', async t => {
  let now = 100
  const clock = new SharedClock(() => now)
  const charges = new Map<string, number>()
  const begin = (name: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const charged = clock.charge(
      () => promise,
      ms => charges.set(name, ms),
    )
    return { charged, resolve, reject }
  }
  const first = begin('first')
  now += 10 // the first alone
  const second = begin('second')
  const third = begin('third')
  now += 30 // three at a time
  third.reject(new Error('broken'))
  await t.rejects(third.charged, /broken/)
  now += 8 // two
  first.resolve()
  await first.charged
  second.resolve()
  await second.charged
  now += 1000 // nobody
  t.strictSame(Object.fromEntries(charges), { third: 10, first: 24, second: 14 })
  const fourth = begin('fourth')
  now += 5
  fourth.resolve()
  await fourth.charged
  t.equal(charges.get('fourth'), 5, 'idle time is nobody’s')
})
