/** Masters that end and are started again: no accepted job is lost, and what ended stays as it ended. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { Job } from '../../src/client/index.ts'
import { LocalCluster } from './local-cluster.ts'
import { load, naive, save, smallIntegers } from './matrices.ts'

const options = { 'unit-edge': 64, 'heartbeat-ms': 100, 'plan-grace-ms': 0 }
const [a, b] = [smallIntegers(1, 'int32', [400, 150]), smallIntegers(2, 'int32', [150, 400])]
const product = naive(a, b)

const filesOf = async (cluster: LocalCluster) =>
  [await save(join(cluster.folder, 'a.npy'), a), await save(join(cluster.folder, 'b.npy'), b)] as const

async function checkResult(t: Test, cluster: LocalCluster, job: Job): Promise<void> {
  const path = join(cluster.folder, `${job.id}.npy`)
  await job.save(path)
  t.same((await load(path)).data, product)
}

async function untilPlaced(job: Job, units: number): Promise<void> {
  for await (const { unitsPlaced } of job.progress()) if (unitsPlaced >= units) return
}

test('an accepted job is there after a restart, and so is its key', async t => {
  const cluster = await LocalCluster.prepare(t, { options, performance: [1] })
  await cluster.run('alpha')
  const client = await cluster.connect(t)
  const [pathA, pathB] = await filesOf(cluster)
  const request = {
    operation: 'gemm',
    a: (await client.upload(pathA)).id,
    b: (await client.upload(pathB)).id,
    priority: 3,
  } as const
  const [first, second] = [await client.submit(request, 'once'), await client.submit(request)]
  const before = await client.jobs()
  await cluster.stop('alpha')
  await cluster.run('alpha')
  t.strictSame(await client.jobs(), before)
  t.equal((await client.submit(request, 'once')).id, first.id)
  t.equal((await client.jobs()).length, 2, 'nothing began anew')
  await cluster.stop('alpha')
  await cluster.run(...cluster.names)
  for (const job of [first, second]) {
    await job.done()
    await checkResult(t, cluster, job)
  }
  t.equal((await client.submit(request, 'once')).id, first.id, 'also of a job that has ended')
})

test('a job that runs goes on with its plan when master-assign is started anew', async t => {
  const { cluster, client } = await LocalCluster.start(t, { options, performance: [1, 1] })
  const [pathA, pathB] = await filesOf(cluster)
  const job = await client.multiply(pathA, pathB)
  await untilPlaced(job, 1)
  const { plan, prediction } = await job.status()
  await cluster.stop('alpha')
  await cluster.run('alpha')
  const view = await job.done()
  t.strictSame([view.plan, view.prediction], [plan, prediction])
  await checkResult(t, cluster, job)
})

test('how jobs ended is known after a restart', async t => {
  const { cluster, client } = await LocalCluster.start(t, { options, performance: [1, 1] })
  const [pathA, pathB] = await filesOf(cluster)
  const [done, cancelled, other] = [
    await client.multiply(pathA, pathB),
    await client.multiply(pathA, pathB, { priority: -5 }),
    await client.multiply(pathB, pathB, { transB: true }),
  ]
  await cancelled.cancel()
  await Promise.all([done.done(), other.done()])
  const before = await client.jobs()
  t.strictSame(before.map(({ state }) => state).sort(), ['cancelled', 'done', 'done'])
  await cluster.stop(...cluster.names)
  await cluster.run(...cluster.names)
  t.strictSame(await client.jobs(), before)
  await checkResult(t, cluster, done)
  t.equal((await cancelled.cancel()).state, 'cancelled')
  t.equal((await done.cancel()).state, 'done', 'what has ended stays as it is')
  await t.rejects(cancelled.save(join(cluster.folder, 'none.npy')), { code: 'GEMMESH_JOB_CANCELLED' })
  const again = await client.multiply(pathA, pathB)
  t.strictSame(
    (await client.jobs()).map(({ id }) => id).slice(0, 3),
    before.map(({ id }) => id),
  )
  await again.done()
})

test('all nodes may end in the middle of a job', async t => {
  const { cluster, client } = await LocalCluster.start(t, { options, performance: [1, 1] })
  const job = await client.multiply(...(await filesOf(cluster)))
  await untilPlaced(job, 3)
  await cluster.stop(...cluster.names)
  await cluster.run(...cluster.names)
  await job.done()
  await checkResult(t, cluster, job)
})

test('master-combine may end in the middle of a job, and may lose all that it had', async t => {
  const { cluster, client } = await LocalCluster.start(t, { options, performance: [1, 1] })
  const files = await filesOf(cluster)
  for (const isLost of [false, true]) {
    const job = await client.multiply(...files)
    await untilPlaced(job, 3)
    await cluster.stop('beta')
    if (isLost) await rm(join(cluster.folder, 'beta-'), { recursive: true })
    await cluster.run('beta')
    await job.done()
    await checkResult(t, cluster, job)
  }
})

test('master-combine hears that a job was cancelled, however long it takes', async t => {
  const { cluster, client } = await LocalCluster.start(t, { options, performance: [1] })
  const files = await filesOf(cluster)
  const job = await client.multiply(...files)
  await untilPlaced(job, 1)
  await cluster.stop('beta')
  t.equal((await job.cancel()).state, 'cancelled')
  await cluster.stop('alpha')
  await cluster.run('beta', 'alpha')
  const results = join(cluster.folder, 'beta-', 'results')
  const isThere = async () => (await readdir(results)).some(name => name.startsWith(job.id))
  while (await isThere());
  t.equal((await job.status()).state, 'cancelled')
})

test('a job whose operands are gone fails, and says so', async t => {
  const cluster = await LocalCluster.prepare(t, {
    options: { ...options, 'operand-folders': ['/'] },
  })
  await cluster.run('alpha')
  const client = await cluster.connect(t)
  const [pathA, pathB] = await filesOf(cluster)
  const [uploaded, named] = [
    await client.multiply(pathA, pathB, { upload: true }),
    await client.multiply(pathA, pathB),
  ]
  const [, { id }] = (await uploaded.status()).operands.map(operand => operand) as [unknown, { id: string }]
  await cluster.stop('alpha')
  await rm(join(cluster.folder, 'alpha-', 'matrices', `${id}.npy`))
  await save(pathA, smallIntegers(5, 'int32', [400, 150]))
  await cluster.run('alpha')
  t.match(await uploaded.status(), { state: 'failed', fault: { code: 'GEMMESH_MATRIX_UNKNOWN' } })
  t.match(await named.status(), { state: 'failed', fault: { code: 'GEMMESH_OPERAND_CHANGED' } })
})

test('a second master on the same folder is refused', async t => {
  const cluster = await LocalCluster.prepare(t, { options })
  await cluster.run('alpha')
  const client = await cluster.connect(t)
  const { epoch } = await client.info()
  await t.rejects(cluster.run('alpha'), { code: 'GEMMESH_DATA_LOCKED' })
  t.equal((await client.info()).epoch, epoch)
})
