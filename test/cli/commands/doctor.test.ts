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
        candidates: [{ variant: 'baseline' }, { variant: 'fma' }, { variant: 'wide' }],
        tuning: { shapes: { float32: /^\d+x\d+$/, float64: String, int32: String }, mc: { float32: Number } },
        origin: { cached: false, at: String },
      },
      cores: { usable: Number },
      memory: { availableBytes: Number },
      data: { writable: true },
    },
  ])
})

t.test('what was chosen is kept for the next start, and it is said where', async t => {
  const cache = t.testdir({})
  const first = await gemmesh(['doctor'], { GEMMESH_CACHE: cache })
  t.match(first.stdout, `measured now, and kept for the next start in ${join(cache, 'tuning')}`)
  const second = await gemmesh(['doctor'], { GEMMESH_CACHE: cache })
  t.match(second.stdout, /measured by an earlier start \(20.*; the chosen one was tested again/)
  const third = await gemmesh(['doctor'], { GEMMESH_CACHE: 'off' })
  t.match(third.stdout, 'measured now, and not kept: GEMMESH_CACHE is off')
})

t.test('vector operations that are switched off are not used', async t => {
  const { records, stdout } = await gemmesh(['doctor', '--json'], { GEMMESH_SIMD: 'plain' })
  t.match(records, [{ processors: { chosen: 'baseline', simd: 'plain' } }], stdout)
  const wrong = await gemmesh(['doctor'], { GEMMESH_SIMD: 'all' })
  t.equal(wrong.exit, 2)
  t.match(wrong.stderr, /GEMMESH_USAGE: GEMMESH_SIMD is "all"; it may be wide, relaxed, plain/)
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
