import t from 'tap'
import { epoch, figuresOf, refOf, Story } from './story.ts'

const all = ['gamma', 'delta', 'epsilon'] as const

t.test('a failed unit goes to another slave first', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(3, ...all)
  t.strictSame(story.failed('gamma', refOf('j', 0)), ['assign gamma j/1#1'], 'gamma goes on with its own')
  t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/0#2'], 'and delta takes the unit over')
  t.strictSame(story.failed('delta', refOf('j', 0, 2)), ['assign delta j/3#1'])
  t.strictSame(story.finish('gamma', refOf('j', 1)), ['assign gamma j/5#1'], 'epsilon has not tried it yet')
  t.strictSame(story.finish('epsilon', refOf('j', 4)), ['assign epsilon j/0#3'])
})

t.test('the one that failed tries again where there is no other', async t => {
  const story = new Story()
  story.running(1, 'gamma')
  t.strictSame(story.failed('gamma', refOf('j', 0)), ['assign gamma j/0#2'])
})

t.test('and where the others are gone', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(2, 'gamma', 'delta')
  story.failed('gamma', refOf('j', 0))
  t.strictSame(story.lost('delta'), [])
  t.strictSame(story.finish('gamma', refOf('j', 1)), ['assign gamma j/0#2'])
})

t.test('four failures of one unit fail the job, with the evidence', async t => {
  const story = new Story()
  story.running(3, ...all)
  story.failed('gamma', refOf('j', 0), 'no memory')
  const takers: string[] = []
  for (let attempt = 2; attempt <= 4; attempt++) {
    // Whoever has it now: everybody finishes what else it has.
    for (const [slave, units] of [
      ['gamma', [1]],
      ['delta', [2, 3]],
      ['epsilon', [4, 5]],
    ] as const) {
      for (const unit of units) story.finish(slave, refOf('j', unit))
    }
    const taker = all.find(slave =>
      story.scheduler.slaveViews().some(view => view.name === slave && view.unitsOpen > 0),
    )
    takers.push(taker ?? 'nobody')
    const lines = story.failed(taker ?? '', refOf('j', 0, attempt), 'no memory')
    if (attempt < 4) t.equal(lines.length, 1)
    else t.strictSame(lines, ['fail j GEMMESH_JOB_FAILED', 'abort j'])
  }
  t.strictSame(takers.slice(0, 2).sort(), ['delta', 'epsilon'], 'three different slaves tried')
  const message = story.scheduler.jobView('j')?.fault?.message ?? ''
  t.match(message, /^unit 0 of job j \(rows 0-31, columns 0-63\) failed 4 times: attempt 1 on gamma: /)
  for (const attempt of [2, 3, 4])
    t.match(message, new RegExp(`attempt ${attempt} on \\w+: GEMMESH_UNIT_FAILED`))
  t.match(story.scheduler.jobView('j'), { state: 'failed', unitsPlaced: 5 })
})

t.test('an attempt that a newer one overtook is no failure, and frees its slave', async t => {
  const story = new Story({ attempts: 1, unitsAtHand: 1 })
  story.running(2, 'gamma', 'delta')
  const overtaken = (slave: string, ref: ReturnType<typeof refOf>) =>
    story.told({ type: 'unit-failed', slave, ref, code: 'GEMMESH_TILE_OVERTAKEN', message: 'newer' })
  t.strictSame(overtaken('gamma', refOf('j', 0)), ['assign gamma j/0#2'], 'nobody else has it: once more')
  t.match(story.scheduler.jobView('j'), { state: 'running' })
  t.strictSame(overtaken('gamma', refOf('j', 0)), [], 'said twice it changes nothing')
})

t.test('a long message is cut in the evidence', async t => {
  const story = new Story({ attempts: 1 })
  story.running(1, 'gamma')
  t.strictSame(story.failed('gamma', refOf('j', 0), 'x'.repeat(100_000)), [
    'fail j GEMMESH_JOB_FAILED',
    'cancel gamma j/1',
    'abort j',
  ])
  t.ok((story.scheduler.jobView('j')?.fault?.message.length ?? 0) < 400)
})

t.test('a tile that master-combine refuses is a failure of its attempt', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(1, 'gamma', 'delta')
  const code = 'GEMMESH_TRANSFER_CORRUPT'
  t.strictSame(
    story.told({ type: 'tile-refused', slave: 'gamma', ref: refOf('j', 0), code, message: 'a CRC differs' }),
    ['assign gamma j/1#1'],
  )
  t.strictSame(story.failed('gamma', refOf('j', 0)), [], 'its slave tells the same of it; once is enough')
  t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/0#2'])
})

t.test('a silent attempt is handed on when its lease ends, and cancelled', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.at(0).running(1, 'gamma', 'delta')
  const start = story.now
  for (const after of [5000, 9999]) {
    t.strictSame(story.at(start + after).heartbeat('gamma', [refOf('j', 0)]), [])
    t.strictSame(story.heartbeat('delta'), [], 'delta lives, and says nothing of its unit')
  }
  t.strictSame(
    story.at(start + 10_000).told({ type: 'tick' }),
    ['cancel delta j/2', 'assign delta j/3#1'],
    'delta goes on with another one: gamma is to try this one',
  )
  t.strictSame(story.finish('gamma', refOf('j', 0)), ['assign gamma j/2#2'])
  t.strictSame(story.done('delta', refOf('j', 2)), [], 'the old attempt is late')
  t.equal(story.scheduler.jobView('j')?.unitsPlaced, 1)
})

t.test('a unit that is done, but never placed, does not hang', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(1, 'gamma')
  const start = story.now
  t.strictSame(story.at(start + 4000).done('gamma', refOf('j', 0)), ['assign gamma j/1#1'])
  for (let after = 4000; after < 14_000; after += 1000) {
    t.strictSame(story.at(start + after).heartbeat('gamma', [refOf('j', 1)]), [])
  }
  t.strictSame(
    story.at(start + 14_000).heartbeat('gamma', [refOf('j', 1)]),
    [],
    'its slave has its hands full',
  )
  t.strictSame(
    story.placed('gamma', refOf('j', 1)),
    ['assign gamma j/0#2'],
    'nothing to cancel: it was over there',
  )
})

t.test('placed by an attempt that was given up is placed: the newer one is cancelled', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(1, 'gamma', 'delta')
  story.at(9999).heartbeat('delta', [refOf('j', 2)])
  t.strictSame(story.at(10_000).told({ type: 'tick' }), [], 'gamma is lost, its unit is ready')
  t.equal(story.slaveState('gamma'), 'lost')
  t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/0#2'])
  t.strictSame(story.placed('gamma', refOf('j', 0)), ['cancel delta j/0', 'assign delta j/3#1'])
  t.strictSame(story.placed('delta', refOf('j', 0, 2)), [], 'the same digest again')
  const view = story.scheduler.jobView('j')
  t.equal(view?.unitsPlaced, 2)
  t.strictSame(
    view?.slaves.map(({ name, unitsPlaced }) => [name, unitsPlaced]),
    [
      ['gamma', 1],
      ['delta', 1],
    ],
  )
})

t.test('placed while it waits to be handed out again', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(1, 'gamma')
  t.strictSame(story.lost('gamma'), [])
  t.strictSame(story.placed('gamma', refOf('j', 0)), [])
  t.strictSame(story.register('gamma', 'gamma-2'), ['assign gamma j/1#1'])
})

t.test('a slave without room is left alone for a heartbeat, and nobody is blamed', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(1, 'gamma', 'delta')
  const start = story.now
  t.strictSame(story.refused('gamma', refOf('j', 0)), [])
  t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/0#2'], 'another slave may take it')
  t.strictSame(story.at(start + 999).told({ type: 'tick' }), [])
  t.strictSame(story.at(start + 1000).told({ type: 'tick' }), ['assign gamma j/1#1'])
  for (let attempt = 1; attempt < 20; attempt++) {
    story.refused('gamma', refOf('j', 1, attempt))
    t.strictSame(story.at(story.now + 1000).told({ type: 'tick' }), [`assign gamma j/1#${attempt + 1}`])
    story.heartbeat('gamma', [refOf('j', 1, attempt + 1)])
    story.heartbeat('delta', [refOf('j', 0, 2)])
  }
  t.equal(story.state(), 'running', 'being busy is no failure, however often')
})

t.test('a slave that refused has room again when it has finished something', async t => {
  const story = new Story({ unitsAtHand: 2 })
  story.running(4, 'gamma')
  t.strictSame(story.refused('gamma', refOf('j', 1)), [])
  t.strictSame(story.done('gamma', refOf('j', 0)), ['assign gamma j/1#2', 'assign gamma j/2#1'])
})

t.test('late and doubled messages change nothing', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(1, 'gamma', 'delta')
  story.failed('gamma', refOf('j', 0))
  story.finish('delta', refOf('j', 2))
  const before = JSON.stringify(story.scheduler.jobViews())
  const stale = refOf('j', 0)
  const foreign = { ...refOf('j', 0, 2), epoch: epoch - 1 }
  for (const [slave, ref] of [
    ['gamma', stale],
    ['delta', foreign],
    ['gamma', refOf('j', 0, 2)],
    ['delta', refOf('j', 0, 3)],
    ['delta', refOf('j', 99)],
    ['delta', refOf('k', 0)],
    ['zeta', refOf('j', 0, 2)],
    ['delta', refOf('j', 2)],
  ] as const) {
    t.strictSame(story.failed(slave, ref), [])
    t.strictSame(story.refused(slave, ref), [])
    t.strictSame(story.done(slave, ref), [])
    t.strictSame(
      story.told({ type: 'tile-refused', slave, ref, code: 'GEMMESH_TILE_REFUSED', message: 'no' }),
      [],
    )
  }
  for (const ref of [
    { ...foreign, epoch: epoch + 1 },
    refOf('j', 0, 3),
    refOf('j', 0, 0),
    refOf('j', 99),
    refOf('k', 0),
    refOf('j', 2),
  ]) {
    t.strictSame(story.placed('delta', ref), [])
  }
  t.strictSame(story.opened('j', [0, 1]), [])
  t.strictSame(story.opened('nobody'), [])
  t.strictSame(story.told({ type: 'job-open-failed', job: 'j', code: 'GEMMESH_BUSY', message: 'late' }), [])
  t.equal(JSON.stringify(story.scheduler.jobViews()), before)
})

t.test('done said twice before the tile is placed counts once', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(3, 'gamma')
  t.strictSame(story.done('gamma', refOf('j', 0)), ['assign gamma j/1#1'])
  t.strictSame(story.done('gamma', refOf('j', 0)), [])
  t.match(story.scheduler.jobView('j')?.slaves, [{ name: 'gamma', unitsPlaced: 0, fetchedBytes: 1000 }])
})

t.test('figures count once, before or after the tile is placed', async t => {
  const story = new Story()
  story.running(2, 'gamma')
  for (const order of ['placed first', 'done first']) {
    const ref = refOf('j', order === 'placed first' ? 0 : 1)
    for (let twice = 0; twice < 2; twice++) {
      if (order === 'placed first') story.placed('gamma', ref)
      story.done('gamma', ref, figuresOf(10, 500))
      if (order === 'done first') story.placed('gamma', ref)
    }
  }
  t.match(story.scheduler.jobView('j')?.slaves, [
    { name: 'gamma', unitsPlaced: 2, fetchedBytes: 1000, computeMs: 20 },
  ])
})
