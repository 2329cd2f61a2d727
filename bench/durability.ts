/**
 * What durable acknowledgement costs: the same job on two clusters of five processes, in turns. In one of them flushes to the
 * disk return at once (fsync and fdatasync are replaced, LD_PRELOAD); all else is the same.
 *
 *     node bench/durability.ts [--n 4096] [--dtype float32] [--pairs 7] [--json]
 *
 * Needs Linux and a C compiler.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import { formatMs } from '../src/cli/units.ts'
import { dtypes } from '../src/core/matrix.ts'
import { ProcessCluster } from './process-cluster.ts'
import { geometricMean, summary } from './statistics.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '4096' },
    dtype: { type: 'string', default: 'float32' },
    pairs: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
})
const [n, pairs] = [Number(values.n), Number(values.pairs)]
const dtype = dtypes.find(one => one === values.dtype)
if (dtype === undefined) throw new Error(`--dtype is one of ${dtypes.join(', ')}`)

const folder = mkdtempSync(join(tmpdir(), 'gemmesh-durability-'))
const clusters: ProcessCluster[] = []
try {
  const operands = ['a', 'b'].map(name => join(folder, `${name}.npy`))
  for (const [index, path] of operands.entries()) await writeRandomMatrix(path, dtype, n, n, index + 1)
  const durable = await start('durable')
  const forgetful = await start('forgetful', noFlushes())
  const run = async (cluster: ProcessCluster) => {
    const [a = '', b = ''] = operands
    const client = await cluster.client()
    const began = performance.now()
    const job = await client.multiply(a, b, { verify: false })
    await job.done()
    return performance.now() - began
  }
  for (const cluster of clusters) await run(cluster)
  const times: { durableMs: number; forgetfulMs: number }[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? [durable, forgetful] : [forgetful, durable]
    const taken = new Map<ProcessCluster, number>()
    for (const cluster of order) taken.set(cluster, await run(cluster))
    times.push({ durableMs: taken.get(durable) ?? 0, forgetfulMs: taken.get(forgetful) ?? 0 })
  }
  const durableMs = summary(times.map(({ durableMs }) => durableMs))
  const forgetfulMs = summary(times.map(({ forgetfulMs }) => forgetfulMs))
  const ratio = geometricMean(times.map(({ durableMs, forgetfulMs }) => durableMs / forgetfulMs))
  if (values.json)
    process.stdout.write(`${JSON.stringify({ n, dtype, times, durableMs, forgetfulMs, ratio })}\n`)
  else {
    process.stdout.write(`${dtype}, n = ${n}, ${pairs} pairs, median (fastest to slowest)\n`)
    for (const [name, { median, min, max }] of [
      ['flushed', durableMs],
      ['not flushed', forgetfulMs],
    ] as const)
      process.stdout.write(`${name}: ${formatMs(median)} (${formatMs(min)} to ${formatMs(max)})\n`)
    process.stdout.write(`ratio of a pair, geometric mean: ${ratio.toFixed(3)}\n`)
  }
} finally {
  for (const cluster of clusters) await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function start(name: string, preload?: string): Promise<ProcessCluster> {
  mkdirSync(join(folder, name))
  if (preload !== undefined) process.env.LD_PRELOAD = preload
  const cluster = await ProcessCluster.start({
    folder: join(folder, name),
    slaves: ['s1', 's2', 's3'].map(slave => ({ name: slave, performance: 1, threads: 1 })),
    options: { 'operand-folders': [folder] },
  })
  delete process.env.LD_PRELOAD
  clusters.push(cluster)
  return cluster
}

/** A library in which nothing is flushed. */
function noFlushes(): string {
  const [source, library] = [join(folder, 'no-flushes.c'), join(folder, 'no-flushes.so')]
  writeFileSync(source, 'int fsync(int fd) { return 0; }\nint fdatasync(int fd) { return 0; }\n')
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, source])
  return library
}
