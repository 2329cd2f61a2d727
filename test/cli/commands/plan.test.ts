/** `gemmesh plan` as its user meets it, and what a master says of a job before and after it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LocalCluster } from '../../integration/local-cluster.ts'
import { save, uniform } from '../../integration/matrices.ts'
import { gemmesh } from '../run-gemmesh.ts'

const folder = t.testdir({})
const at = (name: string): string => join(folder, name)
const a = await save(at('a.npy'), uniform(1, 'float32', [300, 200]))
const b = await save(at('b.npy'), uniform(2, 'float32', [200, 250]))
const facts = (rows: number, columns: number) => ({ dtype: 'float32' as const, shape: [rows, columns] })

t.test('without a master: by the configuration alone, with assumed rates', async t => {
  const config = at('alone.json')
  const node = (name: string, last: number) => ({ name, ip: `192.0.2.${last}` })
  writeFileSync(
    config,
    JSON.stringify({
      'master-assign': { name: 'alpha', ip: '127.0.0.1', port: 1 },
      'master-combine': node('beta', 2),
      slaves: [
        { ...node('gamma', 3), performance: 1 },
        { ...node('delta', 4), performance: 3 },
      ],
      options: { 'unit-edge': 64, 'block-edge': 32 },
    }),
  )
  const { exit, stdout, stderr } = await gemmesh(['plan', a, b, '--config', config])
  t.equal(exit, 0, stderr)
  t.match(stderr, /planned by .*alone\.json alone/)
  for (const what of [
    /plan: \d+ work units/,
    /gamma +1 +25\.00 %/,
    /expected: .*assumed/,
    /links: .* to the slaves, some .* of it from master-assign/,
  ])
    t.match(stdout, what)
  const { records } = await gemmesh(['plan', a, b, '--config', config, '--json'])
  t.match(records, [
    { type: 'plan', running: false, shape: [300, 250, 200], prediction: { sendBytes: 300 * 250 * 4 } },
  ])
})

t.test('beside a master that runs: for the slaves that are there, and nothing is stored or run', async t => {
  const { cluster, client } = await LocalCluster.start(t)
  const { exit, records } = await gemmesh(['plan', a, b, '--master', cluster.origin, '--json'])
  t.equal(exit, 0)
  t.match(records, [{ type: 'plan', running: true, plan: { shares: [{}, {}, {}] } }])
  t.strictSame(await client.jobs(), [])

  const job = await client.multiply(a, b)
  const done = await job.done()
  t.match(done.prediction, {
    ms: Number,
    sendBytes: 300 * 250 * 4,
    slaves: [{ jobs: 0 }, { jobs: 0 }, { jobs: 0 }],
  })
  const planned = await client.plan({ operation: 'gemm', a: facts(300, 200), b: facts(200, 250) })
  t.match(planned.prediction.slaves, [{ jobs: 1 }, { jobs: 1 }, { jobs: 1 }], 'it has learned from the job')
  const small = await client.plan({ operation: 'gemm', a: facts(30, 20), b: facts(20, 25) })
  t.equal(small.plan.units, 1)
  t.equal(small.prediction.alone, small.plan.shares[0]?.slave)
  await t.rejects(client.plan({ operation: 'gemm', a: facts(3, 4), b: facts(5, 6) }), {
    code: 'GEMMESH_SHAPE_MISMATCH',
  })
})

t.test('a job that cannot fit is refused before it begins', async t => {
  const { client } = await LocalCluster.start(t, {
    performance: [1, 1],
    slaveMemory: '16MiB',
    options: { 'unit-edge': 2048, 'block-edge': 512 },
  })
  const request = { operation: 'gemm' as const, a: facts(6000, 6000), b: facts(6000, 6000) }
  await t.rejects(client.plan(request), {
    code: 'GEMMESH_MEMORY_EXCEEDED',
    message: /needs \d+ bytes .* \d+ bytes are missing.* unit-edge to \d+/,
  })
})

t.test('a plan is for a cluster', async t => {
  const { exit, stderr } = await gemmesh(['plan', a, b])
  t.equal(exit, 2)
  t.match(stderr, /--config/)
})
