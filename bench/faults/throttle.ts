/**
 * `npm run faults:throttle -- [--size 4096] [--trials 3] [--period-ms 200] [--seed 1]`: in the middle of a job one of two slaves, each on a core
 * of its own, is let run a tenth of the time (SIGSTOP and SIGCONT). The rest of the job has to take at most 1.3 of what it
 * would take the two at the rates that they had, the throttled one's divided by ten. The other one may be faster when it has
 * the machine's memory for itself: then its rate afterwards counts.
 *
 * Exits with 1 where the median of the trials is beyond that, or an element that was looked at is wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { writeRandomMatrix } from '../../src/cli/demo/random-matrix.ts'
import type { Job, JobView } from '../../src/client/index.ts'
import { NpyReader } from '../../src/formats/npy-reader.ts'
import { ProcessCluster } from '../process-cluster.ts'
import { Bars } from './bars.ts'
import { Random } from './random.ts'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '4096' },
    trials: { type: 'string', default: '3' },
    'period-ms': { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
})
const size = Number(values.size)
const trials = Number(values.trials)
const periodMs = Number(values['period-ms'])
const random = new Random(Number(values.seed))
/** Of the time that a throttled slave runs. */
const running = 0.1
const mostRatio = 1.3
const unitEdge = Math.max(64, Math.floor(size / 8))
const pollMs = 10
const checkedElements = 1000

const names = ['gamma', 'delta'] as const
const folder = await mkdtemp(join(tmpdir(), 'gemmesh-throttle-'))
const bars = new Bars()

/** Of all C, what is placed; by slave. */
const elementsOf = ({ slaves }: JobView, name: string): number =>
  slaves.find(slave => slave.name === name)?.elementsPlaced ?? 0

async function viewWhen(job: Job, isSo: (view: JobView) => boolean): Promise<JobView> {
  for (;;) {
    const view = await job.status()
    if (isSo(view)) return view
    if (view.state === 'failed') throw new Error(view.fault?.message)
    await delay(pollMs)
  }
}

/** Lets the process run a tenth of each period until `signal`; ends with it running. */
async function throttle(cluster: ProcessCluster, name: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    cluster.signal(name, 'SIGSTOP')
    await delay(periodMs * (1 - running), undefined, { signal }).catch(() => {})
    cluster.signal(name, 'SIGCONT')
    await delay(periodMs * running, undefined, { signal }).catch(() => {})
  }
}

interface Trial {
  readonly ratio: number
  readonly text: string
}

async function trial(cluster: ProcessCluster, a: string, b: string): Promise<Trial> {
  const client = await cluster.client()
  const job = await client.multiply(a, b, { semiring: 'min-plus' })
  const total = size * size
  const part = (from: number) => viewWhen(job, view => view.elementsPlaced >= from * total)
  await part(0.1)
  const [view1, at1] = [await job.status(), performance.now()]
  await part(random.between(0.3, 0.45))
  const [view2, at2] = [await job.status(), performance.now()]
  const rate = (name: string) => (elementsOf(view2, name) - elementsOf(view1, name)) / (at2 - at1)
  const slow = random.pick(names)
  const stop = new AbortController()
  const throttling = throttle(cluster, slow, stop.signal)
  await part(0.9)
  const [view90, at90] = [await job.status(), performance.now()]
  const view3 = await viewWhen(job, ({ state }) => state === 'done')
  const tookMs = performance.now() - at2
  stop.abort()
  await throttling
  await check(job, a, b)
  // Each slave is in the middle of a unit: on average half of it is done.
  const left = total - view2.elementsPlaced - unitEdge * unitEdge
  const after = (name: string) => (elementsOf(view90, name) - elementsOf(view2, name)) / (at90 - at2)
  const rates = names.reduce(
    (sum, name) => sum + (name === slow ? running * rate(name) : Math.max(rate(name), after(name))),
    0,
  )
  const idealMs = left / rates
  const units = (elements: number) => (elements / unitEdge ** 2).toFixed(0)
  const others = names.map(
    name =>
      `${name} ${(rate(name) / 1e3).toFixed(1)}k elements/ms before, ${(after(name) / 1e3).toFixed(1)}k and ${units(elementsOf(view3, name) - elementsOf(view2, name))} units after`,
  )
  const text = `${slow} throttled with ${units(left)} of ${view2.unitsTotal} units left: ${(tookMs / 1000).toFixed(2)} s, ideal ${(idealMs / 1000).toFixed(2)}, ratio ${(tookMs / idealMs).toFixed(3)} (${others.join('; ')})`
  return { ratio: tookMs / idealMs, text }
}

/** Some elements of the result, each beside its own loop. */
async function check(job: Job, a: string, b: string): Promise<void> {
  const path = join(folder, 'c.npy')
  await job.save(path)
  const [left, right, result] = [await NpyReader.open(a), await NpyReader.open(b), await NpyReader.open(path)]
  let wrong = 0
  try {
    const read = async (file: NpyReader, row: number, column: number, rows: number, columns: number) => {
      const into = new Float64Array(rows * columns)
      await file.read({ row, column, rows, columns }, new Uint8Array(into.buffer))
      return into
    }
    const columns = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const column = random.below(size)
        return { column, data: await read(right, 0, column, size, 1) }
      }),
    )
    for (let rows = checkedElements / columns.length; rows > 0; rows--) {
      const row = random.below(size)
      const data = await read(left, row, 0, 1, size)
      for (const { column, data: other } of columns) {
        let least = Number.POSITIVE_INFINITY
        for (const [k, value] of data.entries()) least = Math.min(least, value + (other[k] ?? Number.NaN))
        const [found] = await read(result, row, column, 1, 1)
        if (found !== least) wrong++
      }
    }
  } finally {
    for (const file of [left, right, result]) await file.close()
    await rm(path)
  }
  bars.check(`${wrong} of ${checkedElements} elements that were looked at are wrong`, wrong === 0)
}

const cluster = await ProcessCluster.prepare({
  folder,
  slaves: names.map((name, index) => ({
    ...{ name, performance: 1, threads: 1, memory: '512MiB', place: { cpus: String(index) } },
  })),
  options: { 'unit-edge': unitEdge, 'plan-grace-ms': 0, 'operand-folders': [folder] },
})
try {
  const [a, b] = [join(folder, 'a.npy'), join(folder, 'b.npy')]
  await writeRandomMatrix(a, 'float64', size, size, 1)
  await writeRandomMatrix(b, 'float64', size, size, 2)
  await cluster.run(...cluster.masters, ...names)
  await cluster.members(...names)
  const ratios: number[] = []
  for (let index = 0; index < trials; index++) {
    const { ratio, text } = await trial(cluster, a, b)
    ratios.push(ratio)
    console.log(text)
  }
  ratios.sort((x, y) => x - y)
  const median = ratios[Math.floor((trials - 1) / 2)] ?? Number.NaN
  bars.check(
    `makespan over ideal of what remained: ${median.toFixed(3)} (median of ${trials}; most ${ratios.at(-1)?.toFixed(3)}), at most ${mostRatio}`,
    median <= mostRatio,
  )
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}
bars.end()
