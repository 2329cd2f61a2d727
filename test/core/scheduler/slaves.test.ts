import t from 'tap'
import { epoch, refOf, Story } from './story.ts'

t.test('the units of a lost slave are handed on at once', async t => {
  const story = new Story()
  story.running(6, 'gamma', 'delta', 'epsilon')
  for (const unit of [2, 3]) story.finish('delta', refOf('j', unit))
  t.strictSame(story.lost('gamma'), ['assign delta j/0#2', 'assign delta j/1#2'])
  t.equal(story.slaveState('gamma'), 'lost')
  t.strictSame(story.lost('gamma'), [], 'once is enough')
  t.strictSame(
    story.heartbeat('gamma', [refOf('j', 0)]),
    [],
    'it is not listened to until it registers again',
  )
  t.equal(story.scheduler.standing('gamma', 'gamma-1'), 'gone')
  t.strictSame(story.register('gamma'), [])
  t.equal(story.scheduler.standing('gamma', 'gamma-1'), 'well')
  t.strictSame(
    story.heartbeat('gamma', [refOf('j', 0), refOf('j', 1)]),
    ['cancel gamma j/0,1'],
    'not its own any more',
  )
})

t.test('what a lost slave had finished is left to master-combine', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(2, 'gamma', 'delta')
  t.strictSame(story.done('gamma', refOf('j', 0)), ['assign gamma j/1#1'])
  t.strictSame(story.lost('gamma'), [])
  t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/1#2'], 'not unit 0')
  t.strictSame(story.placed('gamma', refOf('j', 0)), [])
  t.equal(story.scheduler.jobView('j')?.unitsPlaced, 2)
})

t.test('a silent slave is lost after a lease', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(2, 'gamma', 'delta')
  story.at(9000).heartbeat('delta', [refOf('j', 2)])
  t.strictSame(story.at(10_000).told({ type: 'tick' }), [])
  t.equal(story.slaveState('gamma'), 'lost', 'it was heard last when it registered')
  t.equal(story.slaveState('delta'), 'present')
  t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/0#2'])
})

t.test('a slave started anew loses what it held', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(2, 'gamma', 'delta')
  t.strictSame(story.register('gamma', 'gamma-2'), ['assign gamma j/1#1'], 'delta is to try unit 0')
  t.equal(story.scheduler.standing('gamma', 'gamma-1'), 'gone')
  t.equal(story.scheduler.standing('gamma', 'gamma-2'), 'well')
  t.strictSame(story.heartbeat('gamma', [refOf('j', 0)], 'gamma-1'), [], 'the old process does not count')
  t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/0#2'])
})

t.test('registering again as the same process changes nothing', async t => {
  const story = new Story()
  story.running(6, 'gamma', 'delta', 'epsilon')
  const before = JSON.stringify(story.scheduler.slaveViews())
  t.strictSame(story.register('gamma'), [])
  t.equal(JSON.stringify(story.scheduler.slaveViews()), before)
})

t.test('heartbeats renew what they name, and have dropped what is not the slave’s own', async t => {
  const story = new Story()
  story.running(6, 'gamma', 'delta', 'epsilon')
  const foreign = { ...refOf('j', 0), epoch: epoch - 1 }
  const table: readonly (readonly [name: string, refs: ReturnType<typeof refOf>[], lines: string[]])[] = [
    ['its own', [refOf('j', 0), refOf('j', 1)], []],
    ['another slave’s', [refOf('j', 2)], ['cancel gamma j/2']],
    ['a job that is none', [refOf('k', 0), refOf('k', 1)], ['cancel gamma k/0,1']],
    ['an older attempt of its own unit', [refOf('j', 0, 9), foreign], []],
    ['another epoch’s', [{ ...foreign, unit: 4 }], ['cancel gamma j/4']],
  ]
  for (const [name, refs, lines] of table) t.strictSame(story.heartbeat('gamma', refs), lines, name)
  story.placed('gamma', refOf('j', 0))
  t.strictSame(story.heartbeat('gamma', [refOf('j', 0)]), [], 'one just placed is about to end by itself')
  story.done('gamma', refOf('j', 0))
  t.strictSame(story.heartbeat('gamma', [refOf('j', 0)]), ['cancel gamma j/0'], 'one that has ended is not')
  t.strictSame(story.heartbeat('gamma', [refOf('j', 3)], 'gamma-0'), [], 'another process is not listened to')
})

t.test('a slave that comes in mid-job helps', async t => {
  const story = new Story()
  story.running(8, 'gamma', 'delta')
  t.strictSame(
    story.register('epsilon'),
    ['assign epsilon j/3#1', 'assign epsilon j/7#1'],
    'from the ends of both shares',
  )
})

t.test('a job whose slaves are all gone goes on when one comes back', async t => {
  const story = new Story()
  story.running(4, 'gamma', 'delta')
  story.lost('gamma')
  story.lost('delta')
  t.equal(story.state(), 'running')
  t.strictSame(story.register('epsilon'), ['assign epsilon j/0#2', 'assign epsilon j/1#2'])
  for (const unit of [0, 1]) story.finish('epsilon', refOf('j', unit, 2))
  for (const unit of [2, 3]) story.finish('epsilon', refOf('j', unit, 2))
  t.equal(story.state(), 'sealing')
})

t.test('a unit that takes every slave down with it ends its job', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(1, 'gamma')
  let restarts = 0
  while (story.state() === 'running') {
    restarts++
    story.at(story.now + 100_000).register('gamma', `gamma-${restarts + 1}`) // it has rested by then
    if (restarts > 100) break
  }
  t.equal(restarts, 16)
  t.match(story.scheduler.jobView('j')?.fault, {
    code: 'GEMMESH_JOB_FAILED',
    message:
      /unit 0 of job j .* was lost with 16 slaves: attempt 1 on gamma: GEMMESH_NODE_UNREACHABLE slave gamma was lost: it was silent for 10000 ms/,
  })
})

t.test('a slave that drains finishes the unit at hand, gets no more, and leaves', async t => {
  const story = new Story()
  story.running(8, 'gamma', 'delta')
  const drain = (incarnation = 'gamma-1') =>
    story.told({ type: 'slave-draining', slave: 'gamma', incarnation })
  t.strictSame(drain('gamma-0'), [], 'another process of it has no say')
  t.strictSame(drain(), ['cancel gamma j/1'], 'the second one goes to those who stay')
  t.equal(story.slaveState('gamma'), 'draining')
  t.equal(story.scheduler.standing('gamma', 'gamma-1'), 'well', 'it need not register again')
  t.strictSame(drain(), [], 'once is enough')
  t.strictSame(story.register('gamma'), [], 'nor does it begin anew')
  t.strictSame(story.heartbeat('gamma', [refOf('j', 0)]), [])
  t.strictSame(story.finish('delta', refOf('j', 4)), ['assign delta j/1#2'])
  t.strictSame(story.finish('gamma', refOf('j', 0)), [], 'nothing more for gamma')
  t.equal(story.scheduler.jobView('j')?.unitsPlaced, 2)
  const leave = () => story.told({ type: 'slave-left', slave: 'gamma', incarnation: 'gamma-1' })
  t.strictSame(leave(), [])
  t.equal(story.slaveState('gamma'), 'left')
  t.strictSame(leave(), [])
  t.strictSame(story.register('gamma', 'gamma-2').length, 2, 'it may come back')
})

t.test('a slave that leaves with a unit in its hands is not blamed for it', async t => {
  const story = new Story({ unitsAtHand: 1, attempts: 1 })
  story.running(1, 'gamma')
  for (let i = 1; i < 30; i++) {
    story.told({ type: 'slave-left', slave: 'gamma', incarnation: `gamma-${i}` })
    t.strictSame(story.register('gamma', `gamma-${i + 1}`), [`assign gamma j/0#${i + 1}`])
  }
  t.equal(story.state(), 'running')
})
