/**
 * Where the time of a cluster's job goes: `node bench/cluster/profile.ts [--dtype float32] [--n 8192] [--jobs 3]
 * [--slaves 3] [--options JSON] [--profiles DIR] [--after numpy]`. Phases as the user waits for them, CPU seconds of every
 * process in each, what units took at each slave; after a product by NumPy, or so many seconds of rest, where `--after` says so.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { renderTable } from '../../src/cli/table.ts'
import { ProcessCluster } from '../process-cluster.ts'
import { runCommand } from './command.ts'
import { SquareFiles } from './files.ts'
import { numpy } from './peers.ts'
import { cpuTime } from './proc.ts'

const { values } = parseArgs({
  options: {
    dtype: { type: 'string', default: 'float32' },
    n: { type: 'string', default: '8192' },
    jobs: { type: 'string', default: '3' },
    slaves: { type: 'string', default: '3' },
    options: { type: 'string', default: '{}' },
    profiles: { type: 'string' },
    after: { type: 'string', default: 'nothing' },
  },
})
const dtype = values.dtype === 'float64' ? 'float64' : 'float32'
const folder = await mkdtemp(join(tmpdir(), 'gemmesh-profile-'))
const product = await SquareFiles.create(folder, dtype, Number(values.n))
const cluster = await ProcessCluster.start({
  folder,
  slaves: ['gamma', 'delta', 'epsilon', 'zeta']
    .slice(0, Number(values.slaves))
    .map(name => ({ name, performance: 1, threads: 1 })),
  options: { 'operand-folders': [folder], ...JSON.parse(values.options) },
  ...(values.profiles !== undefined && { nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${values.profiles}`] }),
})
try {
  for (let job = 1; job <= Number(values.jobs); job++) await profile(job)
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}

async function profile(ordinal: number): Promise<void> {
  if (values.after === 'numpy') {
    const peer = await numpy()
    if ('missing' in peer) throw new Error(peer.missing)
    await product.renew()
    console.log(`\nNumPy: ${(await peer.multiply(product)).toFixed(0)} ms`)
  } else if (values.after !== 'nothing') await delay(1000 * Number(values.after))
  await product.renew()
  await runCommand(['sync'])
  const { a, b, c } = product.files
  const client = await cluster.client()
  const rows: string[][] = []
  const phase = async <T>(name: string, action: () => Promise<T>): Promise<T> => {
    const before = await cpuOfAll()
    const started = performance.now()
    const result = await action()
    const seconds = (performance.now() - started) / 1000
    const after = await cpuOfAll()
    const used = [...after].map(([node, { userSeconds, systemSeconds }]) => {
      const from = before.get(node) ?? { userSeconds: 0, systemSeconds: 0 }
      return `${(userSeconds - from.userSeconds).toFixed(2)}+${(systemSeconds - from.systemSeconds).toFixed(2)}`
    })
    rows.push([name, seconds.toFixed(2), ...used])
    return result
  }
  const job = await phase('submit', () =>
    client.submit({ operation: 'gemm', a: { path: a }, b: { path: b } }),
  )
  const view = await phase('multiply', () => job.done())
  await phase('save', () => job.save(c))
  await product.check()
  console.log(`\njob ${ordinal}: ${view.elapsedMs.toFixed(0)} ms, ${view.gflops.toFixed(0)} GFLOPS`)
  console.log(renderTable(['phase', 'seconds', 'client', ...cluster.pids().keys()], rows))
  console.log(JSON.stringify(view.slaves))
}

async function cpuOfAll() {
  const { user, system } = process.cpuUsage()
  const found = new Map([['client', { userSeconds: user / 1e6, systemSeconds: system / 1e6 }]])
  for (const [name, pid] of cluster.pids()) found.set(name, await cpuTime(pid))
  return found
}
