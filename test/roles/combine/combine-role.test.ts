import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { GemmeshError } from '../../../src/errors.ts'
import type { CombineRole } from '../../../src/roles/combine/combine-role.ts'
import { description, TestMachine, tile } from './masters.ts'

const machine = (t: Test): TestMachine => new TestMachine(t.testdir({}))
const left = [1, 2, 4, 5]
const right = [3, 6]

async function resultOf(role: CombineRole, job: string): Promise<number[]> {
  const file = readFileSync(await role.resultPath(job))
  return [...new Int32Array(new Uint8Array(file.subarray(-24)).buffer)]
}

test('what was acknowledged is there after a crash, and is not asked for again', async t => {
  const at = machine(t)
  const first = await at.start()
  t.same(await first.openJob(description('j')), { placed: [] })
  await first.takeTile('j', tile('j', 1, right))
  at.crash()

  const second = await at.start()
  await at.heard('jobRecovered')
  t.same(at.said.at(-1)?.message, { job: 'j', placed: [1] })
  t.same(await second.openJob(description('j')), { placed: [1] })
  await second.takeTile('j', tile('j', 1, right, 1, 2))
  await t.rejects(second.takeTile('j', tile('j', 1, [9, 9], 2, 2)), { code: 'GEMMESH_TILE_REFUSED' })
  await second.takeTile('j', tile('j', 0, left, 1, 2))
  await at.heard('jobSealed')
  t.same(await resultOf(second, 'j'), [1, 2, 3, 4, 5, 6])
  await second.close()
  t.same(readdirSync(join(at.folder, 'results')), ['j.npy'])

  const third = await at.start()
  t.same(at.routes().filter(route => route === 'jobRecovered').length, 1, 'nothing is left of it to be said')
  await third.close()
})

test('a record that reached the disk though nobody was told of it counts', async t => {
  const at = machine(t)
  const first = await at.start()
  await first.openJob(description('j'))
  const gate = Promise.withResolvers<void>()
  const reached = new Promise<void>(resolve => {
    at.flush = () => {
      resolve()
      return gate.promise
    }
  })
  first.takeTile('j', tile('j', 0, left)).catch(t.error)
  await reached
  at.crash({ reached: true })
  at.flush = async () => {}
  const second = await at.start()
  t.same(await second.openJob(description('j')), { placed: [0] })
  await second.close()
})

test('sealing goes on after a crash at any point', async t => {
  for (const layers of [1, 2]) {
    for (const point of ['placed', 'sealed'] as const) {
      const at = machine(t)
      const first = await at.start()
      await first.openJob(description('j', layers))
      // The disk stops at the point where the process dies.
      const { rename } = at.disk
      const reached = Promise.withResolvers<void>()
      const never = new Promise<never>(() => {})
      at.disk.rename = async (from, to) => {
        if (!to.endsWith('.npy')) return rename(from, to)
        if (point === 'sealed') await rename(from, to)
        reached.resolve()
        return never
      }
      for (let layer = 0; layer < layers; layer++) {
        await first.takeTile('j', tile('j', 2 * layer, left))
        await first.takeTile('j', tile('j', 2 * layer + 1, right))
      }
      await reached.promise
      at.crash()
      at.disk.rename = rename
      const second = await at.start()
      await at.heard('jobSealed')
      t.match(at.said.at(-1)?.message, { job: 'j', bytes: 152, totals: { placed: 2 * layers, wrong: 0 } })
      t.same(
        await resultOf(second, 'j'),
        [1, 2, 3, 4, 5, 6].map(value => value * layers),
        `${layers} layers, ${point}`,
      )
      t.notOk(at.routes().includes('jobRecovered'))
      t.equal(JSON.parse(readFileSync(join(at.folder, 'receipts', 'j.receipt.json'), 'utf8')).sealed, true)
      await second.close()
      t.same(readdirSync(join(at.folder, 'results')), ['j.npy'])
    }
  }
})

test('that a job is sealed is said until it is heard, also after a restart', async t => {
  const at = machine(t)
  at.answer = ({ route }) => {
    if (route === 'jobSealed') throw new GemmeshError('GEMMESH_NODE_UNREACHABLE', 'away')
  }
  const first = await at.start()
  await first.openJob(description('j'))
  await first.takeTile('j', tile('j', 0, left))
  await first.takeTile('j', tile('j', 1, right))
  const sealed = () => at.routes().filter(route => route === 'jobSealed').length
  await at.heard('jobSealed', 3)
  t.same(await first.openJob(description('j')), { placed: [0, 1] }, 'opened again meanwhile')
  await first.close()
  const second = await at.start()
  await at.heard('jobSealed', sealed() + 2)
  at.answer = () => {}
  await at.heard('jobSealed', sealed() + 1)
  await second.close()
  const third = await at.start()
  const said = sealed()
  t.same(await third.openJob(description('j')), { placed: [0, 1] }, 'a sealed job is not begun anew')
  await at.heard('jobSealed', said + 1)
  await third.close()
})

test('a job whose files are gone is begun anew', async t => {
  const at = machine(t)
  const first = await at.start()
  await first.openJob(description('j'))
  await first.takeTile('j', tile('j', 0, left))
  at.crash()
  rmSync(join(at.folder, 'results'), { recursive: true })
  const second = await at.start()
  await at.heard('jobRecovered')
  t.same(at.said.at(-1)?.message, { job: 'j', placed: [] })
  await second.takeTile('j', tile('j', 1, right))
  at.crash()
  const third = await at.start()
  t.same(await third.openJob(description('j')), { placed: [1] }, 'what was lost stays lost')
  await third.close()
})

test('a crash while a lost job is begun anew does not make zeros of its tiles', async t => {
  const at = machine(t)
  const first = await at.start()
  await first.openJob(description('j'))
  await first.takeTile('j', tile('j', 0, left))
  at.crash()
  rmSync(join(at.folder, 'results'), { recursive: true })
  // The process dies when the new files are there, whatever of the journal is by then.
  const { syncFolder } = at.disk
  const begun = new Promise<void>(resolve => {
    at.disk.syncFolder = () => {
      resolve()
      return new Promise(() => {})
    }
  })
  at.start().catch(t.error)
  await begun
  at.crash()
  at.disk.syncFolder = syncFolder
  const third = await at.start()
  t.same(await third.openJob(description('j')), { placed: [] })
  await third.close()
})

test('an aborted job is gone for good, and so is one that master-assign does not know', async t => {
  const at = machine(t)
  const first = await at.start()
  await first.openJob(description('j'))
  await first.openJob(description('k'))
  await first.takeTile('j', tile('j', 0, left))
  await first.abortJob({ job: 'j' })
  await first.abortJob({ job: 'j' })
  await t.rejects(first.takeTile('j', tile('j', 1, right)), { code: 'GEMMESH_JOB_UNKNOWN' })
  at.crash()
  at.answer = () => {
    throw new GemmeshError('GEMMESH_JOB_UNKNOWN', 'never heard of it')
  }
  const second = await at.start()
  await at.heard('jobRecovered')
  t.match(at.said.at(-1)?.message, { job: 'k' })
  await second.close()
  t.same(readdirSync(join(at.folder, 'results')), [])
  const third = await at.start()
  await third.close()
  t.equal(at.routes().filter(route => route === 'jobRecovered').length, 1)
})

test('a job that was aborted is not opened by a message that comes late', async t => {
  const at = machine(t)
  const role = await at.start()
  await role.openJob(description('j'))
  const aborting = role.abortJob({ job: 'j' })
  await Promise.resolve() // it has begun
  await t.rejects(role.openJob(description('j')), { code: 'GEMMESH_JOB_UNKNOWN' }, 'while it is aborted')
  await aborting
  await role.abortJob({ job: 'k' })
  for (const job of ['j', 'k'])
    await t.rejects(role.openJob(description(job)), { code: 'GEMMESH_JOB_UNKNOWN', message: /aborted/ })
  t.same(readdirSync(join(at.folder, 'results')), [])
  await role.openJob(description('l'))
  at.crash()
  for (let start = 0; start < 2; start++) {
    const later = await at.start()
    for (const job of ['j', 'k'])
      await t.rejects(
        later.openJob(description(job)),
        { code: 'GEMMESH_JOB_UNKNOWN' },
        'after a restart, too',
      )
    await later.close()
  }
})

test('a full disk: what is placed stays, and it goes on when there is room', async t => {
  const at = machine(t)
  const full = { code: 'GEMMESH_STORAGE_FULL' }
  const role = await at.start()
  at.flush = async () => {
    throw new GemmeshError('GEMMESH_STORAGE_FULL', 'full')
  }
  await t.rejects(role.openJob(description('j')), full)
  t.same(readdirSync(join(at.folder, 'results')), [], 'nothing is left of it')
  at.flush = async () => {}
  await role.openJob(description('j'))
  await role.takeTile('j', tile('j', 0, left))
  at.disk.write = 'ENOSPC'
  await t.rejects(role.takeTile('j', tile('j', 1, right)), full)
  at.disk.write = undefined
  at.disk.flush = 'ENOSPC'
  await t.rejects(role.takeTile('j', tile('j', 1, right)), full)
  at.flush = async () => {
    throw new GemmeshError('GEMMESH_STORAGE_FULL', 'full')
  }
  await t.rejects(role.takeTile('j', tile('j', 1, right)), full)
  t.same(await role.openJob(description('j')), { placed: [0] })
  at.flush = async () => {}
  await role.takeTile('j', tile('j', 1, right))
  await at.heard('jobSealed')
  t.same(await resultOf(role, 'j'), [1, 2, 3, 4, 5, 6])
  t.notOk(at.routes().includes('tileRefused'))
  await role.close()
})

test('a result waits for room to be sealed', async t => {
  const at = machine(t)
  const role = await at.start()
  await role.openJob(description('j'))
  await role.takeTile('j', tile('j', 0, left))
  const { rename } = at.disk
  let refused = 0
  at.disk.rename = async (from, to) => {
    if (to.endsWith('.npy') && refused++ < 50) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    return rename(from, to)
  }
  await role.takeTile('j', tile('j', 1, right))
  await at.heard('jobSealed')
  t.notOk(at.routes().includes('sealFailed'))
  await role.close()
})

test('a disk that fails is the end of the node, and nothing is acknowledged', async t => {
  const at = machine(t)
  const role = await at.start()
  await role.openJob(description('j'))
  at.disk.flush = 'EIO'
  await t.rejects(role.takeTile('j', tile('j', 0, left)), { code: 'GEMMESH_STORAGE_FAILED' })
  await t.rejects(role.alive, { code: 'GEMMESH_STORAGE_FAILED', message: /check the disk/ })
  t.same(at.routes(), [])
  await role.close()
})

test('two masters never share a folder', async t => {
  const at = machine(t)
  const role = await at.start()
  await t.rejects(at.start(), { code: 'GEMMESH_DATA_LOCKED' })
  await role.close()
  await (await at.start()).close()
})
