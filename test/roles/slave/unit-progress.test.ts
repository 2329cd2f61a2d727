import t from 'tap'
import { UnitProgress } from '../../../src/roles/slave/unit-progress.ts'

t.test('it follows what is watched, and each end is a step', async t => {
  const progress = new UnitProgress()
  let bytes = 7
  const gate = Promise.withResolvers<void>()
  const before = progress.count
  const first = progress.during(
    () => bytes,
    () => gate.promise,
  )
  const second = progress.during(
    () => bytes,
    () => gate.promise,
  )
  t.equal(progress.count, before + 14, 'two that watch the same both count')
  bytes = 8
  t.equal(progress.count, before + 16)
  t.equal(progress.count, progress.count, 'nothing is done: it stays')
  gate.resolve()
  await Promise.all([first, second])
  t.equal(progress.count, before + 2)
})

t.test('a failure is an end, and is passed on', async t => {
  const progress = new UnitProgress()
  const failed = progress.during(
    () => 100,
    () => Promise.reject(new Error('no')),
  )
  await t.rejects(failed, { message: 'no' })
  t.equal(progress.count, 1)
})
