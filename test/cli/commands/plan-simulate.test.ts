import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { save, smallIntegers } from '../../integration/matrices.ts'
import { gemmesh } from '../run-gemmesh.ts'

const folder = t.testdir()
const config = join(folder, 'cluster.json')
// Nobody listens there: the plan is made by the file alone.
const node = (name: string, ip: string, port: number) => ({ name, ip, port })
writeFileSync(
  config,
  JSON.stringify({
    'master-assign': node('alpha', '127.0.0.1', 9),
    'master-combine': node('beta', '127.0.0.1', 10),
    slaves: [
      { ...node('gamma', '127.0.0.3', 11), performance: 2 },
      { ...node('delta', '127.0.0.4', 11), performance: 1 },
    ],
  }),
)
const a = await save(join(folder, 'a.npy'), smallIntegers(1, 'float32', [600, 400]))
const b = await save(join(folder, 'b.npy'), smallIntegers(2, 'float32', [400, 500]))

t.test('gemmesh plan --simulate plays the plan through, the same way each time', async t => {
  const run = () => gemmesh(['plan', a, b, '--config', config, '--simulate', '--json'])
  const [first, second] = await Promise.all([run(), run()])
  t.equal(first.exit, 0, first.stderr)
  const simulation = first.records.find(({ type }) => type === 'simulation')
  t.match(simulation, { typical: { jobs: [{ state: 'done' }], master: { receivedBytes: 600 * 500 * 4 } } })
  t.strictSame(
    second.records.find(({ type }) => type === 'simulation'),
    simulation,
  )
  const shown = await gemmesh(['plan', a, b, '--config', config, '--simulate'])
  t.match(shown.stdout, /simulated: .+ until the last tile is placed/)
  const without = await gemmesh(['plan', a, b, '--config', config])
  t.notMatch(without.stdout, /simulated/)
})
