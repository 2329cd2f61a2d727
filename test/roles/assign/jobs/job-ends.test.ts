import t from 'tap'
import { JobEnds } from '../../../../src/roles/assign/jobs/job-ends.ts'

/** Timers that end when they are told to. */
function timers() {
  const running: { readonly delayMs: number; readonly action: () => void }[] = []
  const after = (delayMs: number, action: () => void) => {
    const timer = { delayMs, action }
    running.push(timer)
    return () => void running.splice(running.indexOf(timer), 1)
  }
  return { after, running }
}

t.test('all who wait for a job hear of its end, those of others do not', async t => {
  const world = timers()
  const ends = new JobEnds(world)
  const heard: string[] = []
  const waits = ['one', 'one', 'other'].map(job => ends.wait(job, 200).then(() => heard.push(job)))
  ends.tell('one')
  await Promise.all(waits.slice(0, 2))
  t.same(heard, ['one', 'one'])
  t.same(
    world.running.map(({ delayMs }) => delayMs),
    [200],
    'their timers are gone',
  )
})

t.test('who waited long enough goes on without', async t => {
  const world = timers()
  const ends = new JobEnds(world)
  const wait = ends.wait('one', 200)
  world.running[0]?.action()
  await t.resolves(wait)
  t.same(world.running, [])
  ends.tell('one') // nobody is there any more
})
