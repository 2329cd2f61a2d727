import t from 'tap'
import type { Plan } from '../../../src/core/plan.ts'
import { epoch, refOf, Story } from './story.ts'

const slaves = ['gamma', 'delta', 'epsilon']
const lost = { code: 'GEMMESH_JOB_UNKNOWN', message: 'not open' }

/** Three slaves with one unit at hand, six units in one row; two of them are placed. */
function halfDone(): Story {
  const story = new Story({ unitsAtHand: 1 })
  story.running(6, ...slaves)
  story.finish('gamma', refOf('j', 0))
  story.finish('delta', refOf('j', 2))
  return story
}

const placedOf = (story: Story) => story.scheduler.jobView('j')?.unitsPlaced

function planOf(story: Story): Plan {
  for (const instruction of story.instructions) if (instruction.type === 'open-job') return instruction.plan
  throw new Error('nothing was opened')
}

/** The plan of six units, as the journal of a master has it that died. */
function planned(): Plan {
  const before = new Story()
  for (const slave of slaves) before.register(slave)
  before.submit('j', [64, 384, 10])
  return planOf(before)
}

const recovered = { type: 'job-recovered', job: 'j', shape: [64, 384, 10], dtype: 'float32' } as const

t.test('a recovered job that had no plan waits for slaves as any other', async t => {
  const story = new Story()
  t.strictSame(story.told(recovered), [])
  t.match(story.scheduler.jobView('j')?.reason, /a slave to register/)
  for (const slave of ['gamma', 'delta']) story.register(slave)
  t.match(story.register('epsilon'), ['open j: gamma gamma delta delta epsilon epsilon'])
})

t.test('one that had a plan is opened with that plan, whoever is present', async t => {
  const plan = planned()
  const story = new Story({ plan: () => t.fail('planned again') as never })
  t.strictSame(story.told({ ...recovered, plan, startedAt: -500 }), [
    'open j: gamma gamma delta delta epsilon epsilon',
  ])
  t.equal(planOf(story), plan)
  t.strictSame(story.opened('j', [0, 1, 2]), [])
  t.equal(placedOf(story), 3)
  t.strictSame(story.register('delta'), ['assign delta j/3#1', 'assign delta j/5#1'])
  t.equal(story.scheduler.jobView('j')?.startedAt, -500, 'it takes as long as it took')
})

t.test('a plan may name slaves that are configured no more', async t => {
  const story = new Story({ slaves: [{ name: 'omega', performance: 1 }], unitsAtHand: 6 })
  story.told({ ...recovered, plan: planned() })
  story.opened('j')
  t.equal(story.register('omega').length, 6)
})

t.test('what was accepted is not refused for being too much', async t => {
  const story = new Story({ jobsLimit: 1 })
  story.told({ ...recovered, job: 'a' })
  t.strictSame(story.told({ ...recovered, job: 'b' }), [])
  t.throws(() => story.submit('c', [64, 64, 1]), { code: 'GEMMESH_BUSY' })
  t.throws(() => story.told({ ...recovered, job: 'b' }), { code: 'GEMMESH_INTERNAL' })
})

t.test('tiles of attempts before the restart are placed, whenever that is heard', async t => {
  const story = new Story({ unitsAtHand: 1 })
  for (const slave of slaves) story.register(slave)
  story.told({ ...recovered, plan: planned() })
  const before = (unit: number) => ({ ...refOf('j', unit, 3), epoch: epoch - 1 })
  t.strictSame(story.placed('gamma', before(4)), [], 'before the answer')
  t.strictSame(story.opened('j', [0]), ['assign gamma j/1#1', 'assign delta j/2#1', 'assign epsilon j/5#1'])
  t.equal(placedOf(story), 2)
  t.strictSame(story.placed('gamma', before(3)), [], 'after it: a unit that is queued')
  t.equal(placedOf(story), 3)
  t.strictSame(story.placed('gamma', before(2)), ['cancel delta j/2'], 'or one that is out')
  t.strictSame(story.placed('gamma', before(2)), [], 'twice')
  t.strictSame(story.placed('gamma', before(99)), [], 'or no unit at all')
  t.equal(placedOf(story), 4)
  story.finish('gamma', refOf('j', 1))
  story.finish('epsilon', refOf('j', 5))
  t.equal(story.state(), 'sealing')
})

t.test('a master-combine that was started anew says what it has', async t => {
  const story = halfDone()
  t.strictSame(
    story.told({ type: 'units-placed', job: 'j', units: [0, 1, 2, 5] }),
    ['cancel gamma j/1'],
    'one that was out, and one that was queued',
  )
  t.equal(placedOf(story), 4)
  t.equal(story.state(), 'running')
  t.strictSame(story.told({ type: 'units-placed', job: 'nobody', units: [0] }), [])
  t.strictSame(story.told({ type: 'units-placed', job: 'j', units: [0, 1, 2, 3, 4, 5, 99] }), [
    'cancel delta j/3',
    'cancel epsilon j/4',
  ])
  t.equal(story.state(), 'sealing')
})

t.test('where it names less than it had, it is asked; what it does not have is computed again', async t => {
  const story = halfDone()
  t.strictSame(story.told({ type: 'units-placed', job: 'j', units: [2] }), [
    'open j: gamma gamma delta delta epsilon epsilon',
  ])
  t.equal(story.state(), 'waiting')
  t.strictSame(story.done('epsilon', refOf('j', 4)), [], 'nothing is handed out meanwhile')
  t.strictSame(story.placed('epsilon', refOf('j', 4)), [])
  t.strictSame(
    story.opened('j', [2]),
    ['assign epsilon j/0#2'],
    'unit 4 is placed, though the answer does not know of it; unit 0 is not',
  )
  t.equal(placedOf(story), 2)
  const credited = story.scheduler.jobView('j')?.slaves.map(({ unitsPlaced }) => unitsPlaced)
  t.strictSame(credited, [0, 0, 0])
})

t.test('a tile that finds no job is nobody’s failure: master-combine is asked', async t => {
  const story = halfDone()
  const failed = (slave: string, unit: number, attempt = 1) =>
    story.told({ type: 'unit-failed', slave, ref: refOf('j', unit, attempt), ...lost })
  t.strictSame(failed('gamma', 1), ['open j: gamma gamma delta delta epsilon epsilon'])
  t.strictSame(failed('delta', 3), [], 'it is asked already')
  t.match(story.scheduler.jobView('j')?.reason, /^master-combine to open the job$/)
  t.strictSame(
    story.opened('j', []),
    ['assign gamma j/1#2', 'assign delta j/3#2'],
    'its folder was lost: all but the unit that is still out is computed again',
  )
  t.equal(placedOf(story), 0)
  for (let round = 0; round < 60; round++) {
    for (const instruction of story.instructions) {
      if (instruction.type !== 'assign-unit') continue
      const { slave, ref } = instruction
      story.told({ type: 'unit-failed', slave, ref, ...lost })
      break
    }
    story.opened('j', [])
  }
  t.equal(story.state(), 'running', 'however often')
})

t.test('a lease that ends while master-combine is away is not the slave’s failure', async t => {
  const story = halfDone()
  story.told({
    type: 'unit-failed',
    slave: 'gamma',
    ref: refOf('j', 1),
    code: 'GEMMESH_NODE_UNREACHABLE',
    message: 'refused',
  })
  for (let round = 0; round < 20; round++) {
    story.told({ type: 'job-open-failed', job: 'j', code: 'GEMMESH_NODE_UNREACHABLE', message: 'refused' })
    story.at(story.now + 5000) // less than would make slaves silent for a lease
    for (const slave of slaves) story.register(slave)
  }
  t.equal(story.state(), 'waiting')
  t.match(story.opened('j', [0, 2]), [/^assign/, /^assign/, /^assign/])
})

t.test('a result that is not sealed for long is asked for', async t => {
  const story = new Story()
  story.submit('j', [0, 5, 3])
  story.opened('j')
  t.strictSame(story.at(9999).told({ type: 'tick' }), [])
  t.strictSame(story.at(10_000).told({ type: 'tick' }), ['open j: '])
  t.strictSame(story.opened('j'), [], 'it is still at it')
  t.equal(story.state(), 'sealing')
  t.strictSame(story.at(20_000).told({ type: 'tick' }), ['open j: '])
  t.strictSame(story.sealed('j'), ['finish j'], 'the message may come before the answer')
  t.strictSame(story.opened('j'), [])
  t.equal(story.state(), 'done')
})

t.test('an answer to an earlier question changes nothing', async t => {
  const story = halfDone()
  const opened = (ask: number, placed: readonly number[]) =>
    story.told({ type: 'job-opened', job: 'j', ask, placed })
  story.told({ type: 'units-placed', job: 'j', units: [] })
  t.strictSame(opened(1, []), [])
  t.equal(story.state(), 'waiting')
  const code = 'GEMMESH_OUTPUT_UNWRITABLE'
  t.strictSame(story.told({ type: 'job-open-failed', job: 'j', ask: 1, code, message: 'no' }), [])
  t.equal(story.state(), 'waiting')
  opened(2, [0, 2])
  t.equal(story.state(), 'running')
})

t.test('a job that is asked about can be cancelled', async t => {
  const story = halfDone()
  story.told({ type: 'units-placed', job: 'j', units: [] })
  t.strictSame(story.told({ type: 'job-cancelled', job: 'j' }), [
    'cancel epsilon j/4',
    'cancel gamma j/1',
    'cancel delta j/3',
    'abort j',
  ])
})
