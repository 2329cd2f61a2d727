/**
 * `npm run bench:predict`: what a plan says beside what the job takes, on clusters of real processes on this machine. Each
 * cluster first does some jobs, which is how it gets to know its costs; then jobs of other shapes are planned, and run.
 * Exits with 1 where one takes more than 25 percent more or less than was said.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePlaces } from '../src/cli/demo/ports.ts'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import { renderTable } from '../src/cli/table.ts'
import { formatBytes, formatMs } from '../src/cli/units.ts'
import { type Cluster, connect } from '../src/client/index.ts'

type Shape = readonly [m: number, n: number, k: number]

interface Case {
  readonly name: string
  readonly performance: readonly number[]
  readonly options: Readonly<Record<string, number>>
  readonly shapes: readonly Shape[]
}

const tolerance = 0.25
/** Of each shape; the median counts, as other things run on a machine, too. */
const runs = 5
/** Done first, three times each: much arithmetic, many bytes in, many bytes out, nearly nothing. */
const learned: readonly Shape[] = [
  [512, 512, 512],
  [2048, 2048, 512],
  [1024, 1024, 4096],
  [2048, 2048, 2048],
  [4096, 1024, 1024],
  [3072, 3072, 3072],
]
/** A virtual machine gets memory that it has not touched for long from its host page by page: that would be measured. */
const warmUp: Case = { name: 'not measured', performance: [1, 1], options: {}, shapes: [] }
const cases: readonly Case[] = [
  warmUp,
  {
    name: 'two slaves',
    performance: [1, 1],
    options: {},
    shapes: [
      [1536, 1536, 1536],
      [3000, 2000, 1000],
      [1200, 1200, 6000],
      [4096, 4096, 2048],
    ],
  },
  {
    name: 'one slave',
    performance: [1],
    options: {},
    shapes: [
      [1536, 1536, 1536],
      [1000, 3000, 2000],
      [2500, 2500, 2500],
    ],
  },
  {
    name: 'two slaves, edges of 512 and 256',
    performance: [1, 1],
    options: { 'unit-edge': 512, 'block-edge': 256 },
    shapes: [
      [2000, 2000, 2000],
      [4000, 1000, 1500],
      [1500, 1500, 4500],
    ],
  },
]

/** New matrices for each job: none of their blocks is at a slave already. */
let seed = 1
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const rows: (string | number)[][] = []
let missed = 0
for (const one of cases) await withCluster(one, (cluster, folder) => measure(one, cluster, folder))
console.log(
  renderTable(['cluster', 'm x n x k', 'moves', 'planned', 'taken', 'planned/taken', ''], rows, [2, 3, 4, 5]),
)
if (missed > 0) {
  console.error(`${missed} of ${rows.length} are not within ${100 * tolerance} percent`)
  process.exitCode = 1
}

async function measure({ name, shapes }: Case, cluster: Cluster, folder: string): Promise<void> {
  for (const shape of [...learned, ...learned, ...learned]) await run(cluster, folder, shape)
  for (const shape of shapes) {
    const [m, n, k] = shape
    const { prediction } = await cluster.plan({
      operation: 'gemm',
      a: { dtype: 'float32', shape: [m, k] },
      b: { dtype: 'float32', shape: [k, n] },
    })
    const taken: number[] = []
    for (let i = 0; i < runs; i++) taken.push(await run(cluster, folder, shape))
    const ms = taken.toSorted((a, b) => a - b)[runs >> 1] ?? Number.NaN
    const ratio = prediction.ms / ms
    const isNear = Math.abs(ratio - 1) <= tolerance
    if (!isNear) missed++
    rows.push([
      name,
      shape.join('x'),
      formatBytes(prediction.fetchBytes + prediction.sendBytes),
      formatMs(prediction.ms),
      `${formatMs(ms)} (${formatMs(Math.min(...taken))} to ${formatMs(Math.max(...taken))})`,
      ratio.toFixed(2),
      isNear ? '' : 'MISSED',
    ])
  }
}

/** Milliseconds from the first unit to the durable result. */
async function run(cluster: Cluster, folder: string, [m, n, k]: Shape): Promise<number> {
  const [a, b] = [join(folder, `a-${m}x${k}.npy`), join(folder, `b-${k}x${n}.npy`)]
  await writeRandomMatrix(a, 'float32', m, k, seed++)
  await writeRandomMatrix(b, 'float32', k, n, seed++)
  const job = await cluster.multiply(a, b)
  const { elapsedMs } = await job.done()
  await Promise.all([a, b].map(path => rm(path)))
  return elapsedMs
}

async function withCluster(
  one: Case,
  use: (cluster: Cluster, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-bench-'))
  const ips = ['127.0.0.1', '127.0.0.2', ...one.performance.map((_, i) => `127.0.0.${i + 3}`)]
  const places = await freePlaces(ips)
  const config = {
    'master-assign': { name: 'alpha', ...places[0] },
    'master-combine': { name: 'beta', ...places[1] },
    slaves: one.performance.map((performance, i) => ({
      name: `slave-${i + 1}`,
      ...places[i + 2],
      performance,
      threads: 1,
    })),
    options: one.options,
  }
  const file = join(folder, 'cluster.json')
  await writeFile(file, JSON.stringify(config))
  const names = ['alpha', 'beta', ...config.slaves.map(({ name }) => name)]
  const nodes = names.map(name => {
    const words = [
      'node',
      '--config',
      file,
      '--name',
      name,
      '--data',
      join(folder, name),
      '--until-stdin-ends',
    ]
    return spawn(process.execPath, [main, ...words, '--json', '--log-level', 'error'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
  })
  try {
    await Promise.all(nodes.map(node => once(createInterface(node.stdout), 'line')))
    const cluster = await connect(`http://${places[0]?.ip}:${places[0]?.port}`)
    await use(cluster, folder)
    await cluster.close()
  } finally {
    for (const node of nodes) node.stdin.end()
    await Promise.all(nodes.map(node => (node.exitCode === null ? once(node, 'exit') : undefined)))
    await rm(folder, { recursive: true, force: true })
  }
}
