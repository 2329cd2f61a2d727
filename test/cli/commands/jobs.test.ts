/** `gemmesh jobs`, `job`, `cancel` on a cluster whose slave comes last: until then its jobs wait, and stay where they are. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LocalCluster } from '../../integration/local-cluster.ts'
import { save, smallIntegers } from '../../integration/matrices.ts'
import { gemmesh } from '../run-gemmesh.ts'

const cluster = await LocalCluster.prepare(t, { performance: [1] })
await cluster.run('alpha', 'beta')
const client = await cluster.connect(t)
const { assign, combine, slaves } = cluster.configuration
const config = join(cluster.folder, 'cluster.json')
writeFileSync(config, JSON.stringify({ 'master-assign': assign, 'master-combine': combine, slaves }))
const a = await save(join(cluster.folder, 'a.npy'), smallIntegers(1, 'int32', [30, 20]))
const b = await save(join(cluster.folder, 'b.npy'), smallIntegers(2, 'int32', [20, 10]))

t.test('no jobs', async t => {
  t.match(await gemmesh(['jobs', '--config', config]), { exit: 0, stdout: 'no jobs\n' })
  t.strictSame((await gemmesh(['jobs', '--config', config, '--json'])).records, [])
})

t.test('listed, shown, cancelled', async t => {
  const low = await client.multiply(a, b, { priority: -3 })
  const high = await client.multiply(a, b, { priority: 7 })
  const listed = await gemmesh(['jobs', '--master', cluster.origin])
  t.equal(listed.exit, 0, listed.stderr)
  t.match(listed.stdout, new RegExp(`${low.id} +waiting +-3 +30x10 +20 +int32 +0 %`))
  t.match(listed.stdout, new RegExp(`${high.id} +waiting +7 `))
  const { records } = await gemmesh(['jobs', '--config', config, '--json'])
  t.match(records, [
    { type: 'job', id: low.id, priority: -3 },
    { type: 'job', id: high.id, priority: 7 },
  ])

  const shown = await gemmesh(['job', high.id.slice(0, 13), '--config', config])
  t.equal(shown.exit, 0, shown.stderr)
  t.match(shown.stdout, `job ${high.id}`)
  t.match(shown.stdout, /state +waiting: a slave to register: gamma/)
  t.match(shown.stdout, /priority +7/)

  const cancelled = await gemmesh(['cancel', high.id, '--config', config, '--json'])
  t.match(cancelled, {
    exit: 0,
    records: [{ type: 'job', id: high.id, state: 'cancelled', cancelled: true }],
  })
  const again = await gemmesh(['cancel', high.id, '--config', config])
  t.match(again, { exit: 0, stdout: `job ${high.id} had ended already: it is cancelled\n` })
  t.match((await low.status()).state, 'waiting')
})

t.test('what is no job, and no cluster', async t => {
  const unknown = await gemmesh(['job', 'nobody', '--config', config])
  t.equal(unknown.exit, 2)
  t.match(unknown.stderr, 'GEMMESH_JOB_UNKNOWN')
  const empty = await gemmesh(['cancel', '', '--config', config])
  t.match(empty, { exit: 2, stderr: /GEMMESH_USAGE: the id of the job is empty/ }, 'not the first job of all')
  const nowhere = await gemmesh(['jobs'])
  t.equal(nowhere.exit, 2)
  t.match(nowhere.stderr, /GEMMESH_USAGE: no cluster is given: .*--config.*--master/)
})

t.test('--priority', async t => {
  const words = ['multiply', a, b, '--priority']
  t.match(await gemmesh([...words, '1']), { exit: 2, stderr: /--priority is for jobs of a cluster/ })
  t.match(await gemmesh([...words, '101', '--config', config]), { exit: 2, stderr: /from -100 to 100/ })
})

t.test('the result of a job into a file, as soon as it has one', async t => {
  const job = await client.multiply(a, b)
  const output = join(cluster.folder, 'c.npy')
  const words = ['job', job.id, '--config', config, '-o']
  t.match(await gemmesh([...words, join(cluster.folder, 'none', 'c.npy')]), {
    exit: 2,
    stderr: /GEMMESH_OUTPUT_UNWRITABLE: .*mkdir -p/,
  })
  t.match(await gemmesh([...words, output, '--receipt']), { exit: 2, stderr: /cannot be used with/ })
  const saved = gemmesh([...words, output, '--json'])
  await cluster.run('gamma')
  const { exit, records } = await saved
  t.equal(exit, 0)
  t.match(records.at(-1), { type: 'result', id: job.id, state: 'done', output })
  const again = join(cluster.folder, 'again.npy')
  await job.save(again)
  t.strictSame(readFileSync(output), readFileSync(again))
  t.match(await gemmesh(['job', job.id.slice(0, 13), '--config', config, '-o', again]), {
    exit: 0,
    stdout: new RegExp(`again.npy: int32 30x10, the result of job ${job.id}`),
  })
})
