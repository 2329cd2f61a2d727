import t from 'tap'
import type { UnitFigures } from '../../../src/core/scheduler.ts'
import { figuresOf, refOf, Story } from './story.ts'

t.test('no slave ever holds more than its credit', async t => {
  for (const unitsAtHand of [1, 2, 5]) {
    const story = new Story({ unitsAtHand })
    t.equal(story.running(40, 'gamma', 'delta', 'epsilon').length, 3 * unitsAtHand)
    t.ok(story.scheduler.slaveViews().every(({ unitsOpen }) => unitsOpen === unitsAtHand))
  }
})

t.test('an idle slave takes the last unit of the share that will be finished last', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(12, 'gamma', 'delta', 'epsilon')
  for (let unit = 0; unit < 3; unit++) {
    t.strictSame(story.finish('gamma', refOf('j', unit)), [`assign gamma j/${unit + 1}#1`])
  }
  for (let unit = 4; unit < 6; unit++) story.finish('delta', refOf('j', unit))
  t.strictSame(story.finish('gamma', refOf('j', 3)), ['assign gamma j/11#1'], 'epsilon has done nothing yet')
  t.strictSame(story.finish('gamma', refOf('j', 11)), ['assign gamma j/10#1'])
  t.strictSame(
    story.finish('gamma', refOf('j', 10)),
    ['assign gamma j/9#1'],
    'both have two left now: one of them',
  )
})

t.test('a slow slave does not take what a fast one finishes sooner', async t => {
  const slaves = [
    { name: 'gamma', performance: 1 },
    { name: 'delta', performance: 10 },
  ]
  const story = new Story({ slaves, unitsAtHand: 1 })
  story.register('gamma')
  story.register('delta')
  story.submit('j', [64, 64 * 11, 10])
  story.opened('j')
  t.strictSame(story.finish('gamma', refOf('j', 0)), ['assign gamma j/1#1'])
  t.strictSame(
    story.finish('gamma', refOf('j', 1)),
    [],
    'delta does ten in the time that gamma takes for one',
  )
  t.strictSame(story.finish('delta', refOf('j', 2)), ['assign delta j/3#1'])
  t.strictSame(story.lost('delta'), ['assign gamma j/3#2'], 'once delta is gone, gamma does the rest')
  t.strictSame(story.finish('gamma', refOf('j', 3, 2)), ['assign gamma j/8#1'], 'half of what is left')
  t.strictSame(story.finish('gamma', refOf('j', 8)), ['assign gamma j/9#1'])
})

t.test('a slave that refuses units is helped like one that is gone', async t => {
  const slaves = [
    { name: 'gamma', performance: 1 },
    { name: 'delta', performance: 10 },
  ]
  const story = new Story({ slaves, unitsAtHand: 1 })
  story.register('gamma')
  story.register('delta')
  story.submit('j', [64, 64 * 11, 10])
  story.opened('j')
  for (const unit of [0, 1]) story.finish('gamma', refOf('j', unit))
  t.strictSame(story.refused('delta', refOf('j', 2)), ['assign gamma j/2#2'])
  t.strictSame(story.finish('gamma', refOf('j', 2, 2)), ['assign gamma j/10#1'])
})

t.test('units that came back go before units that were never out', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(9, 'gamma', 'delta', 'epsilon')
  story.lost('epsilon')
  t.strictSame(story.finish('gamma', refOf('j', 0)), ['assign gamma j/6#2'])
})

t.test(
  'several jobs: slots go to the one that has got less, and to the other where it has nothing',
  async t => {
    const story = new Story({ unitsAtHand: 2 })
    story.running(3, 'gamma', 'delta', 'epsilon')
    t.strictSame(story.submit('k', [64, 64 * 6, 10]), ['open k: gamma gamma delta delta epsilon epsilon'])
    t.strictSame(story.opened('k'), [], 'all slots are taken')
    t.strictSame(story.finish('gamma', refOf('j', 0)), ['assign gamma k/0#1'])
    t.strictSame(
      story.failed('delta', refOf('j', 2)),
      ['assign delta k/2#1'],
      'delta is not to try it again yet',
    )
    t.strictSame(
      story.finish('gamma', refOf('k', 0)),
      ['assign gamma j/2#2'],
      'it has got less, and was there first',
    )
    for (const [slave, unit, attempt] of [
      ['gamma', 1, 1],
      ['gamma', 2, 2],
      ['delta', 3, 1],
      ['epsilon', 4, 1],
      ['epsilon', 5, 1],
    ] as const) {
      story.finish(slave, refOf('j', unit, attempt))
    }
    t.equal(story.state('j'), 'sealing')
    t.strictSame(story.sealed('j'), ['finish j'])
    t.equal(story.state('k'), 'running')
  },
)

t.test('of jobs that got as much, the one submitted first goes first', async t => {
  const story = new Story({ unitsAtHand: 1 })
  for (const slave of ['gamma', 'delta', 'epsilon']) story.register(slave)
  story.submit('first', [64, 192, 10])
  story.submit('second', [64, 192, 10])
  t.strictSame(story.opened('second').length, 3)
  story.opened('first')
  t.strictSame(story.finish('gamma', refOf('second', 0)), ['assign gamma first/0#1'])
})

t.test('a unit that came back goes before those of a job that has got less', async t => {
  const story = new Story({ unitsAtHand: 1 })
  story.running(9, 'gamma', 'delta', 'epsilon')
  story.submit('k', [64, 64 * 9, 10])
  story.opened('k')
  story.finish('gamma', refOf('j', 0))
  t.strictSame(story.finish('gamma', refOf('j', 1)), ['assign gamma k/0#1'], 'it has got less')
  t.strictSame(story.finish('gamma', refOf('k', 0)), ['assign gamma j/2#1'])
  t.strictSame(story.lost('epsilon'), [], 'all slots are taken')
  t.strictSame(story.finish('delta', refOf('j', 3)), ['assign delta j/6#2'], 'the one that was lost')
  t.strictSame(story.finish('delta', refOf('j', 6, 2)), ['assign delta k/3#1'], 'in turn again')
})

t.test('a job of higher priority takes every slot that becomes free', async t => {
  const story = new Story({ unitsAtHand: 1 })
  for (const slave of ['gamma', 'delta', 'epsilon']) story.register(slave)
  story.submit('low', [64, 64 * 6, 10])
  story.opened('low')
  story.told({ type: 'job-submitted', job: 'high', shape: [64, 64 * 6, 10], dtype: 'float32', priority: 5 })
  story.opened('high')
  t.strictSame(story.finish('gamma', refOf('low', 0)), ['assign gamma high/0#1'])
  t.strictSame(story.finish('gamma', refOf('high', 0)), ['assign gamma high/1#1'])
  t.equal(story.scheduler.jobView('high')?.priority, 5)
  t.throws(
    () => story.told({ type: 'job-submitted', job: 'x', shape: [1, 1, 1], dtype: 'int32', priority: NaN }),
    {
      code: 'GEMMESH_INTERNAL',
      message: /priority NaN/,
    },
  )
})

/** C in quarters, one a slave, of four units each; zeta, whose quarter is the last, has finished all but one of its own. */
function quarters(figures: UnitFigures): Story {
  const slaves = ['gamma', 'delta', 'epsilon', 'zeta'].map(name => ({ name, performance: 1 }))
  const story = new Story({ slaves, unitsAtHand: 1 })
  for (const { name } of slaves) story.register(name)
  story.submit('j', [256, 256, 10])
  story.opened('j')
  for (let unit = 12; unit < 15; unit++) {
    story.at(story.now + 100).placed('zeta', refOf('j', unit))
    story.done('zeta', refOf('j', unit), figures)
  }
  return story.at(story.now + 100)
}

t.test(
  'of shares that end as late, an idle slave helps with one of which it has half the blocks',
  async t => {
    const story = quarters(figuresOf())
    story.placed('zeta', refOf('j', 15))
    const tiles = story.instructions.flatMap(one => (one.type === 'assign-unit' ? [one.tile] : []))
    t.match(tiles, [{ row: 192, column: 64 }], 'its rows; those of gamma, the first, are as late')
  },
)

t.test('nobody is helped with what takes longer to move than it saves', async t => {
  const slowLink = { ...figuresOf(), fetchMs: 1000, fetchedBytes: 1000 }
  const story = quarters(slowLink)
  t.strictSame(story.placed('zeta', refOf('j', 15)), [], '2560 bytes at 1 byte a ms')
  t.strictSame(story.lost('gamma').length, 1, 'what belongs to nobody it takes all the same')
})

t.test('a slave with two units at hand is late when both are', async t => {
  const story = new Story()
  story.register('gamma')
  story.register('delta')
  story.submit('j', [64, 64 * 4, 10])
  story.at(3000).on({ type: 'tick' })
  story.opened('j')
  story.at(3100).finish('gamma', refOf('j', 0))
  t.strictSame(story.at(3200).finish('gamma', refOf('j', 1)), [], 'delta may be about to end both')
  const lateAt = 3000 + 1.25 * 200
  t.strictSame(story.at(lateAt - 1).told({ type: 'tick' }), [])
  t.strictSame(story.at(lateAt + 1).told({ type: 'tick' }), ['assign gamma j/3#2'])
})
