import t from 'tap'
import { refOf, Story } from './story.ts'

const full = (story: Story, slave: string, ref: ReturnType<typeof refOf>) =>
  story.told({ type: 'unit-failed', slave, ref, code: 'GEMMESH_STORAGE_FULL', message: 'no space left' })

const beats = (story: Story) => {
  for (const slave of ['gamma', 'delta', 'epsilon']) story.heartbeat(slave)
}

t.test(
  'where master-combine has no room the job pauses, and one unit is tried after pauses that double',
  async t => {
    const story = new Story({ unitsAtHand: 1, attempts: 2 })
    story.running(12, 'gamma', 'delta', 'epsilon')
    const start = story.now
    t.strictSame(full(story, 'gamma', refOf('j', 0)), [])
    t.strictSame(full(story, 'delta', refOf('j', 4)), [])
    t.strictSame(full(story, 'epsilon', refOf('j', 8)), [])
    t.match(story.scheduler.jobView('j'), {
      state: 'running',
      reason: 'master-combine to have room (no space left); it is tried again in 1000 ms',
    })
    const triedAt: number[] = []
    for (let second = 1; second <= 130; second++) {
      beats(story.at(start + second * 1000))
      const lines = story.told({ type: 'tick' })
      const busy = ['gamma', 'delta', 'epsilon'].filter(name => (story.slave(name)?.unitsOpen ?? 0) > 0)
      t.ok(lines.length <= 1 && busy.length <= 1, 'one at a time')
      for (const slave of busy) {
        triedAt.push(second)
        const ref = story.lastAttempt(slave)
        if (ref !== undefined) full(story, slave, ref)
      }
    }
    t.strictSame(triedAt, [1, 3, 7, 15, 31, 61, 91, 121])
    t.equal(story.state(), 'running', 'however often')
    for (const slave of ['gamma', 'delta', 'epsilon']) t.notOk(story.slave(slave)?.reason, 'nobody is blamed')
    for (let second = 131; second <= 151; second++) beats(story.at(start + second * 1000))
    const tried = ['gamma', 'delta', 'epsilon'].find(name => (story.slave(name)?.unitsOpen ?? 0) > 0) ?? ''
    const ref = story.lastAttempt(tried)
    t.ok(ref)
    const lines = ref === undefined ? [] : story.placed(tried, ref)
    t.equal(lines.length, 3, 'there is room: all go on')
    t.notOk(story.scheduler.jobView('j')?.reason)
  },
)

t.test('a tile that was on its way and is placed ends the pause; other jobs go on meanwhile', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(12, 'gamma', 'delta', 'epsilon')
  story.submit('k', [64, 64 * 3, 10])
  story.opened('k')
  t.match(full(story, 'gamma', refOf('j', 0)), [/^assign gamma k/])
  const lines = story.placed('delta', refOf('j', 4))
  t.match(lines, [/^assign delta j/])
})

t.test('the one that is tried may be lost: another one is', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(12, 'gamma', 'delta', 'epsilon')
  for (const [slave, unit] of [
    ['gamma', 0],
    ['delta', 4],
    ['epsilon', 8],
  ] as const)
    full(story, slave, refOf('j', unit))
  const [tried] = story.at(1000).told({ type: 'tick' })
  t.match(tried, /^assign/)
  const slave = tried?.split(' ')[1] ?? ''
  t.match(story.lost(slave), [/^assign/])
})

t.test('a job that ends while it pauses is forgotten', async t => {
  const story = new Story()
  story.running(12, 'gamma', 'delta', 'epsilon')
  full(story, 'gamma', refOf('j', 0))
  story.told({ type: 'job-cancelled', job: 'j' })
  t.equal(story.state(), 'cancelled')
})
