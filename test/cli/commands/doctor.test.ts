import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LocalCluster } from '../../integration/local-cluster.ts'
import { gemmesh } from '../run-gemmesh.ts'

const folder = t.testdir({})

t.test('this machine, for people', async t => {
  const { exit, stdout } = await gemmesh(['doctor', '--data', folder])
  t.equal(exit, 0)
  for (const what of [
    'gemmesh',
    process.versions.node,
    'revectorizer',
    'cores',
    'memory',
    folder,
    '(chosen)',
  ])
    t.match(stdout, what)
})

t.test('this machine, for programs', async t => {
  const { records } = await gemmesh(['doctor', '--json'])
  t.match(records, [
    {
      type: 'machine',
      runtime: { node: process.versions.node },
      revectorizer: { inV8: Boolean },
      processors: {
        chosen: String,
        candidates: [{ variant: 'baseline', verified: true }, { variant: 'wide' }],
      },
      cores: { usable: Number },
      memory: { availableBytes: Number },
      data: { writable: true },
    },
  ])
})

t.test('a cluster: who answers, who does not, and how to start it', async t => {
  const { cluster } = await LocalCluster.start(t, {})
  const { assign, combine, slaves } = cluster.configuration
  const config = join(folder, 'cluster.json')
  writeFileSync(config, JSON.stringify({ 'master-assign': assign, 'master-combine': combine, slaves }))
  const well = await gemmesh(['doctor', '--config', config, '--json'])
  t.equal(well.exit, 0)
  t.match(well.records.at(-1), {
    type: 'cluster',
    nodes: [
      { name: 'alpha', up: true },
      { name: 'beta', up: true },
      { name: 'gamma', up: true, slave: 'present' },
      { name: 'delta', up: true, slave: 'present' },
      { name: 'epsilon', up: true, slave: 'present' },
    ],
  })
  await cluster.stop('delta')
  const ill = await gemmesh(['doctor', '--config', config])
  t.equal(ill.exit, 3)
  t.match(ill.stdout, /delta +slave +http\S+ +not well/)
  t.match(
    ill.stderr,
    /^error GEMMESH_NODE_UNREACHABLE: 1 of 5 nodes .* not well:\n {2}delta .*gemmesh node --config \S+ --name delta\n$/,
  )
})
