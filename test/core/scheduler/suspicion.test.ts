import t from 'tap'
import { refOf, Story } from './story.ts'

/** All of them were heard once. */
function suspicious(units: number, ...slaves: readonly string[]): Story {
  const story = new Story({ suspicionThreshold: 8, unitsAtHand: 1 })
  story.running(units, ...slaves)
  for (const slave of slaves) story.heartbeat(slave)
  return story
}

t.test(
  'a slave that is silent for longer than usual gets no new units, and others take over its share',
  async t => {
    const story = suspicious(3, 'gamma', 'delta', 'epsilon')
    for (const at of [1000, 2000]) for (const slave of ['delta', 'epsilon']) story.at(at).heartbeat(slave)
    const suspectedAt = 2306.496661023391
    t.strictSame(story.at(2300).on({ type: 'tick' }), [`wake at ${suspectedAt}`])
    t.strictSame(story.at(suspectedAt).on({ type: 'tick' }), [
      'report gamma suspected',
      `wake at ${suspectedAt + 2000}`,
    ])
    t.match(story.slave('gamma'), { state: 'present', reason: /silent/ })
    t.equal(story.scheduler.standing('gamma', 'gamma-1'), 'silent')
    t.strictSame(story.finish('gamma', refOf('j', 0)), [], 'what it had at hand still counts')
    t.equal(story.scheduler.jobView('j')?.unitsPlaced, 1)
    t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/3#1'])
    t.strictSame(story.finish('delta', refOf('j', 3)), ['assign delta j/1#1'], 'of gamma’s share')
    t.match(story.heartbeat('gamma'), [/^assign gamma/])
    t.strictSame(story.reports(), ['gamma trusted'])
    t.equal(story.scheduler.standing('gamma', 'gamma-1'), 'well')
    t.notOk(story.slave('gamma')?.reason)
  },
)

t.test('one that is heard again is served at once', async t => {
  const story = suspicious(9, 'gamma', 'delta', 'epsilon')
  for (const at of [1000, 2000]) for (const slave of ['delta', 'epsilon']) story.at(at).heartbeat(slave)
  story.at(2400).finish('gamma', refOf('j', 0))
  t.equal(story.slave('gamma')?.unitsOpen, 0)
  t.match(story.heartbeat('gamma'), [/^assign gamma/])
})

t.test('of a unit that failed, those that are suspected are not waited for', async t => {
  const story = suspicious(1, 'gamma', 'delta')
  for (const at of [4000, 5000]) story.at(at).heartbeat('gamma', [refOf('j', 0)])
  story.at(5900).told({ type: 'tick' })
  t.strictSame(story.failed('gamma', refOf('j', 0)), ['assign gamma j/0#2'])
})

t.test('thousands that fall silent together are looked at a few times a heartbeat', async t => {
  const names = Array.from({ length: 200 }, (_, i) => `s${i}`)
  const slaves = names.map(name => ({ name, performance: 1 }))
  const story = new Story({ slaves, suspicionThreshold: 8 })
  for (const [i, name] of names.entries()) {
    story.at(i * 4).register(name)
    story.heartbeat(name)
  }
  story.at(4000).told({ type: 'tick' })
  t.equal(story.news.length, 200)
  t.ok(story.news.every(([, line]) => line.endsWith('suspected')))
  const times = new Set(story.news.map(([at]) => at))
  t.ok(times.size < 20, `${times.size} looks`)
})

t.test('where this process itself stood still, nobody was silent', async t => {
  const story = suspicious(3, 'gamma', 'delta', 'epsilon')
  story.now = 60_000 // no wake came meanwhile
  t.strictSame(story.on({ type: 'tick' }), ['wake at 62000'])
  for (const slave of ['gamma', 'delta']) story.heartbeat(slave, [])
  story.at(62_000).on({ type: 'tick' })
  t.strictSame(story.reports(), ['epsilon lost'], 'but who says nothing now either')
  t.equal(story.slaveState('gamma'), 'present')
  t.equal(story.slaveState('epsilon'), 'lost')
})

t.test('who has yet to say that it lives is not suspected: its thread may take a while to start', async t => {
  const story = new Story({ suspicionThreshold: 8 })
  story.register('gamma')
  story.at(9999).told({ type: 'tick' })
  t.strictSame(story.news, [])
  story.at(10_000).told({ type: 'tick' })
  t.equal(story.slaveState('gamma'), 'lost', 'but it is lost after a lease')
})
