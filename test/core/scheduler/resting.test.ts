import t from 'tap'
import { refOf, Story } from './story.ts'

t.test(
  'a slave that fails twice in a row rests, for a time that doubles, until a tile is placed',
  async t => {
    const story = new Story({ attempts: 100, unitsAtHand: 1 })
    story.running(30, 'gamma')
    t.strictSame(story.failed('gamma', refOf('j', 0)), ['assign gamma j/0#2'], 'one failure may be anybody’s')
    const rests: number[] = []
    for (let attempt = 2; attempt < 11; attempt++) {
      const failedAt = story.now
      t.strictSame(story.failed('gamma', refOf('j', 0, attempt)), [])
      t.strictSame(story.reports(), ['gamma resting'])
      t.match(story.slave('gamma'), { state: 'present', reason: /failed \d+ times in a row/ })
      while (story.slave('gamma')?.unitsOpen === 0) {
        story.at(story.now + 500).heartbeat('gamma')
      }
      rests.push(story.now - failedAt)
    }
    t.strictSame(rests, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
    story.finish('gamma', refOf('j', 0, 11))
    t.strictSame(story.failed('gamma', refOf('j', 1)), ['assign gamma j/1#2'], 'it begins anew')
  },
)

t.test('one that is lost again and again rests, too, and a new process goes on resting', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(8, 'gamma', 'delta')
  story.lost('gamma')
  t.match(story.register('gamma', 'gamma-2'), [/^assign gamma/])
  story.lost('gamma')
  t.strictSame(story.reports(), ['gamma resting', 'gamma lost'])
  t.strictSame(story.register('gamma', 'gamma-3'), [])
  story.heartbeat('delta')
  t.match(story.at(story.now + 1000).told({ type: 'tick' }), [/^assign gamma/])
})

t.test('what is nobody’s failure makes nobody rest', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(4, 'gamma', 'delta', 'epsilon')
  for (let attempt = 1; attempt < 5; attempt++) {
    const ref = refOf('j', 0, attempt)
    story.told({ type: 'unit-failed', slave: 'gamma', ref, code: 'GEMMESH_TILE_OVERTAKEN', message: 'newer' })
    t.notOk(story.slave('gamma')?.reason)
  }
})

t.test('a unit is tried by three slaves before its job fails, even where one of them rests', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(12, 'gamma', 'delta', 'epsilon')
  for (let failures = 0; failures < 2; failures++) {
    const ref = story.lastAttempt('epsilon')
    if (ref !== undefined) story.failed('epsilon', ref)
  }
  t.match(story.slave('epsilon'), { unitsOpen: 0, reason: /rests/ })
  const tries = new Set<number>()
  /** Finishes what the slave gets, until it fails with unit 0. */
  const failsOn = (slave: string): void => {
    for (let ref = story.lastAttempt(slave); ref !== undefined; ) {
      if (ref.unit === 0) {
        tries.add(ref.attempt)
        story.failed(slave, ref)
        return
      }
      story.finish(slave, ref)
      const next = story.lastAttempt(slave)
      ref = next === ref ? undefined : next
    }
  }
  for (let round = 0; round < 8 && story.state() === 'running'; round++) {
    failsOn('gamma')
    failsOn('delta')
  }
  t.equal(story.state(), 'running', 'epsilon has not tried it')
  t.equal(tries.size, 4)
  story.at(story.now + 1000).heartbeat('epsilon')
  failsOn('epsilon')
  t.match(story.scheduler.jobView('j')?.fault, {
    code: 'GEMMESH_JOB_FAILED',
    message: /unit 0 .* failed 5 times/,
  })
})
