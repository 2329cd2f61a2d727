import { test } from 'tap'
import { Turns } from '../../../src/roles/slave/turns.ts'

test('one at a time, and a failure stops nobody', async t => {
  const turns = new Turns()
  const story: string[] = []
  const first = Promise.withResolvers<void>()
  const one = turns.run(1, async () => {
    story.push('one begins')
    await first.promise
    story.push('one ends')
    throw new Error('one failed')
  })
  const two = turns.run(2, async () => {
    story.push('two')
    return 2
  })
  first.resolve()
  await t.rejects(one, { message: 'one failed' })
  t.equal(await two, 2)
  t.same(story, ['one begins', 'one ends', 'two'])
})

test('the oldest goes on as long as it can; others fill its gaps', async t => {
  const turns = new Turns()
  const story: string[] = []
  const gap = Promise.withResolvers<void>()
  const steps = async (unit: number, count: number) => {
    for (let step = 1; step <= count; step++) {
      if (unit === 1 && step === 3) await gap.promise
      await turns.run(unit, async () => {
        story.push(`${unit}.${step}`)
        // The third step of the first unit can begin when the second unit has begun with its own.
        if (unit === 2) gap.resolve()
      })
    }
  }
  await Promise.all([steps(1, 4), steps(2, 3)])
  t.same(story, ['1.1', '1.2', '2.1', '1.3', '1.4', '2.2', '2.3'])
})
