/** What users are told of how a job ends while the journal takes nothing: nothing that a loss of power takes back. */
import t from 'tap'
import { SimMatrices } from '../../../simulation/faults/stores.ts'
import { AssignMachine, request } from '../assign-machine.ts'

t.test('that a job is cancelled is said when it is durable, however often it is asked', async t => {
  const machine = new AssignMachine(t.testdir())
  let { users } = await machine.start()
  const { id } = await users.submit(request)
  machine.isFull = true
  for (const when of ['at first', 'again']) {
    await t.rejects(users.cancel(id), { code: 'GEMMESH_STORAGE_FULL' }, when)
    for (const view of [users.job(id), ...users.jobs()])
      t.match(view, { id, state: 'waiting', reason: /journal to take that it is cancelled/ })
    t.throws(() => users.resultLocation(id, false), { code: 'GEMMESH_JOB_UNFINISHED' })
  }
  machine.isFull = false
  const view = await users.cancel(id)
  t.strictSame([view.state, view.reason], ['cancelled', undefined])
  t.equal((await users.cancel(id)).state, 'cancelled', 'it stays what it is')
  await machine.stop()
  users = (await machine.start()).users
  t.equal(users.job(id).state, 'cancelled')
  await machine.stop()
})

t.test('that a job failed is said when it is durable', async t => {
  const machine = new AssignMachine(t.testdir())
  const { id } = await (await machine.start()).users.submit(request)
  await machine.stop()
  machine.isFull = true
  // Its matrices are gone.
  const { users } = await machine.start(new SimMatrices())
  await machine.later()
  const ending = users.job(id)
  t.match(ending, { state: 'waiting', reason: /journal to take that it is failed/ })
  t.equal(ending.fault, undefined)
  machine.isFull = false
  await machine.later()
  t.match(users.job(id), { state: 'failed', fault: { code: 'GEMMESH_MATRIX_UNKNOWN' } })
  await machine.stop()
})
