/** Real processes that are killed in the middle of a job: what was accepted ends, and nothing that is placed is computed again. */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { HandOuts } from '../../bench/faults/hand-outs.ts'
import { patiently } from '../../bench/faults/job-stream.ts'
import { exactProduct, isExact } from '../../bench/faults/products.ts'
import { ProcessCluster } from '../../bench/process-cluster.ts'
import type { Job, JobView } from '../../src/client/index.ts'
import { folderOf } from './folder-of.ts'

const slaves = ['gamma', 'delta']
const folder = t.testdir({})
const product = await exactProduct(folder, 'int32', [448, 448, 320], 1)

async function clusterFor(t: Test): Promise<{ cluster: ProcessCluster; handOuts: HandOuts; job: Job }> {
  const handOuts = new HandOuts()
  const cluster = await ProcessCluster.start({
    folder: folderOf(t, () => cluster.stop()),
    slaves: slaves.map(name => ({ name, performance: 1, threads: 1, memory: '64MiB' })),
    logLevel: 'debug',
    onLog: (node, line) => handOuts.hear(node, line),
    options: {
      ...{ 'unit-edge': 64, 'block-edge': 64, 'plan-grace-ms': 0, 'measured-performance': false },
      'heartbeat-ms': 200,
    },
  })
  const client = await cluster.client()
  return { cluster, handOuts, job: await client.multiply(product.a, product.b, { upload: true }) }
}

/** The first view of the job that is so, whoever is away meanwhile. */
async function viewWhen(job: Job, isSo: (view: JobView) => boolean): Promise<JobView> {
  for (;;) {
    const view = await patiently(() => job.status())
    if (isSo(view)) return view
    if (view.state === 'failed') throw new Error(view.fault?.message)
  }
}

async function checkEnd(t: Test, job: Job, handOuts: HandOuts): Promise<void> {
  const view = await viewWhen(job, ({ state }) => state === 'done')
  t.equal(view.unitsPlaced, view.unitsTotal)
  const path = join(folder, `${job.id}.npy`)
  await patiently(() => job.save(path))
  t.ok(await isExact(path, product), 'the result is exact')
  t.ok(handOuts.handedOut >= view.unitsTotal, 'the logs say who had which unit')
  t.strictSame(
    handOuts.repeated().filter(({ crossed }) => !crossed),
    [],
    'no unit was handed out again after its tile was placed',
  )
}

t.test('a slave, master-combine and master-assign are killed, one after the other', async t => {
  const { cluster, handOuts, job } = await clusterFor(t)
  for (const name of ['gamma', 'beta', 'alpha']) {
    const { unitsPlaced } = await patiently(() => job.status())
    await viewWhen(job, view => view.unitsPlaced > unitsPlaced || view.state === 'done')
    await cluster.kill(name)
    await cluster.run(name)
  }
  await checkEnd(t, job, handOuts)
})

t.test('all nodes are killed at once, and start again', async t => {
  const { cluster, handOuts, job } = await clusterFor(t)
  await viewWhen(job, ({ unitsPlaced }) => unitsPlaced > 0)
  await cluster.kill(...cluster.masters, ...slaves)
  await cluster.run(...slaves, ...cluster.masters)
  await checkEnd(t, job, handOuts)
})
