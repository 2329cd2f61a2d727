import t from 'tap'
import { Scheduler } from '../../src/core/scheduler.ts'
import { epoch, figuresOf, refOf, Story } from './scheduler/story.ts'

t.test('the main story: three slaves, one job, every unit placed, sealed', async t => {
  const story = new Story({
    slaves: [
      { name: 'gamma', performance: 1 },
      { name: 'delta', performance: 2 },
      { name: 'epsilon', performance: 4 },
    ],
  })
  t.strictSame(story.submit('j', [64, 448, 100]), [], 'it waits for slaves')
  t.equal(story.scheduler.jobView('j')?.reason, 'a slave to register: gamma, delta, epsilon')
  t.strictSame(story.register('gamma'), [])
  t.strictSame(story.register('delta'), [])
  t.equal(story.scheduler.jobView('j')?.reason, 'epsilon to register, for at most 3000 ms')
  const gamma = 'gamma gamma'
  const delta = 'delta delta'
  const epsilon = 'epsilon epsilon epsilon epsilon'
  t.strictSame(
    story.register('epsilon'),
    [`open j: ${gamma} ${delta} ${epsilon}`],
    'all are there: planned at once',
  )
  t.equal(story.scheduler.jobView('j')?.reason, 'master-combine to open the job')
  t.equal(story.state(), 'waiting')
  t.strictSame(
    story.at(500).opened('j'),
    [
      ...['assign gamma j/0#1', 'assign delta j/2#1', 'assign epsilon j/4#1'],
      ...['assign gamma j/1#1', 'assign delta j/3#1', 'assign epsilon j/5#1'],
    ],
    'each its own share, two at hand',
  )
  t.equal(story.state(), 'running')
  t.strictSame(
    story.at(600).placed('epsilon', refOf('j', 4)),
    ['assign epsilon j/6#1'],
    'placed frees a slot',
  )
  t.strictSame(story.done('epsilon', refOf('j', 4)), [], 'the message that follows frees no other')
  t.strictSame(story.finish('epsilon', refOf('j', 5)), ['assign epsilon j/7#1'])
  t.strictSame(
    story.scheduler.slaveViews().map(({ name, unitsOpen }) => [name, unitsOpen]),
    [
      ['gamma', 2],
      ['delta', 2],
      ['epsilon', 2],
    ],
  )
  t.strictSame(story.finish('epsilon', refOf('j', 6)), [], 'nothing is left to give')
  const second = ['assign epsilon j/3#2']
  t.strictSame(story.finish('epsilon', refOf('j', 7)), second, 'idle: a second attempt at what ends last')
  t.strictSame(story.finish('delta', refOf('j', 2)), [])
  t.strictSame(
    story.finish('delta', refOf('j', 3)),
    ['cancel epsilon j/3', 'assign delta j/1#2'],
    'the first result wins',
  )
  t.strictSame(story.finish('gamma', refOf('j', 0)), [])
  t.equal(story.state(), 'running')
  t.strictSame(story.at(900).placed('gamma', refOf('j', 1)), ['cancel delta j/1'])
  t.equal(story.state(), 'sealing', 'master-combine seals by itself')
  t.strictSame(story.at(950).sealed('j'), ['finish j'])
  t.strictSame(story.at(960).done('gamma', refOf('j', 1)), [], 'the last message may come after the end')

  const view = story.scheduler.jobView('j')
  t.equal(view?.state, 'done')
  t.strictSame([view?.submittedAt, view?.startedAt, view?.endedAt], [0, 500, 950])
  t.strictSame([view?.unitsTotal, view?.unitsPlaced, view?.elementsPlaced], [8, 8, 64 * 448])
  t.equal(view?.resultBytes, 1234)
  t.strictSame(view?.description, { name: 'j' })
  t.equal(view?.plan?.units, 8)
  const whole = 64 * 448
  t.strictSame(
    view?.slaves.map(({ name, unitsPlaced, elementsPlaced, fetchedBytes, computeMs, flopsComputed }) => [
      ...[name, unitsPlaced, elementsPlaced, fetchedBytes, computeMs, flopsComputed],
    ]),
    [
      ['gamma', 2, whole / 7, 2000, 200, (2 * 100 * whole) / 7],
      ['delta', 2, (whole * 2) / 7, 2000, 200, (2 * 100 * whole * 2) / 7],
      ['epsilon', 4, (whole * 4) / 7, 4000, 400, (2 * 100 * whole * 4) / 7],
    ],
  )
  t.equal(view?.slaves[0]?.variant, 'wide')
  t.equal(view?.slaves[0]?.processor, 'c0de')
})

t.test('it asks for one wake, the earliest, and for another when that is used up', async t => {
  const story = new Story()
  const register = (slave: string) =>
    story.on({ type: 'slave-registered', slave, incarnation: 'a', threads: 1, memoryBytes: 1 })
  t.strictSame(register('gamma'), ['wake at 10000'], 'when gamma will have been silent for a lease')
  t.strictSame(story.at(100).on({ type: 'job-submitted', job: 'j', shape: [64, 64, 1], dtype: 'int32' }), [
    'wake at 3000',
  ])
  t.strictSame(
    story.at(2900).on({ type: 'slave-heartbeat', slave: 'gamma', incarnation: 'a', running: [] }),
    [],
  )
  t.strictSame(story.at(3000).on({ type: 'tick' }), ['open j: gamma gamma', 'wake at 12900'])
  t.strictSame(story.at(12_899.7).on({ type: 'tick' }), ['wake at 12900'], 'a tick too early does no harm')
  t.strictSame(story.at(12_900).on({ type: 'tick' }), ['report gamma lost'], 'and nothing else is due')
  t.equal(story.slaveState('gamma'), 'lost')
})

t.test('time that runs backwards stands still', async t => {
  const story = new Story()
  story.at(50_000).running(2, 'gamma', 'delta', 'epsilon')
  t.strictSame(story.at(0).told({ type: 'tick' }), [])
  t.equal(story.slaveState('gamma'), 'present')
})

t.test('a slave of another cluster is refused', async t => {
  const story = new Story()
  t.throws(() => story.register('zeta'), {
    code: 'GEMMESH_NODE_REFUSED',
    message: /zeta is not a slave of this master, which has gamma, delta, epsilon/,
  })
  story.scheduler.assertInvariants()
  t.equal(story.scheduler.standing('zeta', 'zeta-1'), 'gone')
  for (const event of ['slave-lost', 'slave-heartbeat'] as const) {
    t.strictSame(
      story.told({ type: event, slave: 'zeta', incarnation: 'a', running: [], reason: 'none' }),
      [],
      `${event} of it changes nothing`,
    )
  }
})

t.test('options that cannot work are refused', async t => {
  const good = {
    slaves: [{ name: 'gamma', performance: 1 }],
    epoch,
    heartbeatMs: 1000,
    leaseMs: 10_000,
    attempts: 4,
    unitsAtHand: 2,
    unitEdge: 64,
    planGraceMs: 0,
    measuredPerformance: true,
  }
  t.ok(new Scheduler(good))
  for (const bad of [
    { slaves: [] },
    { leaseMs: 0 },
    { attempts: 0 },
    { unitsAtHand: 0 },
    { unitEdge: Number.NaN },
    { heartbeatMs: Number.POSITIVE_INFINITY },
    { planGraceMs: -1 },
  ]) {
    const [name] = Object.keys(bad)
    t.throws(() => new Scheduler({ ...good, ...bad }), {
      code: 'GEMMESH_INTERNAL',
      message: new RegExp(`the scheduler's ${name} is`),
    })
  }
})

t.test('measured figures share out the next job', async t => {
  const slaves = [
    { name: 'gamma', performance: 4 },
    { name: 'delta', performance: 1 },
  ]
  for (const measuredPerformance of [true, false]) {
    const story = new Story({ slaves, measuredPerformance })
    story.register('gamma')
    story.register('delta')
    story.submit('first', [640, 640, 10])
    story.opened('first')
    const queue = [...story.instructions]
    // In truth both are as fast.
    for (const instruction of queue) {
      if (instruction.type !== 'assign-unit') continue
      const { slave, ref, tile } = instruction
      story.placed(slave, ref)
      queue.push(...story.instructions)
      story.done(slave, ref, figuresOf((tile.rows * tile.columns) / 1000))
      queue.push(...story.instructions)
    }
    story.sealed('first')
    story.submit('second', [640, 640, 10])
    const shares = story.scheduler
      .jobView('second')
      ?.plan?.shares.map(({ wanted }) => Math.round(wanted * 100))
    t.strictSame(shares, measuredPerformance ? [50, 50] : [80, 20])
    t.strictSame(
      story.scheduler.slaveViews().map(({ performance }) => performance),
      [4, 1],
      'what the configuration says is still what is shown as that',
    )
  }
})

t.test('views of jobs: ended ones first, then in order of submission', async t => {
  const story = new Story()
  for (const job of ['a', 'b', 'c']) story.submit(job, [64, 64, 1])
  story.told({ type: 'job-cancelled', job: 'b' })
  t.strictSame(
    story.scheduler.jobViews().map(({ job, state }) => [job, state]),
    [
      ['b', 'cancelled'],
      ['a', 'waiting'],
      ['c', 'waiting'],
    ],
  )
  t.equal(story.scheduler.jobView('nobody'), undefined)
})
