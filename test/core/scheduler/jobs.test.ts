import t from 'tap'
import { refOf, Story } from './story.ts'

t.test('a job waits for slaves that have not come yet, but not for ever', async t => {
  const story = new Story()
  story.submit('j', [64, 128, 1])
  t.strictSame(story.at(60_000).on({ type: 'tick' }), [], 'for the first one it waits as long as it takes')
  t.strictSame(story.at(61_000).register('delta'), [])
  t.strictSame(story.at(63_999).told({ type: 'tick' }), [], 'the grace starts when the first one comes')
  t.strictSame(story.at(64_000).told({ type: 'tick' }), ['open j: delta delta'], 'planned over those present')
})

t.test('nor for a slave that has been missing for long', async t => {
  const story = new Story()
  story.register('gamma')
  story.register('delta')
  story.at(5000).heartbeat('gamma')
  story.heartbeat('delta')
  t.strictSame(story.submit('j', [64, 128, 1]), ['open j: gamma gamma delta delta'])
  story.at(9000).lost('delta')
  t.strictSame(story.at(10_000).submit('k', [64, 128, 1]), [], 'one that has just gone may come back')
  t.strictSame(story.at(12_000).told({ type: 'tick' }), ['open k: gamma gamma'])
})

t.test('slaves that come and go do not hold up a job for longer than the grace', async t => {
  const story = new Story()
  story.register('gamma')
  story.at(1000).submit('j', [64, 64, 1])
  story.at(2000).register('delta')
  story.at(3000).lost('delta')
  t.strictSame(story.at(3999).told({ type: 'tick' }), [])
  t.strictSame(story.at(4000).told({ type: 'tick' }), ['open j: gamma gamma'])
})

t.test('C without elements needs no slave', async t => {
  for (const shape of [
    [0, 5, 3],
    [5, 0, 3],
  ] as const) {
    const story = new Story()
    t.strictSame(story.submit('j', shape), ['open j: '])
    t.strictSame(story.opened('j'), [])
    t.equal(story.state(), 'sealing')
    t.strictSame(story.sealed('j'), ['finish j'])
    t.equal(story.state(), 'done')
    t.strictSame(story.scheduler.jobView('j')?.slaves, [])
  }
})

t.test('a result that cannot be sealed fails its job', async t => {
  const story = new Story()
  story.submit('j', [0, 5, 3])
  story.opened('j')
  const message = 'the disk is full'
  story.told({ type: 'seal-failed', job: 'j', code: 'GEMMESH_STORAGE_FULL', message })
  t.equal(story.state(), 'failed')
  t.strictSame(story.scheduler.jobView('j')?.fault, {
    code: 'GEMMESH_STORAGE_FULL',
    message: 'master-combine could not seal the result: the disk is full',
  })
  t.strictSame(
    story.told({ type: 'seal-failed', job: 'j', code: 'GEMMESH_STORAGE_FULL', message }),
    [],
    'said twice',
  )
})

t.test('an inner dimension of 0 is computed like any other', async t => {
  const story = new Story()
  story.register('gamma')
  story.register('delta')
  story.register('epsilon')
  story.submit('j', [64, 192, 0])
  t.equal(story.opened('j').length, 6)
})

t.test('sealed may overtake the answer to open-job, and the last unit-placed', async t => {
  const empty = new Story()
  empty.submit('j', [0, 5, 3])
  t.strictSame(empty.sealed('j'), ['finish j'])
  t.strictSame(empty.opened('j'), [], 'the answer comes too late to matter')
  t.equal(empty.state(), 'done')

  const story = new Story()
  story.running(3, 'gamma', 'delta', 'epsilon')
  for (let unit = 0; unit < 4; unit++) story.finish(['gamma', 'delta'][unit >> 1] ?? '', refOf('j', unit))
  story.finish('epsilon', refOf('j', 4))
  t.strictSame(story.sealed('j'), ['finish j'])
  t.strictSame(story.placed('epsilon', refOf('j', 5)), [], 'too late to matter')
  t.strictSame(story.done('epsilon', refOf('j', 5)), [])
  const view = story.scheduler.jobView('j')
  t.strictSame([view?.unitsPlaced, view?.elementsPlaced], [6, 64 * 192])
  t.strictSame(
    view?.slaves.map(({ name, unitsPlaced, fetchedBytes }) => [name, unitsPlaced, fetchedBytes]),
    ['gamma', 'delta', 'epsilon'].map(name => [name, 2, 2000]),
    'who computed what is right all the same',
  )
})

t.test('tiles that master-combine has from before a restart are not computed again', async t => {
  const story = new Story({ unitsAtHand: 10 })
  for (const slave of ['gamma', 'delta', 'epsilon']) story.register(slave)
  story.submit('j', [64, 192, 10])
  t.strictSame(story.opened('j', [0, 3, 3, 99]), [
    'assign gamma j/1#1',
    'assign delta j/2#1',
    'assign epsilon j/4#1',
    'assign epsilon j/5#1',
  ])
  t.equal(story.scheduler.jobView('j')?.unitsPlaced, 2)
  const all = new Story()
  all.register('gamma')
  all.register('delta')
  all.register('epsilon')
  all.submit('j', [64, 192, 10])
  t.strictSame(all.opened('j', [0, 1, 2, 3, 4, 5]), [])
  t.equal(all.state(), 'sealing')
})

t.test('master-combine that cannot be reached is asked again, with pauses that double', async t => {
  const story = new Story()
  story.submit('j', [0, 5, 3])
  const fail = () =>
    story.told({ type: 'job-open-failed', job: 'j', code: 'GEMMESH_NODE_UNREACHABLE', message: 'refused' })
  t.strictSame(fail(), [])
  t.match(story.scheduler.jobView('j')?.reason, /did not yet: refused/)
  t.strictSame(fail(), [], 'the same answer twice')
  t.strictSame(story.at(999).told({ type: 'tick' }), [])
  t.strictSame(story.at(1000).told({ type: 'tick' }), ['open j: '])
  fail()
  t.strictSame(story.at(3000).told({ type: 'tick' }), ['open j: '])
  fail()
  t.strictSame(story.at(7000).told({ type: 'tick' }), ['open j: '])
  while (story.now < 7_200_000) {
    fail()
    story.now += 30_000
    t.strictSame(story.told({ type: 'tick' }), ['open j: '], 'for as long as it takes')
  }
  t.strictSame(story.opened('j'), [])
  t.equal(story.state(), 'sealing')
})

t.test('a refusal for good fails the job at once', async t => {
  for (const [code, known] of [
    ['GEMMESH_OUTPUT_UNWRITABLE', 'GEMMESH_OUTPUT_UNWRITABLE'],
    ['E_STRANGE', 'GEMMESH_INTERNAL'],
  ] as const) {
    const story = new Story()
    story.submit('j', [0, 5, 3])
    t.strictSame(story.told({ type: 'job-open-failed', job: 'j', code, message: 'no room' }), [
      `fail j ${known}`,
      'abort j',
    ])
    t.equal(story.state(), 'failed')
    t.strictSame(story.opened('j'), [], 'an answer after that changes nothing')
    t.strictSame(story.told({ type: 'job-open-failed', job: 'j', code, message: 'again' }), [])
  }
})

t.test('a cancelled job frees its slaves and is dropped at master-combine', async t => {
  const story = new Story()
  story.running(6, 'gamma', 'delta', 'epsilon')
  story.submit('k', [64, 128, 10])
  story.opened('k')
  story.placed('gamma', refOf('j', 0))
  story.done('delta', refOf('j', 2))
  t.strictSame(
    story.told({ type: 'job-cancelled', job: 'j' }),
    [
      ...['cancel epsilon j/4,5', 'cancel gamma j/1', 'cancel delta j/3', 'abort j'],
      ...['assign epsilon k/4#1', 'assign gamma k/1#1', 'assign delta k/3#1', 'assign epsilon k/5#1'],
    ],
    'the next job takes the slots',
  )
  t.equal(story.state('j'), 'cancelled')
  t.strictSame(story.told({ type: 'job-cancelled', job: 'j' }), [], 'once is enough')
  t.strictSame(story.told({ type: 'job-cancelled', job: 'nobody' }), [])
  t.strictSame(story.placed('delta', refOf('j', 3)), [], 'what is still under way changes nothing')
  t.strictSame(story.failed('epsilon', refOf('j', 4)), [])
  t.strictSame(story.sealed('j'), [])
  t.equal(story.state('j'), 'cancelled')
})

t.test('a job cancelled while it waits was never opened', async t => {
  const story = new Story()
  story.submit('j', [64, 64, 1])
  t.strictSame(story.told({ type: 'job-cancelled', job: 'j' }), [])
  const opening = new Story()
  opening.submit('j', [0, 64, 1])
  t.strictSame(opening.told({ type: 'job-cancelled', job: 'j' }), ['abort j'], 'it may have been by now')
})

t.test('submissions that are refused', async t => {
  const story = new Story({ jobsLimit: 2 })
  story.submit('a', [64, 64, 1])
  t.throws(() => story.submit('a', [64, 64, 1]), { code: 'GEMMESH_INTERNAL', message: /submitted before/ })
  t.throws(() => story.submit('b', [64, -1, 1]), { code: 'GEMMESH_INTERNAL', message: /shape/ })
  story.submit('b', [64, 64, 1])
  t.throws(() => story.submit('c', [64, 64, 1]), { code: 'GEMMESH_BUSY', message: /2 is the limit/ })
  story.told({ type: 'job-cancelled', job: 'a' })
  t.throws(() => story.submit('a', [64, 64, 1]), { code: 'GEMMESH_INTERNAL' }, 'an id is not used twice')
  story.submit('c', [64, 64, 1])
})

t.test('ended jobs are kept as summaries, the latest of them', async t => {
  const story = new Story({ jobsKept: 2 })
  for (const job of ['a', 'b', 'c']) {
    story.submit(job, [0, 64, 1])
    story.sealed(job)
  }
  t.strictSame(
    story.scheduler.jobViews().map(({ job }) => job),
    ['b', 'c'],
  )
})
