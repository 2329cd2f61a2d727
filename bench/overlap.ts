/**
 * `npm run bench:overlap`: a cluster of real processes, each in a network namespace of its own, whose links are as slow as makes
 * the transfer take as long as the computing. What takes how long then, and when each slave fetched, computed and sent.
 *
 *     sudo node bench/overlap.ts [--m 16384 --n 2048 --k 16384] [--slaves 1] [--runs 3] [--options '{"unit-edge":1024}'] [--json]
 *
 * Needs Linux, root, `ip` and `tc` (iproute2). Each node has one link, limited in both directions by a token bucket; the
 * transfer is the bytes of A, B and C over that rate. All nodes share this machine's processors, and moving bytes takes of them
 * what computing does not get then: so there is one slave of one thread, which computes with the plain kernel, unless the options say otherwise.
 * C is tall: the units one after the other need A evenly. Exits with 1 where the job takes more than 1.2 times the longer of
 * transfer and computing.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import { renderTable } from '../src/cli/table.ts'
import { formatMs } from '../src/cli/units.ts'
import { type Cluster, connect } from '../src/client/index.ts'

const most = 1.2
/** A and B are more than 1 GiB together, and a slave keeps no more. */
const warmUps = 2
const { values } = parseArgs({
  options: {
    m: { type: 'string', default: '16384' },
    n: { type: 'string', default: '2048' },
    k: { type: 'string', default: '16384' },
    slaves: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    options: { type: 'string', default: '{"unit-edge":2048}' },
    simd: { type: 'string', default: 'plain' },
    json: { type: 'boolean', default: false },
  },
})
const [m, n, k] = [Number(values.m), Number(values.n), Number(values.k)] as const
const [slaveCount, runs] = [Number(values.slaves), Number(values.runs)] as const
/** A and B leave master-assign once, C comes to master-combine. */
const bytesOfJob = 4 * (m * k + k * n + m * n)
const prefix = 'gemmesh'
const network = '10.77.77'
const bridge = `${prefix}-br`
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

interface Node {
  readonly name: string
  readonly ip: string
  readonly namespace: string
}

type Span = readonly [activity: string, fromMs: number, toMs: number]

interface UnitLine {
  readonly slave: string
  readonly spans: readonly Span[]
}

const names = ['alpha', 'beta', ...Array.from({ length: slaveCount }, (_, index) => `s${index}`)]
const nodes: Node[] = names.map((name, index) => ({
  ...{ name, ip: `${network}.${index + 1}`, namespace: `${prefix}-${name}` },
}))
const folder = await mkdtemp(join(tmpdir(), 'gemmesh-overlap-'))
const children: ChildProcess[] = []
const units: UnitLine[] = []
/** Of the last job, by node, ms. */
let processorUse: number[] = []

try {
  layCables()
  const client = await startCluster()
  await measure(client)
  await client.close()
} finally {
  for (const child of children) child.stdin?.end()
  await Promise.all(children.map(child => child.exitCode ?? once(child, 'exit')))
  removeCables()
  await rm(folder, { recursive: true, force: true })
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function layCables(): void {
  removeCables()
  ip('link', 'add', bridge, 'type', 'bridge')
  ip('addr', 'add', `${network}.254/24`, 'dev', bridge)
  ip('link', 'set', bridge, 'up')
  for (const [index, { namespace, ip: address }] of nodes.entries()) {
    const [outside, inside] = [cable(index), `${prefix}-i${index}`]
    ip('netns', 'add', namespace)
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside)
    ip('link', 'set', inside, 'netns', namespace)
    ip('link', 'set', outside, 'master', bridge, 'up')
    ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', inside)
    ip('-n', namespace, 'link', 'set', inside, 'up')
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
  }
}

function removeCables(): void {
  const quietly = (...words: string[]) => {
    try {
      ip(...words)
    } catch {} // was not there
  }
  for (const [index, { namespace }] of nodes.entries()) {
    quietly('link', 'del', cable(index))
    quietly('netns', 'del', namespace)
  }
  quietly('link', 'del', bridge)
}

function cable(index: number): string {
  return `${prefix}-o${index}`
}

/** In both directions of every node's link; undefined: as fast as it goes. */
function limitLinks(bytesPerSecond: number | undefined): void {
  for (const [index, { namespace }] of nodes.entries()) {
    const ends = [
      ['dev', cable(index)],
      ['dev', `${prefix}-i${index}`],
    ] as const
    for (const [at, device] of ends.entries()) {
      const inside = at === 1 ? ['-n', namespace] : []
      const bucket = [
        'tbf',
        'rate',
        `${Math.round(bytesPerSecond ?? 0) * 8}bit`,
        'burst',
        '512kb',
        'latency',
        '50ms',
      ]
      const words =
        bytesPerSecond === undefined
          ? ['qdisc', 'del', ...device, 'root']
          : ['qdisc', 'replace', ...device, 'root', ...bucket]
      execFileSync('tc', [...inside, ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
    }
  }
}

async function startCluster(): Promise<Cluster> {
  const place = ({ name, ip }: Node) => ({ name, ip })
  const [assign, combine, ...slaves] = nodes.map(place)
  const config = join(folder, 'cluster.json')
  const options = { 'measured-performance': false, ...JSON.parse(values.options) }
  const file = {
    'master-assign': assign,
    'master-combine': combine,
    slaves: slaves.map(slave => ({ ...slave, performance: 1, threads: 1 })),
    options,
  }
  await writeFile(config, JSON.stringify(file))
  for (const { name, namespace } of nodes) {
    const words = ['node', '--config', config, '--name', name, '--json', '--until-stdin-ends']
    const more = ['--data', join(folder, 'data'), '--log-level', 'debug']
    const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, main, ...words, ...more], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, GEMMESH_SIMD: values.simd, GEMMESH_CACHE: 'off' },
    })
    children.push(child)
    createInterface(child.stderr).on('line', line => heard(name, line))
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])
    if (typeof line !== 'string') throw new Error(`${name} did not start`)
  }
  const client = await connect(`http://${nodes[0]?.ip}:7710`)
  while ((await client.info()).slaves.some(({ state }) => state !== 'present')) await delay(20)
  return client
}

/** A slave logs what it did when of each unit that is done. */
function heard(slave: string, line: string): void {
  if (!line.includes('"msg":"unit done"')) return
  const { spans }: { spans?: readonly Span[] } = JSON.parse(line)
  if (spans !== undefined) units.push({ slave, spans })
}

async function measure(client: Cluster): Promise<void> {
  const files = [join(folder, 'a.npy'), join(folder, 'b.npy')] as const
  let seed = 1
  const upload = async () => {
    await writeRandomMatrix(files[0], 'float32', m, k, seed++)
    await writeRandomMatrix(files[1], 'float32', k, n, seed++)
    return { a: (await client.upload(files[0])).id, b: (await client.upload(files[1])).id }
  }
  const run = async (operands: { a: string; b: string }) => {
    units.length = 0
    const before = processorMs()
    const view = await (await client.submit({ operation: 'gemm', ...operands })).done()
    processorUse = processorMs().map((ms, index) => ms - (before[index] ?? 0))
    return view.elapsedMs
  }
  const median = (list: readonly number[]) => list.toSorted((x, y) => x - y)[list.length >> 1] ?? Number.NaN
  // To warm up, until slaves take no new memory for blocks; then what it takes when every block is there already, on links
  // without a limit.
  for (let i = 1; i < warmUps; i++) await run(await upload())
  const warm = await upload()
  await run(warm)
  const computeMs: number[] = []
  for (let i = 0; i < runs; i++) computeMs.push(await run(warm))
  const compute = median(computeMs)
  const bytesPerSecond = (1000 * bytesOfJob) / compute
  const transfer = (1000 * bytesOfJob) / bytesPerSecond
  const taken: number[] = []
  for (let i = 0; i < runs; i++) {
    const operands = await upload()
    limitLinks(bytesPerSecond)
    taken.push(await run(operands))
    limitLinks(undefined)
    await delay(50)
    if (!values.json) draw()
  }
  const job = median(taken)
  const ratio = job / Math.max(compute, transfer)
  const figures = {
    m,
    n,
    k,
    slaves: slaveCount,
    compute,
    transfer,
    megabitPerSecond: (8 * bytesPerSecond) / 1e6,
    job,
    ratio,
  }
  if (values.json) console.log(JSON.stringify({ ...figures, computeMs, taken }))
  else {
    const head = ['m x n x k', 'slaves', 'each link', 'computing', 'transfer', 'job', 'job/longer']
    const row = [
      [m, n, k].join('x'),
      slaveCount,
      `${Math.round(figures.megabitPerSecond)} Mbit/s`,
      `${formatMs(compute)} (${computeMs.map(formatMs).join(', ')})`,
      formatMs(transfer),
      `${formatMs(job)} (${taken.map(formatMs).join(', ')})`,
      ratio.toFixed(2),
    ]
    console.log(renderTable(head, [row], [1, 2, 3, 4, 5, 6]))
  }
  if (ratio > most) process.exitCode = 1
}

/** What each node has used of the processors, its kernel's part included; by ticks of 10 ms. */
function processorMs(): number[] {
  return children.map(({ pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return 10 * (Number(fields[11]) + Number(fields[12]))
  })
}

/** One line an activity of each slave, as long as the job. */
function draw(): void {
  const width = 100
  const all = units.flatMap(({ spans }) => spans)
  const from = Math.min(...all.map(([, start]) => start))
  const to = Math.max(...all.map(([, , end]) => end))
  for (const name of names.slice(2)) {
    for (const activity of ['fetch', 'compute', 'send']) {
      const spans = units
        .filter(({ slave }) => slave === name)
        .flatMap(unit => unit.spans.filter(([what]) => what === activity))
      const cells = Array.from({ length: width }, (_, cell) => {
        const [start, end] = [from + (cell * (to - from)) / width, from + ((cell + 1) * (to - from)) / width]
        return spans.some(([, begun, ended]) => begun < end && ended > start) ? '#' : '.'
      })
      console.log(`${name} ${activity.padEnd(8)}${cells.join('')}`)
    }
  }
  console.log(
    `processors: ${names.map((name, index) => `${name} ${formatMs(processorUse[index] ?? 0)}`).join(', ')}`,
  )
  console.log(`${' '.repeat(11)}0${formatMs(to - from).padStart(width - 1)}`)
}
