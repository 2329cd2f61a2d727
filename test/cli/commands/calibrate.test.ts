/** `gemmesh calibrate`: one real measurement, and what it refuses before it measures. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { gemmesh } from '../run-gemmesh.ts'

const text = `{
   "master-assign": {"name": "alpha", "ip": "127.0.0.1"}, "master-combine": {"name":"alpha","ip":"127.0.0.1"},
   "slaves":[
     {"name": "gamma",  "ip": "127.0.0.3", "performance": 2.50, "threads": 1},
     {"performance":   1, "name": "delta", "ip": "127.0.0.4"}
   ]   }\r\n`
const config = join(t.testdir(), 'cluster.json')
t.beforeEach(() => writeFileSync(config, text))

t.test('--write replaces the figure of this slave, and nothing else', async t => {
  const { exit, records, stderr } = await gemmesh([
    ...['calibrate', '--config', config, '--name', 'gamma', '--write', '--json'],
  ])
  t.equal(exit, 0, stderr)
  t.equal(records.length, 1)
  const [record] = records
  t.match(record, {
    type: 'calibration',
    name: 'gamma',
    before: 2.5,
    threads: 1,
    written: true,
    gflops: { float32: Number, float64: Number },
  })
  const figure = Number(record?.performance)
  t.ok(figure > 0)
  t.equal(readFileSync(config, 'utf8'), text.replace('2.50', String(figure)))
})

t.test('what it refuses, it refuses before it measures, and changes nothing', async t => {
  const refused = async (words: string[], message: RegExp) => {
    const { exit, stderr } = await gemmesh(['calibrate', ...words])
    t.equal(exit, 2)
    t.match(stderr, message)
    t.equal(readFileSync(config, 'utf8'), text)
  }
  await refused(['--write'], /GEMMESH_USAGE: --write needs the configuration file/)
  await refused(
    ['--config', config, '--name', 'alpha', '--write'],
    /GEMMESH_MODE_CONFLICT: alpha is no slave in .*gamma, delta/,
  )
  await refused(['--config', config, '--name', 'zeta', '--write'], /GEMMESH_NODE_UNKNOWN/)
})
