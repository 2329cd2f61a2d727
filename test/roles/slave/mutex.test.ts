import { test } from 'tap'
import { Mutex } from '../../../src/roles/slave/mutex.ts'

test('one at a time, in order, and a failure stops nobody', async t => {
  const mutex = new Mutex()
  const story: string[] = []
  const first = Promise.withResolvers<void>()
  const one = mutex.run(async () => {
    story.push('one begins')
    await first.promise
    story.push('one ends')
    throw new Error('one failed')
  })
  const two = mutex.run(async () => {
    story.push('two')
    return 2
  })
  first.resolve()
  await t.rejects(one, { message: 'one failed' })
  t.equal(await two, 2)
  t.same(story, ['one begins', 'one ends', 'two'])
})
