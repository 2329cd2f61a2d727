import fc from 'fast-check'
import t from 'tap'
import { EventQueue } from '../../src/simulation/event-queue.ts'

t.test('what is due first comes first; at one time, in the order of adding', async t => {
  const queue = new EventQueue<string>()
  t.equal(queue.take(), undefined)
  for (const [at, what] of [
    [5, 'c'],
    [1, 'a'],
    [5, 'd'],
    [3, 'b'],
  ] as const) {
    queue.add(at, what)
  }
  t.equal(queue.size, 4)
  t.strictSame(
    [1, 2, 3, 4].map(() => queue.take()?.what),
    ['a', 'b', 'c', 'd'],
  )
  t.equal(queue.take(), undefined)
})

t.test('it sorts, whatever the order of adding and taking', async t => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat({ max: 20 })), { maxLength: 200 }), steps => {
      const queue = new EventQueue<number>()
      const model: { at: number; what: number }[] = []
      for (const [ordinal, at] of steps.entries()) {
        if (at === null) {
          model.sort((a, b) => a.at - b.at || a.what - b.what)
          const expected = model.shift()
          const taken = queue.take()
          if (taken?.at !== expected?.at || taken?.what !== expected?.what) return false
        } else {
          queue.add(at, ordinal)
          model.push({ at, what: ordinal })
        }
      }
      return queue.size === model.length
    }),
    { seed: 3, numRuns: 300 },
  )
  t.pass('300 orders')
})
