/**
 * `npm run faults:proxy -- [--runs 200] [--rate 0.1] [--hurts latency,doubled,...] [--seed 1]`: every request between the nodes passes a
 * proxy that hurts a part of them: latency, cuts, half-open connections, single bytes, flipped bits, whole requests twice.
 * Every result has to be exact, every flipped bit refused, and no process may grow.
 *
 * Exits with 1 where a bar is missed.
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { health } from '../../src/client/index.ts'
import { ProcessCluster } from '../process-cluster.ts'
import { Bars } from './bars.ts'
import { FaultProxy } from './fault-proxy.ts'
import { HandOuts } from './hand-outs.ts'
import { emptyCounts, hurts as everyHurt } from './hurts.ts'
import { JobStream } from './job-stream.ts'
import { behind } from './listen-elsewhere.ts'
import { exactProduct } from './products.ts'
import { Random } from './random.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    rate: { type: 'string', default: '0.1' },
    seed: { type: 'string', default: '1' },
    hurts: { type: 'string', default: everyHurt.join(',') },
  },
})
const runs = Number(values.runs)
const hurts = everyHurt.filter(hurt => values.hurts.split(',').includes(hurt))
/** Of a process, from the second quarter of the runs to the last: what is new in each run would be seen. */
const mostGrowth = 0.1

const slaves = ['gamma', 'delta', 'epsilon']
const folder = await mkdtemp(join(tmpdir(), 'gemmesh-proxy-'))
const bars = new Bars()
const handOuts = new HandOuts()
const counts = emptyCounts()
const proxies: FaultProxy[] = []
const cluster = await ProcessCluster.prepare({
  folder,
  slaves: slaves.map(name => ({ name, performance: 1, threads: 1, memory: '64MiB' })),
  nodeFlags: ['--import', fileURLToPath(new URL('./listen-elsewhere.ts', import.meta.url))],
  logLevel: 'debug',
  onLog: (node, line) => handOuts.hear(node, line),
  options: { 'unit-edge': 64, 'block-edge': 64, 'plan-grace-ms': 0, 'measured-performance': false },
})

const residentKib = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN)

/** By node, a sample a run. */
const resident = new Map<string, number[]>()
function sample(): void {
  for (const [name, pid] of cluster.pids())
    resident.set(name, [...(resident.get(name) ?? []), residentKib(pid)])
}

/** What the nodes count as damaged, asked past the proxies. */
async function damaged(): Promise<number> {
  const counted = await Promise.all(
    [...cluster.places.values()].map(({ ip, port }) => health(`http://${behind(ip)}:${port}`)),
  )
  return counted.reduce((sum, node) => sum + node.damaged, 0)
}

const startedAt = performance.now()
try {
  const random = new Random(Number(values.seed))
  for (const { ip, port } of cluster.places.values())
    proxies.push(
      await FaultProxy.open(ip, port, behind(ip), { random, rate: Number(values.rate), counts, hurts }),
    )
  const products = [
    await exactProduct(folder, 'int32', [320, 256, 192], 1),
    await exactProduct(folder, 'float64', [192, 320, 256], 2),
    await exactProduct(folder, 'int32', [200, 333, 100], 3),
  ]
  await cluster.run(...cluster.masters, ...slaves)
  await cluster.members(...slaves)
  const stream = new JobStream(await cluster.client(), {
    ...{ products, folder, atOnce: 1, jobWithinMs: 180_000 },
  })
  for (let run = 1; run <= runs; run++) {
    await stream.one()
    sample()
    if (run % 20 === 0)
      console.log(
        `${run} runs in ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${stream.exact} exact, ${counts.requests} requests`,
      )
  }
  const refused = await damaged()
  const { accepted, exact, faults, longestMs } = await stream.end()
  for (const fault of faults) console.log(fault)
  for (const line of counts.acceptedLines.slice(0, 20)) console.log(`  taken though damaged: ${line}`)
  const hurt = Object.entries(counts.hurt)
  console.log(
    `${counts.requests} requests between nodes, ${hurt.reduce((sum, [, times]) => sum + times, 0)} hurt: ${hurt.map(([name, times]) => `${name} ${times}`).join(', ')}`,
  )
  console.log(`the longest job took ${(longestMs / 1000).toFixed(1)} s`)
  console.log(`told:\n  ${handOuts.summary()}`)
  bars.check(`${exact} of ${runs} results exact`, exact === runs && accepted === runs)
  bars.check(`${counts.accepted} damaged requests were taken`, counts.accepted === 0)
  bars.check(
    `${refused} of ${counts.corrupted} flipped bits were counted by the nodes`,
    refused >= counts.corrupted,
  )
  for (const [name, samples] of resident) {
    const mean = (from: number, to: number) => {
      const part = samples.slice(Math.floor(from * samples.length), Math.ceil(to * samples.length))
      return part.reduce((sum, kib) => sum + kib, 0) / part.length / 1024
    }
    const [before, after] = [mean(0.25, 0.5), mean(0.75, 1)]
    bars.check(
      `${name}: ${before.toFixed(0)} MiB resident in the second quarter of the runs, ${after.toFixed(0)} in the last`,
      after <= before * (1 + mostGrowth),
    )
  }
} finally {
  await cluster.stop()
  for (const proxy of proxies) await proxy.close()
  await rm(folder, { recursive: true, force: true })
}
bars.end()
