/** master-combine drops what it has of a job when nothing brings the job back. */
import t from 'tap'
import { AssignMachine, request } from '../assign-machine.ts'

t.test('that a job is over is said when its end is durable', async t => {
  const machine = new AssignMachine(t.testdir())
  const role = await machine.start()
  const { users } = role
  const { id } = await users.submit(request)
  machine.registerSlave()
  await machine.later()
  t.ok(machine.said.includes('openJob'))
  machine.isFull = true
  await t.rejects(users.cancel(id), { code: 'GEMMESH_STORAGE_FULL' })
  await machine.later()
  t.notOk(machine.said.includes('abortJob'), 'a loss of power would bring it back')
  const recovered = { job: id, placed: [] }
  await t.rejects(role.jobRecovered(recovered), { code: 'GEMMESH_STORAGE_FULL' }, 'who asks, asks again')
  machine.isFull = false
  await t.rejects(role.jobRecovered(recovered), { code: 'GEMMESH_JOB_UNKNOWN' })
  await users.cancel(id)
  await machine.later()
  t.ok(machine.said.includes('abortJob'))
  await machine.stop()
})
