import t from 'tap'
import { refOf, Story } from './story.ts'

const wrong = (story: Story, slave: string, ref: ReturnType<typeof refOf>) =>
  story.told({ type: 'tile-refused', slave, ref, code: 'GEMMESH_TILE_WRONG', message: 'residual 7, bound 1' })

t.test('a slave that sent a wrong tile is excluded, and all it holds is handed on', async t => {
  const story = new Story()
  story.running(9, 'gamma', 'delta', 'epsilon')
  story.finish('gamma', refOf('j', 0))
  t.equal(story.slave('gamma')?.unitsOpen, 2)
  const lines = wrong(story, 'gamma', refOf('j', 1))
  t.strictSame(lines, ['cancel gamma j/1', 'cancel gamma j/2'])
  t.strictSame(story.reports(), ['gamma excluded'])
  t.match(story.slave('gamma'), { state: 'excluded', unitsOpen: 0, reason: /wrong tile of j\/1/ })
  t.equal(story.scheduler.jobView('j')?.unitsPlaced, 1, 'what it computed before stays')
  t.strictSame(story.finish('delta', refOf('j', 3)), ['assign delta j/1#2'])
  t.strictSame(wrong(story, 'gamma', refOf('j', 1)), [], 'said twice it changes nothing')
  t.strictSame(
    story.told({
      type: 'unit-failed',
      slave: 'gamma',
      ref: refOf('j', 1),
      code: 'GEMMESH_TILE_WRONG',
      message: 'it was told so',
    }),
    [],
    'nor when its slave says so',
  )
})

t.test('it is known, but nothing brings it back', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(6, 'gamma', 'delta', 'epsilon')
  wrong(story, 'gamma', refOf('j', 0))
  t.strictSame(story.heartbeat('gamma'), [])
  t.equal(story.scheduler.standing('gamma', 'gamma-1'), 'gone', 'it lends no blocks')
  t.equal(story.scheduler.isKnown('gamma', 'gamma-1'), true, 'it need not register again')
  t.equal(story.scheduler.isKnown('gamma', 'gamma-2'), false)
  t.strictSame(story.register('gamma', 'gamma-2'), [])
  t.equal(story.scheduler.isKnown('gamma', 'gamma-2'), true)
  t.strictSame(story.lost('gamma'), [])
  t.equal(story.slaveState('gamma'), 'excluded')
  story.told({ type: 'job-cancelled', job: 'j' })
  t.match(story.submit('k', [64, 128, 5]), [/^open k: (delta|epsilon)/], 'later jobs do without it, at once')
})

t.test('proof comes late, too: of an attempt that was given up; not of one that never was', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(6, 'gamma', 'delta', 'epsilon')
  wrong(story, 'gamma', refOf('j', 2)) // delta's
  wrong(story, 'gamma', refOf('j', 0, 2)) // not yet
  wrong(story, 'gamma', { ...refOf('j', 0), epoch: 1 })
  wrong(story, 'gamma', refOf('k', 0))
  wrong(story, 'zeta', refOf('j', 0))
  t.equal(story.slaveState('gamma'), 'present')
  story.failed('gamma', refOf('j', 0))
  wrong(story, 'gamma', refOf('j', 0))
  t.equal(story.slaveState('gamma'), 'excluded')
})

t.test('one that was lost meanwhile is excluded all the same', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(6, 'gamma', 'delta', 'epsilon')
  story.lost('gamma')
  wrong(story, 'gamma', refOf('j', 0))
  t.equal(story.slaveState('gamma'), 'excluded')
})

/** Whoever gets unit 0 computes it wrong. What came of the last time. */
function wrongEverywhere(story: Story, ...slaves: readonly string[]): string[] {
  let lines: string[] = []
  for (const slave of slaves) {
    for (let ref = story.lastAttempt(slave); ref !== undefined && ref.unit !== 0; ) {
      story.finish(slave, ref)
      const next = story.lastAttempt(slave)
      ref = next === ref ? undefined : next
    }
    const ref = story.lastAttempt(slave)
    if (ref?.unit === 0) lines = wrong(story, slave, ref)
  }
  return lines
}

t.test(
  'a unit that is wrong on all slaves fails its job, and brings those back that it excluded',
  async t => {
    const story = new Story({ unitsAtHand: 1 })
    story.running(2, 'gamma', 'delta', 'epsilon')
    const lines = wrongEverywhere(story, 'gamma', 'delta', 'epsilon')
    t.match(lines, [/^cancel/, 'fail j GEMMESH_VERIFICATION_FAILED', 'abort j'])
    t.match(story.scheduler.jobView('j')?.fault, {
      message:
        /unit 0 of job j .* is wrong wherever it is computed: attempt 1 on gamma: GEMMESH_TILE_WRONG residual 7/,
    })
    for (const slave of ['gamma', 'delta', 'epsilon']) {
      t.equal(story.slaveState(slave), 'lost')
      t.equal(story.scheduler.isKnown(slave, `${slave}-1`), false, 'it is to register again')
      story.register(slave)
      t.equal(story.slaveState(slave), 'present')
    }
  },
)

t.test('so it does when it was wrong as often as a unit may fail; others stay excluded', async t => {
  const slaves = ['gamma', 'delta', 'epsilon', 'zeta'].map(name => ({ name, performance: 1 }))
  const story = new Story({ slaves, attempts: 2, unitsAtHand: 1 })
  story.running(4, 'gamma', 'delta', 'epsilon', 'zeta')
  const zetas = story.lastAttempt('zeta')
  if (zetas !== undefined) wrong(story, 'zeta', zetas)
  t.equal(story.slaveState('zeta'), 'excluded')
  wrongEverywhere(story, 'gamma', 'delta', 'epsilon')
  t.equal(story.state(), 'failed')
  t.equal(story.slaveState('zeta'), 'excluded', 'another unit convicted it')
  t.equal(story.slaveState('epsilon'), 'present', 'it was not asked')
})

t.test('those that were lost may come back and compute it right: they are waited for, a while', async t => {
  const story = () => {
    const story = new Story({ unitsAtHand: 1 })
    story.running(2, 'gamma', 'delta', 'epsilon')
    story.lost('epsilon')
    wrongEverywhere(story, 'gamma', 'delta')
    t.equal(story.state(), 'running')
    return story
  }
  const back = story()
  t.match(back.at(30_000).register('epsilon', 'epsilon-2'), [/^assign epsilon/])
  for (const at of [39_000, 48_000, 57_000]) back.at(at).heartbeat('epsilon', [], 'epsilon-2')
  back.at(61_000).told({ type: 'tick' })
  t.equal(back.state(), 'running')
  const gone = story()
  gone.at(60_000).told({ type: 'tick' })
  t.equal(gone.state(), 'failed')
  t.equal(gone.slaveState('gamma'), 'lost')
})

t.test('a slave alone that computes wrong fails the job, when others had time to come', async t => {
  const story = new Story()
  story.running(2, 'gamma')
  wrong(story, 'gamma', refOf('j', 0))
  t.match(story.scheduler.jobView('j'), { state: 'running', reason: /a slave to register: delta, epsilon/ })
  story.at(story.now + 60_000).told({ type: 'tick' })
  t.match(story.scheduler.jobView('j')?.fault, { code: 'GEMMESH_VERIFICATION_FAILED' })
  const alone = new Story({ slaves: [{ name: 'gamma', performance: 1 }] })
  alone.running(2, 'gamma')
  wrong(alone, 'gamma', refOf('j', 0))
  t.match(
    alone.scheduler.jobView('j')?.fault,
    { code: 'GEMMESH_VERIFICATION_FAILED' },
    'nobody else is configured',
  )
})
