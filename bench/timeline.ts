/**
 * What a cluster of real processes does over time, printed as it happens: two jobs of different priority and a cancellation,
 * then a slave that joins and one that is told to end. `node bench/timeline.ts [--size N]`
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { writeRandomMatrix } from '../src/cli/demo/random-matrix.ts'
import type { Cluster as Client, Job, JobView } from '../src/client/index.ts'
import { ProcessCluster } from './process-cluster.ts'

const { values } = parseArgs({ options: { size: { type: 'string', default: '3072' } } })
const size = Number(values.size)
const sampleMs = 250
const names = ['gamma', 'delta']
const slaves = names.map(name => ({ name, performance: 1, threads: 1, memory: '512MiB' }))
const options = { 'unit-edge': 384, 'plan-grace-ms': 0 }

const folder = await mkdtemp(join(tmpdir(), 'gemmesh-timeline-'))
const files = [join(folder, 'a.npy'), join(folder, 'b.npy')]
let startMs = performance.now()
const say = (what: string): void =>
  console.log(`${((performance.now() - startMs) / 1000).toFixed(2).padStart(7)} s  ${what}`)

/** Samples of the jobs, and of what the slaves' processes hold, until `isOver`. */
async function watch(
  cluster: ProcessCluster,
  jobs: ReadonlyMap<string, Job>,
  isOver: (views: ReadonlyMap<string, JobView>) => boolean,
): Promise<void> {
  for (;;) {
    const views = new Map<string, JobView>()
    for (const [name, job] of jobs) views.set(name, await job.status())
    const { slaves } = await (await cluster.client()).info()
    const progress = [...views].map(
      ([name, view]) => `${name} ${view.state} ${view.unitsPlaced}/${view.unitsTotal}`,
    )
    const held = slaves.map(({ name, state, unitsOpen }) => `${name} ${state}, ${unitsOpen} at hand`)
    say([...progress, ...held].join(' | '))
    if (isOver(views)) return
    await delay(sampleMs)
  }
}

/** Uploads the matrices, and submits their product as often as it is called. */
async function submitter(client: Client): Promise<(priority: number) => Promise<Job>> {
  const [a, b] = [await client.upload(files[0] ?? ''), await client.upload(files[1] ?? '')]
  return priority => client.submit({ operation: 'gemm', a: a.id, b: b.id, priority })
}

const stateOf = (views: ReadonlyMap<string, JobView>, name: string) => views.get(name)?.state
const placed = (views: ReadonlyMap<string, JobView>, name: string) => views.get(name)?.unitsPlaced ?? 0

async function prioritiesAndCancellation(cluster: ProcessCluster): Promise<void> {
  const client = await cluster.client()
  const submit = await submitter(client)
  const low = await submit(0)
  startMs = performance.now()
  say('low submitted, of priority 0')
  await watch(cluster, new Map([['low', low]]), views => placed(views, 'low') > 0)
  const high = await submit(5)
  say('high submitted, of priority 5')
  const jobs = new Map([
    ['high', high],
    ['low', low],
  ])
  await watch(cluster, jobs, views => stateOf(views, 'high') === 'done')
  await watch(cluster, jobs, () => true)
  await low.cancel()
  const cancelledMs = performance.now()
  say('low cancelled')
  while ((await Promise.all(names.map(name => cluster.unitsOpen(name)))).some(units => units > 0));
  say(`no slave's process holds a unit, ${(performance.now() - cancelledMs).toFixed(0)} ms later`)
  let found: string[]
  do found = await readdir(cluster.resultsFolder)
  while (found.some(name => name.startsWith(low.id)))
  say(
    `master-combine's results, ${(performance.now() - cancelledMs).toFixed(0)} ms later: ${found.map(name => (name.startsWith(high.id) ? "high's" : name)).join(', ')}`,
  )
}

async function joinAndDrain(cluster: ProcessCluster): Promise<void> {
  const client = await cluster.client()
  const job = await (await submitter(client))(0)
  const jobs = new Map([['job', job]])
  startMs = performance.now()
  say('job submitted; gamma is the only slave')
  await watch(cluster, jobs, views => placed(views, 'job') > 0)
  const started = cluster.run('delta')
  say('delta is started')
  await started
  await watch(cluster, jobs, views =>
    (views.get('job')?.slaves ?? []).some(({ name, unitsPlaced }) => name === 'delta' && unitsPlaced > 0),
  )
  say('gamma gets SIGTERM')
  cluster.signal('gamma', 'SIGTERM')
  const gone = cluster.ended('gamma').then(ended => say(`gamma has ended, exit code ${ended?.exitCode}`))
  await watch(cluster, jobs, views => stateOf(views, 'job') === 'done')
  await gone
  const { slaves } = await job.status()
  say(`done: ${slaves.map(({ name, unitsPlaced }) => `${name} ${unitsPlaced} units`).join(', ')}`)
}

async function scene(
  title: string,
  run: (cluster: ProcessCluster) => Promise<void>,
  first: readonly string[],
) {
  console.log(`\n${title}`)
  const cluster = await ProcessCluster.prepare({
    folder: await mkdtemp(join(folder, 'cluster-')),
    slaves,
    options,
  })
  try {
    await cluster.run('alpha', 'beta', ...first)
    await cluster.members(...first)
    await run(cluster)
  } finally {
    await cluster.stop()
  }
}

try {
  for (const [index, file] of files.entries()) await writeRandomMatrix(file, 'float64', size, size, index + 1)
  await scene('two priorities and a cancellation', prioritiesAndCancellation, names)
  await scene('a slave joins in mid-job, another is told to end', joinAndDrain, ['gamma'])
} finally {
  await rm(folder, { recursive: true, force: true })
}
