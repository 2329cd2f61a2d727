/**
 * `npm run bench:bytes`: what moves, on clusters of real processes with 2, 4 and 8 slaves. Each does a job, and then one with
 * the same A and another B. Bytes are those that the nodes themselves count.
 *
 *     node bench/bytes.ts [--size 4096] [--slaves 2,4,8] [--json]
 *
 * Exits with 1 where the master sends more than 1.15 of A and B, where more than 1.05 of the plan's figure moves, or where a
 * block of A moves a second time to a slave that has it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import { renderTable } from '../src/cli/table.ts'
import { formatBytes } from '../src/cli/units.ts'
import { type Cluster, health, type JobView } from '../src/client/index.ts'
import { ProcessCluster } from './process-cluster.ts'

const limits = { masterEgress: 1.15, moved: 1.05 }
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '4096' },
    slaves: { type: 'string', default: '2,4,8' },
    json: { type: 'boolean', default: false },
  },
})
const size = Number(values.size)
const counts = values.slaves.split(',').map(Number)

interface Moved {
  readonly masterOut: number
  readonly slavesIn: number
  readonly slavesOut: number
  readonly tilesIn: number
}

interface Figures extends Moved {
  readonly slaves: number
  readonly job: string
  readonly operandBytes: number
  readonly masterRatio: number
  readonly plannedBytes: number
  readonly movedRatio: number
  readonly bytesOfA: number
}

const folder = await mkdtemp(join(tmpdir(), 'gemmesh-bytes-'))
const files = ['a', 'b', 'b2'].map(name => join(folder, `${name}.npy`))
try {
  for (const [index, file] of files.entries()) await writeRandomMatrix(file, 'float32', size, size, index + 1)
  const figures: Figures[] = []
  for (const count of counts) figures.push(...(await measure(count)))
  show(figures)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function measure(count: number): Promise<Figures[]> {
  const cluster = await ProcessCluster.start({
    folder: await mkdtemp(join(folder, 'cluster-')),
    slaves: Array.from({ length: count }, (_, index) => ({
      ...{ name: `s${index}`, performance: 1, threads: 1, memory: '512MiB' },
    })),
    options: { 'measured-performance': false },
  })
  try {
    const client = await cluster.client()
    const [a, b, b2] = files
    const rows: Figures[] = []
    for (const [job, other] of [
      ['A*B', b],
      ['A*B2', b2],
    ] as const) {
      const before = await moved(client)
      const view = await (await client.multiply(a ?? '', other ?? '')).done()
      const after = await moved(client)
      rows.push(figuresOf(count, job, view, difference(after, before)))
    }
    return rows
  } finally {
    await cluster.stop()
  }
}

async function moved(client: Cluster): Promise<Moved> {
  const { assign, combine, slaves } = await client.info()
  const counted = async (origin: string) => (await health(origin)).traffic
  const bySlaves = await Promise.all(slaves.map(({ origin }) => counted(origin)))
  const sum = (way: 'inBytes' | 'outBytes') =>
    bySlaves.reduce((total, { block }) => total + (block?.[way] ?? 0), 0)
  return {
    masterOut: (await counted(assign.origin)).block?.outBytes ?? 0,
    slavesIn: sum('inBytes'),
    slavesOut: sum('outBytes'),
    tilesIn: (await counted(combine.origin)).tile?.inBytes ?? 0,
  }
}

function difference(after: Moved, before: Moved): Moved {
  return {
    masterOut: after.masterOut - before.masterOut,
    slavesIn: after.slavesIn - before.slavesIn,
    slavesOut: after.slavesOut - before.slavesOut,
    tilesIn: after.tilesIn - before.tilesIn,
  }
}

function figuresOf(slaves: number, job: string, { prediction, operands }: JobView, bytes: Moved): Figures {
  const plannedBytes = (prediction?.fetchBytes ?? 0) + (prediction?.sendBytes ?? 0)
  const operandBytes = operands.reduce((sum, operand) => sum + operand.bytes, 0)
  const [a] = operands
  return {
    ...{ slaves, job, operandBytes, plannedBytes },
    ...bytes,
    masterRatio: bytes.masterOut / operandBytes,
    movedRatio: (bytes.slavesIn + bytes.tilesIn) / plannedBytes,
    bytesOfA: a === undefined ? 0 : a.fromMaster + a.fromSlaves,
  }
}

function show(figures: readonly Figures[]): void {
  if (values.json) for (const row of figures) console.log(JSON.stringify(row))
  else {
    console.log(`float32 ${size}x${size}, default edges, one thread a slave; bytes that the nodes counted`)
    const rows = figures.map(row => [
      row.slaves,
      row.job,
      formatBytes(row.operandBytes),
      formatBytes(row.masterOut),
      row.masterRatio.toFixed(3),
      formatBytes(row.slavesOut),
      formatBytes(row.tilesIn),
      formatBytes(row.plannedBytes),
      row.movedRatio.toFixed(3),
      formatBytes(row.bytesOfA),
    ])
    const heads = [
      'slaves',
      'job',
      'A and B',
      'master sent',
      'ratio',
      'slaves sent',
      'tiles',
      'planned',
      'moved',
    ]
    console.log(renderTable([...heads, 'blocks of A'], rows, [0, 2, 3, 4, 5, 6, 7, 8, 9]))
  }
  const missed = figures.filter(({ job, masterRatio, movedRatio, bytesOfA }) =>
    job === 'A*B' ? masterRatio > limits.masterEgress || movedRatio > limits.moved : bytesOfA > 0,
  )
  if (missed.length === 0) return
  console.error(`${missed.length} of ${figures.length} jobs are beyond a limit`)
  process.exitCode = 1
}
