/**
 * Wrong figures in the configuration, and what measuring makes of them: `node bench/measured.ts [--size N] [--rounds N] [--case I]`.
 *
 * Each case is a cluster of real processes on this machine. Slaves of unlike speed are made by holding processes to cores,
 * and by letting one give way to another on the same core. The truth is what processes in the same places compute, all at
 * once, without a cluster (bench/pace.ts), right before the first job and right after it: cores that others use, too, drift by
 * as much as the tolerance within seconds. The script fails where a case misses its bars.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import { inPlace, type Place, ProcessCluster, type SlaveSpec } from './process-cluster.ts'

const figureTolerance = 0.15
const makespanTolerance = 1.15

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '4096' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    case: { type: 'string' },
  },
})
const [size, rounds] = [Number(values.size), Number(values.rounds)]
const pace = fileURLToPath(new URL('./pace.ts', import.meta.url))

interface Case {
  readonly title: string
  /** `performance` is the wrong figure. */
  readonly slaves: readonly (SlaveSpec & { readonly threads: number; readonly place: Place })[]
  readonly masters?: Place
}

const slave = (name: string, performance: number, threads: number, place: Place) => ({
  ...{ name, performance, threads, place, memory: '768MiB' },
})

const cases: readonly Case[] = [
  {
    title: '4:1 where the truth is 1:1: each has a core',
    slaves: [slave('gamma', 4, 1, { cpus: '0' }), slave('delta', 1, 1, { cpus: '1' })],
  },
  {
    title:
      '1:1 where the truth is about 4:1: both have one core, and one gives way; the masters have the other core',
    slaves: [slave('gamma', 1, 1, { cpus: '1' }), slave('delta', 1, 1, { cpus: '1', nice: 6 })],
    masters: { cpus: '0' },
  },
  {
    title: '1:4 where the truth is about 1:1: one thread and two, each slave on a core of its own',
    slaves: [slave('gamma', 1, 1, { cpus: '0' }), slave('delta', 4, 2, { cpus: '1' })],
  },
]

/** What processes in the slaves' places can do, all at once: GFLOPS in float64, by name. */
async function truthOf({ slaves }: Case): Promise<Map<string, number>> {
  // All are at work by then, however long they took to start.
  const fromMs = Date.now() + 4000
  const found = await Promise.all(
    slaves.map(async ({ name, threads, place }) => {
      const window = ['--from', String(fromMs), '--until', String(fromMs + 3000)]
      const words = [pace, '--threads', String(threads), ...window]
      const [file = '', ...rest] = inPlace(place, [process.execPath, ...words])
      const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
      const { gflops }: { gflops: number } = JSON.parse(await text(child.stdout))
      return [name, gflops] as const
    }),
  )
  return new Map(found)
}

interface Run {
  readonly makespansMs: readonly number[]
  /** On the configuration's scale, by name, after the first job. */
  readonly figures: ReadonlyMap<string, number>
  /** Before it. */
  readonly own: ReadonlyMap<string, number>
  readonly truthAfter: ReadonlyMap<string, number>
}

/** A first job, then `rounds` more, on a cluster that has just started. */
async function run(one: Case, measured: boolean, files: readonly string[]): Promise<Run> {
  const { slaves, masters = {} } = one
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-measured-'))
  const options = { 'measured-performance': measured, 'unit-edge': 512 }
  const cluster = await ProcessCluster.start({ folder, slaves, masters, options })
  try {
    const client = await cluster.client()
    const [a, b] = [await client.upload(files[0] ?? ''), await client.upload(files[1] ?? '')]
    if (measured) await cluster.until(view => view.slaves.every(({ own }) => own !== undefined))
    const own = new Map((await client.info()).slaves.map(({ name, own }) => [name, own?.float64 ?? 0]))
    const multiply = async () => {
      const job = await client.submit({ operation: 'gemm', a: a.id, b: b.id })
      return (await job.done()).elapsedMs
    }
    await multiply()
    const figures = new Map(
      (await client.info()).slaves.map(({ name, measured, performance }) => [
        name,
        measured.find(({ dtype }) => dtype === 'float64')?.figure ?? performance,
      ]),
    )
    // The cluster stands idle meanwhile.
    const truthAfter = measured ? await truthOf(one) : new Map<string, number>()
    const makespansMs: number[] = []
    for (let round = 0; round < rounds; round++) makespansMs.push(await multiply())
    return { makespansMs, figures, own, truthAfter }
  } finally {
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
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

const folder = await mkdtemp(join(tmpdir(), 'gemmesh-measured-'))
const files = [join(folder, 'a.npy'), join(folder, 'b.npy')]
let missed = false
try {
  for (const [index, file] of files.entries()) await writeRandomMatrix(file, 'float64', size, size, index + 1)
  for (const [index, one] of cases.entries()) {
    if (values.case !== undefined && Number(values.case) !== index) continue
    // A case takes a minute or more: standard error says where it is.
    const begin = (what: string) => console.error(`case ${index}: ${what}`)
    begin('the truth')
    const before = proportions(await truthOf(one))
    begin('wrong figures, corrected by what is measured')
    const wrong = await run(one, true, files)
    const after = proportions(wrong.truthAfter)
    const truth = new Map(
      [...before].map(([name, figure]) => [name, Math.sqrt(figure * (after.get(name) ?? figure))]),
    )
    const right = one.slaves.map(spec => ({ ...spec, performance: truth.get(spec.name) ?? 1 }))
    begin('true figures')
    const told = await run({ ...one, slaves: right }, false, files)
    begin('wrong figures for ever')
    const uncorrected = await run(one, false, files)
    const found = proportions(wrong.figures)
    const own = proportions(wrong.own)
    const table = new Table({
      head: [
        'slave',
        'cores',
        'nice',
        'threads',
        'configured',
        'before',
        'after',
        'truth',
        'own',
        'measured',
        'off by',
      ],
      style: { head: [], border: [] },
    })
    let worst = 0
    for (const { name, performance, place, threads } of one.slaves) {
      const [wanted = 1, is = 1] = [truth.get(name), found.get(name)]
      const off = is / wanted - 1
      worst = Math.max(worst, Math.abs(off))
      table.push([
        ...[name, place.cpus, place.nice ?? 0, threads, performance],
        ...[before.get(name) ?? 1, after.get(name) ?? 1, wanted, own.get(name) ?? 1, is].map(figure =>
          figure.toFixed(2),
        ),
        `${(100 * off).toFixed(1)} %`,
      ])
    }
    const [corrected, best, never] = [wrong, told, uncorrected].map(({ makespansMs }) => median(makespansMs))
    const ratio = (corrected ?? 0) / (best ?? 1)
    const verdict = worst <= figureTolerance && ratio <= makespanTolerance
    missed ||= !verdict
    console.log(`${one.title}; C = A*B of float64 ${size}x${size}, in proportion to the geometric mean`)
    console.log(table.toString())
    console.log(
      `makespan, median of ${rounds}: ${corrected?.toFixed(0)} ms after one job, ${best?.toFixed(0)} ms with true figures (${ratio.toFixed(2)}), ` +
        `${never?.toFixed(0)} ms with the wrong figures for ever; figures off by ${(100 * worst).toFixed(1)} % at most: ${verdict ? 'reached' : 'MISSED'}\n`,
    )
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = missed ? 1 : 0
