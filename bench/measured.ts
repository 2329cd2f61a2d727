/**
 * Wrong figures in the configuration, and what measuring makes of them: `node bench/measured.ts [--size N] [--rounds N] [--case I]`.
 *
 * Each case is a cluster of real processes on this machine. The masters have one core, the slaves another, each a
 * quota of its time that it cannot exceed when others rest: a slave of such a speed. The truth is what processes in the same places
 * compute, all at once, without a cluster (bench/pace.ts), right before the first job and right after it: cores that others
 * use, too, drift by as much as the tolerance within seconds. The script fails where a case misses its bars. Needs Linux, root.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import { renderTable } from '../src/cli/table.ts'
import type { Cluster as Client } from '../src/client/index.ts'
import { CpuQuota } from './cpu-quota.ts'
import { inPlace, type Place, ProcessCluster, type SlaveSpec } from './process-cluster.ts'

const figureTolerance = 0.15
const makespanTolerance = 1.15

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '4096' },
    rounds: { type: 'string', default: '5' },
    case: { type: 'string' },
  },
})
const [size, rounds] = [Number(values.size), Number(values.rounds)]
const pace = fileURLToPath(new URL('./pace.ts', import.meta.url))

interface Case {
  readonly title: string
  /** `performance` is the wrong figure, `quota` the part of a core. */
  readonly slaves: readonly { name: string; performance: number; threads: number; quota: number }[]
}

/** Masters beside one of the slaves would make it really slower than the truth, which is measured without them. */
const masters: Place = { cpus: '0' }
const slavesCore = '1'
const cases: readonly Case[] = [
  {
    title: '4:1 where the truth is 1:1',
    slaves: [
      { name: 'gamma', performance: 4, threads: 1, quota: 0.4 },
      { name: 'delta', performance: 1, threads: 1, quota: 0.4 },
    ],
  },
  {
    title: '1:1 where the truth is 4:1',
    slaves: [
      { name: 'gamma', performance: 1, threads: 1, quota: 0.64 },
      { name: 'delta', performance: 1, threads: 1, quota: 0.16 },
    ],
  },
  {
    title: '1:4 where the truth is 1:1, one thread and two',
    slaves: [
      { name: 'gamma', performance: 1, threads: 1, quota: 0.4 },
      { name: 'delta', performance: 4, threads: 2, quota: 0.4 },
    ],
  },
]

type PlacedSlave = SlaveSpec & { readonly threads: number; readonly place: Place }

/** What processes in the slaves' places can do, all at once: GFLOPS in float64, by name. */
async function truthOf(slaves: readonly PlacedSlave[]): Promise<Map<string, number>> {
  // All are at work by then, however long they took to start.
  const fromMs = Date.now() + 10_000
  const found = await Promise.all(
    slaves.map(async ({ name, threads, place }) => {
      const window = ['--from', String(fromMs), '--until', String(fromMs + 4000)]
      const words = [pace, '--threads', String(threads), ...window]
      const [file = '', ...rest] = inPlace(place, [process.execPath, ...words])
      const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
      const { gflops }: { gflops: number } = JSON.parse(await text(child.stdout))
      return [name, gflops] as const
    }),
  )
  return new Map(found)
}

/** A cluster that has just started, with its operands. */
class Trial implements AsyncDisposable {
  readonly #cluster: ProcessCluster
  readonly #folder: string
  readonly #client: Client
  readonly #operands: { readonly a: string; readonly b: string }

  private constructor(
    cluster: ProcessCluster,
    folder: string,
    client: Client,
    operands: { a: string; b: string },
  ) {
    this.#cluster = cluster
    this.#folder = folder
    this.#client = client
    this.#operands = operands
  }

  /** `measured`: whether its figures are corrected; then slaves have measured themselves when this returns. */
  static async start(slaves: readonly PlacedSlave[], measured: boolean): Promise<Trial> {
    const folder = await mkdtemp(join(tmpdir(), 'gemmesh-measured-'))
    const options = { 'measured-performance': measured, 'unit-edge': 512 }
    const cluster = await ProcessCluster.start({ folder, slaves, masters, options })
    const client = await cluster.client()
    const [a, b] = [await client.upload(files[0] ?? ''), await client.upload(files[1] ?? '')]
    if (measured) await cluster.until(view => view.slaves.every(({ own }) => own !== undefined))
    return new Trial(cluster, folder, client, { a: a.id, b: b.id })
  }

  /** The job's makespan. */
  async multiply(): Promise<number> {
    const job = await this.#client.submit({ operation: 'gemm', ...this.#operands })
    return (await job.done()).elapsedMs
  }

  /** By name, on the configuration's scale: what work units say, and what slaves say of themselves. */
  async figures(): Promise<Record<'measured' | 'own', ReadonlyMap<string, number>>> {
    const { slaves } = await this.#client.info()
    const ofUnits = (slave: (typeof slaves)[number]) =>
      slave.measured.find(({ dtype }) => dtype === 'float64')?.figure ?? slave.performance
    return {
      measured: new Map(slaves.map(slave => [slave.name, ofUnits(slave)])),
      own: new Map(slaves.map(({ name, own }) => [name, own?.float64 ?? Number.NaN])),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

/** Figures as shares of their geometric mean: only proportions count. */
function proportions(figures: ReadonlyMap<string, number>): Map<string, number> {
  const logs = [...figures.values()].map(Math.log)
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  return new Map([...figures].map(([name, figure]) => [name, Math.exp(Math.log(figure) - mean)]))
}

/** Whether the case reached its bars; prints its figures. */
async function measure(index: number, one: Case, slaves: readonly PlacedSlave[]): Promise<boolean> {
  // A case takes a minute or more: standard error says where it is.
  const begin = (what: string) => console.error(`case ${index}: ${what}`)
  begin('the truth')
  const before = proportions(await truthOf(slaves))
  begin('wrong figures, and a job that corrects them')
  await using corrected = await Trial.start(slaves, true)
  const own = proportions((await corrected.figures()).own)
  await corrected.multiply()
  const found = proportions((await corrected.figures()).measured)
  // The cluster stands idle meanwhile.
  const after = proportions(await truthOf(slaves))
  const truth = new Map(
    [...before].map(([name, figure]) => [name, Math.sqrt(figure * (after.get(name) ?? figure))]),
  )
  begin('in turns with true figures, and with the wrong ones')
  const right = slaves.map(slave => ({ ...slave, performance: truth.get(slave.name) ?? 1 }))
  await using told = await Trial.start(right, false)
  await using uncorrected = await Trial.start(slaves, false)
  const trials = [corrected, told, uncorrected]
  for (const warmUp of [told, uncorrected]) await warmUp.multiply()
  const makespansMs = new Map(trials.map(trial => [trial, [] as number[]]))
  for (let round = 0; round < rounds; round++)
    for (const trial of round % 2 === 0 ? trials : trials.toReversed())
      makespansMs.get(trial)?.push(await trial.multiply())
  const rows = one.slaves.map(({ name, quota, threads, performance }) => {
    const figures = [before, after, truth, own, found].map(of => of.get(name) ?? Number.NaN)
    const off = `${(100 * offBy(name, found, truth)).toFixed(1)} %`
    return [name, quota, threads, performance, ...figures.map(figure => figure.toFixed(2)), off]
  })
  const head = [
    'slave',
    'cores',
    'threads',
    'configured',
    'before',
    'after',
    'truth',
    'own',
    'measured',
    'off by',
  ]
  const worst = Math.max(...one.slaves.map(({ name }) => Math.abs(offBy(name, found, truth))))
  const [ours = [], best = [], never = []] = trials.map(trial => makespansMs.get(trial))
  const ratio = median(ours.map((ms, round) => ms / (best[round] ?? Number.NaN)))
  const isReached = worst <= figureTolerance && ratio <= makespanTolerance
  console.log(`${one.title}; C = A*B of float64 ${size}x${size}, in proportion to the geometric mean`)
  console.log(renderTable(head, rows, [1, 2, 3, 4, 5, 6, 7, 8, 9]))
  console.log(
    `makespan, ms: ${inMs(ours)} after one job, ${inMs(best)} with true figures (median ratio ${ratio.toFixed(2)}), ` +
      `${inMs(never)} with the wrong figures for ever; figures off by ${(100 * worst).toFixed(1)} % at most: ${isReached ? 'reached' : 'MISSED'}\n`,
  )
  return isReached
}

const inMs = (list: readonly number[]) => list.map(ms => ms.toFixed(0)).join(', ')

const offBy = (name: string, found: ReadonlyMap<string, number>, truth: ReadonlyMap<string, number>) =>
  (found.get(name) ?? Number.NaN) / (truth.get(name) ?? Number.NaN) - 1

const folder = await mkdtemp(join(tmpdir(), 'gemmesh-measured-'))
const files = [join(folder, 'a.npy'), join(folder, 'b.npy')]
try {
  for (const [index, file] of files.entries()) await writeRandomMatrix(file, 'float64', size, size, index + 1)
  for (const [index, one] of cases.entries()) {
    if (values.case !== undefined && Number(values.case) !== index) continue
    const quotas: CpuQuota[] = []
    try {
      const slaves: PlacedSlave[] = []
      for (const { quota: cores, ...slave } of one.slaves) {
        const quota = await CpuQuota.create(slave.name, cores)
        quotas.push(quota)
        slaves.push({ ...slave, memory: '768MiB', place: { cpus: slavesCore, quota } })
      }
      if (!(await measure(index, one, slaves))) process.exitCode = 1
    } finally {
      await Promise.all(quotas.map(quota => quota.remove()))
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
