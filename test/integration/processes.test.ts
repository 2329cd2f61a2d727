/** Real processes: who comes, goes and is cancelled in the middle of a job, and what that leaves. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ProcessCluster, type SlaveSpec } from '../../bench/process-cluster.ts'
import type { Job, JobView } from '../../src/client/index.ts'
import { gemmesh } from '../cli/run-gemmesh.ts'
import { folderOf } from './folder-of.ts'
import { load, save, smallIntegers } from './matrices.ts'

// In float64 and min-plus, 2048x2048x2048 takes one thread a second or more: time to come and go.
const size = 2048
const request = { semiring: 'min-plus' } as const
const folder = t.testdir({})
const [a, b, local] = [join(folder, 'a.npy'), join(folder, 'b.npy'), join(folder, 'local.npy')]
await save(a, smallIntegers(1, 'float64', [size, size]))
await save(b, smallIntegers(2, 'float64', [size, size]))
const here = await gemmesh(['multiply', a, b, '--semiring', 'min-plus', '-o', local])
t.equal(here.exit, 0, here.stderr)

const slaves: readonly SlaveSpec[] = ['gamma', 'delta'].map(name => ({
  ...{ name, performance: 1, threads: 1, memory: '256MiB' },
}))
const options = {
  ...{ 'unit-edge': 256, 'plan-grace-ms': 0, 'heartbeat-ms': 200, 'lease-ms': 60_000 },
  'measured-performance': false,
}

/** The first view of the job that is so; a job that ends before is one that never will be. */
async function viewWhen(t: Test, job: Job, isSo: (view: JobView) => boolean): Promise<JobView> {
  let last: JobView | undefined
  for await (const view of job.progress()) {
    if (isSo(view)) return view
    last = view
  }
  t.fail(`the job ended (${last?.state}) before that`)
  throw new Error('too late')
}

async function checkResult(t: Test, job: Job): Promise<void> {
  const path = join(folder, `${job.id}.npy`)
  await job.save(path)
  t.ok(
    Buffer.from((await load(path)).data.buffer).equals(Buffer.from((await load(local)).data.buffer)),
    'the result is that of one machine, to the bit',
  )
}

t.test(
  'a slave that is started in mid-job takes its part; one that is told to end finishes its unit',
  async t => {
    const cluster = await ProcessCluster.prepare({
      folder: folderOf(t, () => cluster.stop()),
      slaves,
      options,
    })
    await cluster.run('alpha', 'beta', 'gamma')
    const client = await cluster.client()
    const job = await client.multiply(a, b, request)
    await viewWhen(t, job, ({ unitsPlaced }) => unitsPlaced > 0)
    // Held still, gamma cannot end the job before the other one is there, however long that takes to start.
    cluster.signal('gamma', 'SIGSTOP')
    try {
      await cluster.run('delta')
      await viewWhen(t, job, view =>
        view.slaves.some(({ name, unitsPlaced }) => name === 'delta' && unitsPlaced > 0),
      )
    } finally {
      cluster.signal('gamma', 'SIGCONT')
    }
    cluster.signal('gamma', 'SIGTERM')
    const gamma = await cluster.ended('gamma')
    t.equal(gamma?.exitCode, 0)
    t.match(gamma?.log, /"msg":"draining"/)
    t.notMatch(gamma?.log, /unit failed|did not hear/)
    const left = (await client.info()).slaves.find(({ name }) => name === 'gamma')
    t.match(left, { state: 'left', unitsOpen: 0 })
    const view = await job.done()
    t.strictSame(view.slaves.map(({ name }) => name).sort(), ['delta', 'gamma'])
    t.equal(
      view.slaves.reduce((sum, { unitsPlaced }) => sum + unitsPlaced, 0),
      view.unitsTotal,
    )
    await checkResult(t, job)
  },
)

t.test('the higher priority goes first; a cancelled job leaves no unit and no file', async t => {
  const cluster = await ProcessCluster.start({ folder: folderOf(t, () => cluster.stop()), slaves, options })
  const client = await cluster.client()
  const [storedA, storedB] = [await client.upload(a), await client.upload(b)]
  const submit = (priority: number) =>
    client.submit({ operation: 'gemm', a: storedA.id, b: storedB.id, ...request, priority })
  const low = await submit(0)
  await viewWhen(t, low, ({ unitsPlaced }) => unitsPlaced > 0)
  const high = await submit(5)
  await high.done()
  const atThatTime = await low.status()
  t.equal(atThatTime.state, 'running', 'the job before waits for the one of a higher priority')
  t.match(await low.cancel(), { state: 'cancelled' })
  for (const { name } of slaves) while ((await cluster.unitsOpen(name)) > 0);
  t.ok((await low.status()).unitsPlaced < atThatTime.unitsTotal)
  // The abort reaches master-combine after the answer to the user.
  let files: string[]
  do files = await readdir(cluster.resultsFolder)
  while (files.some(name => name.startsWith(low.id)))
  t.strictSame(files, [`${high.id}.npy`])
  await checkResult(t, high)
})
