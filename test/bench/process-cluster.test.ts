/** Who waits for a cluster of real processes hears of one that has died. */
import t, { type Test } from 'tap'
import { ProcessCluster } from '../../bench/process-cluster.ts'
import { folderOf } from '../integration/folder-of.ts'

async function clusterFor(t: Test, onLog?: (node: string, line: string) => void): Promise<ProcessCluster> {
  const cluster = await ProcessCluster.start({
    folder: folderOf(t, () => cluster.stop()),
    slaves: [{ name: 'gamma', performance: 1, threads: 1, memory: '64MiB' }],
    together: true,
    options: { 'heartbeat-ms': 200, 'measured-performance': false },
    ...(onLog && { onLog }),
  })
  return cluster
}

/** As somebody else does it, or memory that is short. */
function strike(cluster: ProcessCluster, name: string): void {
  process.kill(cluster.pids().get(name) ?? Number.NaN, 'SIGKILL')
}

t.test('a node that dies ends the waiting, with its name and its last lines', async t => {
  const cluster = await clusterFor(t)
  await cluster.kill('gamma')
  await cluster.until(({ slaves }) => slaves.every(({ state }) => state !== 'present'))
  t.pass('that is no reason to stop waiting for a node that was told to end')
  await cluster.run('gamma')
  await cluster.members('gamma')
  const waiting = cluster.until(() => false)
  strike(cluster, 'gamma')
  await t.rejects(waiting, { message: /^node gamma ended of SIGKILL, and nobody had told it to: .*"level"/s })
  await t.rejects(
    cluster.until(() => false),
    { message: /^node gamma/ },
    'whoever asks later hears it, too',
  )
})

t.test('so does a master, of which nobody can be asked any more', async t => {
  const lines: string[] = []
  const cluster = await clusterFor(t, (node, line) => lines.push(`${node} ${line}`))
  const waiting = cluster.until(() => false)
  strike(cluster, 'alpha')
  await t.rejects(waiting, { message: /^node alpha ended of SIGKILL.*"level"/s })
  t.ok(
    lines.some(line => line.startsWith('alpha {')),
    'who listens has heard all lines',
  )
})
