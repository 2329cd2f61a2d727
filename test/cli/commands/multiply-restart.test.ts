/** `gemmesh multiply` on a cluster whose masters end and are started again while it waits. */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LocalCluster } from '../../integration/local-cluster.ts'
import { load, naive, save, smallIntegers } from '../../integration/matrices.ts'
import { outcomeOf, type Running, startGemmesh } from '../run-gemmesh.ts'

const options = { 'heartbeat-ms': 100, 'plan-grace-ms': 0 }
const [a, b] = [smallIntegers(1, 'int32', [60, 50]), smallIntegers(2, 'int32', [50, 40])]

async function waitingCommand(t: Test, ...words: readonly string[]) {
  const cluster = await LocalCluster.prepare(t, { options, performance: [1] })
  await cluster.run('alpha')
  const [pathA, pathB, pathC] = ['a.npy', 'b.npy', 'c.npy'].map(name => join(cluster.folder, name)) as [
    string,
    string,
    string,
  ]
  await Promise.all([save(pathA, a), save(pathB, b)])
  const command = ['multiply', pathA, pathB, '-o', pathC, '--master', cluster.origin, ...words]
  const child = startGemmesh(command)
  t.teardown(() => child.kill('SIGKILL'))
  child.stdin.end()
  const client = await cluster.connect(t)
  while ((await client.jobs()).length === 0);
  return { cluster, client, child, pathC, outcome: outcomeOf(child) }
}

/** Resolves when one of the outputs has said so. */
const said = (child: Running, words: string): Promise<void> =>
  new Promise(resolve => {
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (text.includes(words)) resolve()
      })
  })

t.test('it says once what it waits for, and goes on', async t => {
  const { cluster, child, pathC, outcome } = await waitingCommand(t)
  const isAway = said(child, 'does not answer')
  await cluster.stop('alpha')
  await isAway
  await cluster.run(...cluster.names)
  const { exit, stderr } = await outcome
  t.equal(exit, 0, stderr)
  t.same((await load(pathC)).data, naive(a, b))
  const lines = stderr.split('\n').filter(line => line.includes('master-'))
  t.match(lines, [
    new RegExp(
      `^master-assign at ${cluster.origin} does not answer \\(.*\\): the job is kept there; trying again$`,
    ),
    new RegExp(`^master-assign at ${cluster.origin} answers again$`),
  ])
  t.equal(lines.length, 2, stderr)
})

t.test('programs get records of it', async t => {
  const { cluster, child, outcome } = await waitingCommand(t, '--json')
  const isAway = said(child, '"type":"waiting"')
  await cluster.stop('alpha')
  await isAway
  await cluster.run(...cluster.names)
  const { exit, stderr, records } = await outcome
  t.equal(exit, 0, stderr)
  t.match(
    records.filter(({ type }) => type === 'waiting'),
    [
      { node: 'master-assign', origin: cluster.origin, isBack: false },
      { node: 'master-assign', origin: cluster.origin, isBack: true },
    ],
  )
})

t.test('without patience it ends at once, and Ctrl-C ends it at any time', async t => {
  const impatient = await waitingCommand(t, '--patience', '0')
  await impatient.cluster.stop('alpha')
  t.match(await impatient.outcome, { exit: 3, stderr: /GEMMESH_MASTER_UNREACHABLE/ })
  await impatient.cluster.run('alpha')
  t.equal((await impatient.client.jobs()).length, 1, 'the job is kept')

  const patient = await waitingCommand(t)
  const isAway = said(patient.child, 'does not answer')
  await patient.cluster.stop('alpha')
  await isAway
  patient.child.kill('SIGINT')
  t.match(await patient.outcome, {
    exit: 130,
    stderr: /GEMMESH_INTERRUPTED/,
  })
  t.match((await patient.outcome).stderr, /job [0-9a-f-]+ could not be cancelled: gemmesh cancel does it/)
})

t.test('--patience is a number of seconds, and for a cluster', async t => {
  const here = await outcomeOf(startGemmesh(['multiply', 'a', 'b', '--patience', '3']))
  t.match(here, { exit: 2, stderr: /--patience is for jobs of a cluster/ })
  const never = await outcomeOf(startGemmesh(['multiply', 'a', 'b', '--patience', 'never']))
  t.match(never, { exit: 2, stderr: /number of seconds, 0 or more/ })
})
