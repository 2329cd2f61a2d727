/** A result whose user has it is removed at master-combine: at once, for good, and not before its end is known. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { GemmeshError } from '../../../src/errors.ts'
import { description, TestMachine, tile } from './masters.ts'

const [left, right] = [
  [1, 2, 4, 5],
  [3, 6],
]

test('only a sealed result goes, once, and a restart does not miss it', async t => {
  const at = new TestMachine(t.testdir({}))
  const role = await at.start()
  await t.rejects(role.discardResult('j'), { code: 'GEMMESH_JOB_UNKNOWN' })
  await role.openJob(description('j'))
  await role.takeTile('j', tile('j', 0, left))
  await t.rejects(role.discardResult('j'), { code: 'GEMMESH_JOB_UNFINISHED' })
  await role.takeTile('j', tile('j', 1, right))
  await at.heard('jobSealed')
  await role.discardResult('j')
  t.notOk(existsSync(join(at.folder, 'results', 'j.npy')))
  await t.rejects(role.resultPath('j'), { code: 'GEMMESH_JOB_UNKNOWN', message: /--keep/ })
  await t.rejects(role.discardResult('j'), { code: 'GEMMESH_JOB_UNKNOWN' })
  t.match(await role.receipt('j'), { path: /j\.receipt\.json$/ }, 'who computed it is known still')
  at.crash()

  const said = at.said.length
  const second = await at.start()
  await t.rejects(second.takeTile('j', tile('j', 0, left)), { code: 'GEMMESH_JOB_UNKNOWN' })
  await second.close()
  t.equal(at.said.length, said, 'nothing is begun anew')
})

test('while master-assign does not know that it is sealed, it stays', async t => {
  const at = new TestMachine(t.testdir({}))
  let isAway = true
  at.answer = ({ route }) => {
    if (route === 'jobSealed' && isAway) throw new GemmeshError('GEMMESH_NODE_UNREACHABLE', 'away')
  }
  const role = await at.start()
  await role.openJob(description('j'))
  await role.takeTile('j', tile('j', 0, left))
  await role.takeTile('j', tile('j', 1, right))
  await at.heard('jobSealed')
  let isGone = false
  const discarded = role.discardResult('j').then(() => {
    isGone = true
  })
  await at.heard('jobSealed', 5)
  t.notOk(isGone)
  t.ok(existsSync(join(at.folder, 'results', 'j.npy')), 'after a restart it is said again, by this file')
  isAway = false
  await discarded
  t.notOk(existsSync(join(at.folder, 'results', 'j.npy')))
  await role.close()
})
