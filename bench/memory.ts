/**
 * `npm run bench:memory`: the most memory that each process of a cluster ever had (VmHWM) in one job whose matrices are far larger:
 * five processes, three slaves of one thread. Masters may have 400 MiB, slaves their budget and 200 MiB. Linux.
 *
 *     node bench/memory.ts [--m 32768 --n 32768 --k 2048] [--folder DIR]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import { renderTable } from '../src/cli/table.ts'
import { defaultOptions } from '../src/config/schema.ts'
import { peakBytes } from './cluster/proc.ts'
import { ProcessCluster } from './process-cluster.ts'

const MiB = 2 ** 20
const slaves = ['gamma', 'delta', 'epsilon']
const limitOf = (name: string) =>
  slaves.includes(name) ? defaultOptions.slaveMemoryBytes + 200 * MiB : 400 * MiB

const { values } = parseArgs({
  options: {
    m: { type: 'string', default: '32768' },
    n: { type: 'string', default: '32768' },
    k: { type: 'string', default: '2048' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const [m, n, k] = [Number(values.m), Number(values.n), Number(values.k)]
const folder = await mkdtemp(join(values.folder, 'gemmesh-memory-'))
try {
  const [a, b] = [join(folder, 'a.npy'), join(folder, 'b.npy')]
  await writeRandomMatrix(a, 'float32', m, k, 1)
  await writeRandomMatrix(b, 'float32', k, n, 2)
  const cluster = await ProcessCluster.start({
    folder,
    slaves: slaves.map(name => ({ name, performance: 1, threads: 1 })),
    options: { 'operand-folders': [folder] },
  })
  try {
    const client = await cluster.client()
    const startedMs = performance.now()
    const job = await client.submit({ operation: 'gemm', a: { path: a }, b: { path: b } })
    const { elapsedMs, gflops } = await job.done()
    console.log(
      `float32 ${m}x${k} times ${k}x${n}: ${(elapsedMs / 1000).toFixed(1)} s, ${gflops.toFixed(0)} GFLOPS, ` +
        `${((performance.now() - startedMs) / 1000).toFixed(1)} s until it was known`,
    )
    const rows: string[][] = []
    for (const [name, pid] of cluster.pids()) {
      const bytes = await peakBytes(pid)
      const isOver = bytes > limitOf(name)
      if (isOver) process.exitCode = 1
      const inMiB = (count: number) => (count / MiB).toFixed(0)
      rows.push([name, inMiB(bytes), inMiB(limitOf(name)), isOver ? 'MORE' : ''])
    }
    console.log(renderTable(['process', 'peak MiB', 'limit MiB', ''], rows, [1, 2]))
  } finally {
    await cluster.stop()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
