/**
 * `npm run faults:kill -- ROLE [--kills 100] [--seed 1]`: processes are killed (SIGKILL) at random moments while jobs run, and
 * started again after a random while. Every job has to end with the exact result, and no unit may be handed out again once
 * its tile is placed. ROLE is one of
 *
 *     slave | assign | combine | assign-reduce    that process is killed, again and again
 *     silent                                      a slave is stopped (SIGSTOP) and goes on later: its units move after the lease
 *     all                                         all nodes at once, soon after a job was accepted
 *
 * `--log FILE` keeps what all nodes log. Exits with 1 where a bar is missed.
 */
import { appendFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { defaultOptions } from '../../src/config/schema.ts'
import { ProcessCluster } from '../process-cluster.ts'
import { Bars, spread } from './bars.ts'
import { HandOuts } from './hand-outs.ts'
import { JobStream } from './job-stream.ts'
import { type ExactProduct, exactProduct } from './products.ts'
import { Random } from './random.ts'

const roles = ['slave', 'assign', 'combine', 'assign-reduce', 'silent', 'all'] as const
type Role = (typeof roles)[number]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    log: { type: 'string' },
  },
})
const role = roles.find(name => name === positionals[0])
if (role === undefined) throw new Error(`which? One of ${roles.join(', ')}`)
const kills = Number(values.kills)
const random = new Random(Number(values.seed))

const refusedWithinMs = 5000
/** Beyond what the masters need: lines of the log are stamped before their message leaves. */
const silentWithinMs = defaultOptions.leaseMs + 1000
/** A node is killed all the same where nothing is placed for so long. */
const workWithinMs = 10_000
const slaves = ['gamma', 'delta', 'epsilon']
const folder = await mkdtemp(join(tmpdir(), 'gemmesh-kill-'))
const handOuts = new HandOuts()
const bars = new Bars()

const cluster = await ProcessCluster.prepare({
  folder,
  slaves: slaves.map(name => ({ name, performance: 1, threads: 1, memory: '64MiB' })),
  together: role === 'assign-reduce',
  logLevel: 'debug',
  onLog: (node, line) => {
    handOuts.hear(node, line)
    if (values.log !== undefined) appendFileSync(values.log, `${node} ${line}\n`)
  },
  // Detection is as configured by default; units are small, so that there are many.
  options: { 'unit-edge': 64, 'block-edge': 128, 'plan-grace-ms': 0, 'measured-performance': false },
})
const everyNode = [...cluster.masters, ...slaves]

/**
 * Small ones, so that crashes meet jobs at all their stages. While a slave is silent, others must have enough to do: with
 * nothing else ready they would double its units long before the lease is over.
 */
const productsFor = (role: Role): Promise<ExactProduct[]> =>
  Promise.all(
    role === 'silent'
      ? [
          exactProduct(folder, 'int32', [2048, 1792, 64], 1),
          exactProduct(folder, 'float64', [1792, 2048, 64], 2),
        ]
      : [
          exactProduct(folder, 'int32', [640, 576, 512], 1),
          exactProduct(folder, 'float64', [256, 320, 256], 2),
          exactProduct(folder, 'int32', [130, 200, 300], 3),
          exactProduct(folder, 'float64', [384, 330, 200], 4),
        ],
  )

/** The process that dies next. */
function victim(role: Role): string {
  if (role === 'slave' || role === 'silent') return random.pick(slaves)
  return role === 'combine' ? 'beta' : 'alpha'
}

/** Until a few more tiles are placed: what is killed again before it works is not hurt by it. */
async function someTiles(): Promise<void> {
  const wanted = handOuts.placed + random.between(1, 15)
  const givesUpAt = performance.now() + workWithinMs
  while (handOuts.placed < wanted && performance.now() < givesUpAt) await delay(5)
}

async function killOften(stream: JobStream): Promise<void> {
  const handOverMs: number[] = []
  for (let killed = 1; killed <= kills; killed++) {
    await someTiles()
    await delay(random.between(0, 200))
    const name = victim(role ?? 'slave')
    const at = Date.now()
    await cluster.kill(name)
    // One in twelve is away for longer than a hand-over may take.
    await delay(random.next() < 1 / 12 ? refusedWithinMs + 500 : random.between(0, 800))
    await cluster.run(name)
    if (role === 'slave') handOverMs.push(...movedWithin(name, at))
    if (killed % 10 === 0) console.log(`${killed} killed, ${stream.exact} results exact`)
  }
  if (role === 'slave') await checkHandOvers(handOverMs, refusedWithinMs, 'refused connection')
}

async function stopOften(): Promise<void> {
  const handOverMs: number[] = []
  for (let stopped = 1; stopped <= kills; stopped++) {
    await delay(random.between(2000, 4000))
    const name = victim('silent')
    const at = Date.now()
    cluster.signal(name, 'SIGSTOP')
    await delay(silentWithinMs + 1000)
    cluster.signal(name, 'SIGCONT')
    handOverMs.push(...movedWithin(name, at))
    console.log(`${stopped} stopped, ${name} at ${at}: ${spread(handOverMs)}`)
    for (const { unit, ms } of handOuts.handOvers(name, at))
      if (ms === undefined) console.log(`  ${unit} is still with it`)
  }
  await checkHandOvers(handOverMs, silentWithinMs, 'silence')
}

/** When the units of that slave were in other hands; infinite where they are not yet. */
const movedWithin = (slave: string, at: number): number[] =>
  handOuts.handOvers(slave, at).map(({ ms = Number.POSITIVE_INFINITY }) => ms)

async function checkHandOvers(ms: readonly number[], withinMs: number, what: string): Promise<void> {
  console.log(`hand-over after ${what}: ${spread(ms)}`)
  bars.check(`units moved on within ${withinMs} ms`, ms.length > 0 && Math.max(...ms) <= withinMs)
}

/** A job is accepted, then nothing is left of the cluster; all nodes start again. */
async function killAll(stream: JobStream): Promise<void> {
  for (let killed = 1; killed <= kills; killed++) {
    const job = stream.one()
    while (stream.underWay.size === 0) await delay(2)
    await delay(random.next() < 0.3 ? 0 : random.between(0, 700))
    await cluster.kill(...everyNode)
    await cluster.run(...everyNode)
    await job
    if (killed % 10 === 0) console.log(`${killed} times all were killed, ${stream.exact} results exact`)
  }
}

const startedAt = performance.now()
try {
  const products = await productsFor(role)
  await cluster.run(...everyNode)
  await cluster.members(...slaves)
  const stream = new JobStream(await cluster.client(), {
    ...{ products, folder, atOnce: role === 'silent' ? 3 : 2, jobWithinMs: 120_000 },
  })
  if (role === 'all') await killAll(stream)
  else {
    stream.start()
    await (role === 'silent' ? stopOften() : killOften(stream))
  }
  const { accepted, exact, faults, longestMs } = await stream.end()
  for (const fault of faults) console.log(fault)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  console.log(
    `${role}: ${kills} times in ${seconds} s (seed ${values.seed}); the longest job took ${(longestMs / 1000).toFixed(1)} s`,
  )
  bars.check(`${exact} of ${accepted} accepted jobs ended with the exact result`, exact === accepted)
  bars.check(`${faults.length} faults`, faults.length === 0)
  const late = handOuts.repeated()
  const repeated = late.filter(({ crossed }) => !crossed)
  console.log(
    `${late.length - repeated.length} second attempts left while the news of the first was on its way to master-assign`,
  )
  for (const { unit, slave, attempt, lateMs } of repeated.slice(0, 20))
    console.log(`  ${unit}: attempt ${attempt} to ${slave}, ${lateMs} ms after it was placed`)
  console.log(
    `${handOuts.units} units, handed out ${handOuts.handedOut} times, ${handOuts.placed} placed; ` +
      `told:\n  ${handOuts.summary()}`,
  )
  bars.check(
    `${repeated.length} units handed out again after they were placed`,
    handOuts.placed > 0 && repeated.length === 0,
  )
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}
bars.end()
