import fc from 'fast-check'
import t from 'tap'
import { Leases, roundedUpMs } from '../../../src/core/scheduler/leases.ts'
import { type Heard, unheard } from '../../../src/core/scheduler/silence.ts'
import { figuresOf, refOf, Story } from './story.ts'

interface Leased extends Heard<Leased> {
  readonly leaseMs: number
}

t.test('limits are rounded up to few', async t => {
  t.equal(roundedUpMs(1000, 0), 1000)
  t.equal(roundedUpMs(1000, Number.NaN), 1000, 'nothing is known')
  t.equal(roundedUpMs(1000, 1000), 1000)
  fc.assert(
    fc.property(fc.double({ min: 1000, max: 1e7, noNaN: true }), wanted => {
      const rounded = roundedUpMs(1000, wanted)
      return rounded >= wanted * (1 - 1e-9) && rounded <= wanted * 1.4143 + 1
    }),
    { seed: 3 },
  )
})

t.test('each is silent by its own limit', async t => {
  const leases = new Leases<Leased>()
  t.equal(leases.nextAt, Number.POSITIVE_INFINITY)
  const leased = (leaseMs: number): Leased => ({ leaseMs, ...unheard })
  const [short, long] = [leased(10), leased(100)]
  leases.hear(long, 0)
  leases.hear(short, 5)
  t.equal(leases.nextAt, 15)
  const limits = (now: number) => leases.exceeded(now).map(({ leaseMs }) => leaseMs)
  t.strictSame(limits(14), [])
  t.strictSame(limits(15), [10])
  leases.hear(short, 15)
  t.equal(leases.nextAt, 25)
  t.strictSame(limits(100), [100, 10])
  leases.forget(short)
  t.notOk(leases.has(short))
  t.ok(leases.has(long))
  t.equal(leases.nextAt, 100)
})

t.test('a unit that takes long has three times as long', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(6, 'gamma', 'delta', 'epsilon')
  const leaseOf = () => story.instructions.flatMap(one => (one.type === 'assign-unit' ? [one.leaseMs] : []))
  t.strictSame(leaseOf(), [10_000, 10_000, 10_000], 'nothing is known of anybody')
  for (const at of [4000, 8000])
    for (const slave of ['gamma', 'delta', 'epsilon'])
      story.at(at).heartbeat(slave, [refOf('j', 0), refOf('j', 2), refOf('j', 4)])
  story.at(8000).placed('gamma', refOf('j', 0))
  t.strictSame(leaseOf(), [roundedUpMs(10_000, 24_000)])
  story.done('gamma', refOf('j', 0), figuresOf(8000))
})

t.test('progress renews a lease, and a heartbeat without does not', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(1, 'gamma', 'delta')
  const start = story.now
  const beat = (slave: string, unit: number, progress: number) =>
    story.told({
      type: 'slave-heartbeat',
      slave,
      incarnation: `${slave}-1`,
      running: [refOf('j', unit)],
      progress: [progress],
    })
  for (let after = 1000; after < 10_000; after += 1000) {
    story.at(start + after)
    t.strictSame(beat('gamma', 0, after), [])
    t.strictSame(beat('delta', 2, 7), [], 'the first one is progress, the others are the same')
  }
  t.strictSame(story.at(start + 10_999).told({ type: 'tick' }), [])
  t.strictSame(story.at(start + 11_000).told({ type: 'tick' }), ['cancel delta j/2', 'assign delta j/3#1'])
  t.match(story.slave('delta'), { state: 'present' }, 'it is there, and gets on with nothing')
})
