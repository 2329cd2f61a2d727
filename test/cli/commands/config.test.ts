import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { readCluster } from '../../../src/config.ts'
import { gemmesh } from '../run-gemmesh.ts'

const ready = (name: string): string => fileURLToPath(new URL(`../../../config/${name}`, import.meta.url))

t.test('check: a summary with the shares', async t => {
  const { exit, stdout } = await gemmesh(['config', 'check', ready('one-machine.json')])
  t.equal(exit, 0)
  t.match(stdout, /is right: 5 nodes, 3 of them slaves/)
  t.match(stdout, /slave +epsilon +http:\/\/127\.0\.0\.5:7712 +4 +57\.1 %/)
})

t.test('the environment names the file', async t => {
  const { exit, stdout } = await gemmesh(['config', 'check'], { GEMMESH_CONFIG: ready('two-hosts.json') })
  t.equal(exit, 0)
  t.match(stdout, 'two-hosts.json is right')
})

t.test('print: what is printed is a configuration file that says the same', async t => {
  for (const name of ['one-machine.json', 'two-hosts.json']) {
    const { exit, stdout } = await gemmesh(['config', 'print', ready(name)])
    t.equal(exit, 0)
    const printed = join(t.testdir({}), name)
    writeFileSync(printed, stdout)
    t.strictSame(await readCluster(printed), await readCluster(ready(name)))
  }
})

t.test('--json', async t => {
  for (const what of ['check', 'print']) {
    const { records } = await gemmesh(['config', what, ready('one-machine.json'), '--json'])
    t.match(records, [
      { type: 'config', valid: true, config: { 'master-assign': { name: 'alpha', port: 7710 } } },
    ])
  }
})
