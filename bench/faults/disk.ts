/**
 * `npm run faults:disk -- [--trials 4] [--seed 1]`: the disk of master-combine, then that of master-assign, is filled in the middle of
 * a job, and emptied some seconds later. The job waits or goes on, keeps its tiles, and ends with the exact result; what needs
 * the disk meanwhile is refused with a code. Root only (tmpfs); others are told that nothing was tried.
 *
 * Exits with 1 where a bar is missed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Cluster as Client, Job, JobView } from '../../src/client/index.ts'
import { asGemmeshError } from '../../src/errors.ts'
import { ProcessCluster } from '../process-cluster.ts'
import { Bars } from './bars.ts'
import { HandOuts } from './hand-outs.ts'
import { type ExactProduct, exactProduct, isExact } from './products.ts'
import { Random } from './random.ts'
import { canMount, SmallDisk } from './small-disk.ts'

const { values } = parseArgs({
  options: { trials: { type: 'string', default: '4' }, seed: { type: 'string', default: '1' } },
})
const trials = Number(values.trials)
const random = new Random(Number(values.seed))
const diskBytes = 64 * 2 ** 20
/** How long a disk stays full: longer than a pause of a job that tries again. */
const fullMs = 4000
const endWithinMs = 90_000
const slaves = ['gamma', 'delta', 'epsilon']
const bars = new Bars()

interface Scene {
  readonly cluster: ProcessCluster
  readonly client: Client
  readonly disk: SmallDisk
  readonly handOuts: HandOuts
  readonly folder: string
  readonly product: ExactProduct
  /** Not known to master-assign yet. */
  readonly other: ExactProduct
}

/** A cluster whose node `name` has a small disk. */
async function scene(name: string, play: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-disk-'))
  const handOuts = new HandOuts()
  const disk = await SmallDisk.mount(join(folder, 'data', name), diskBytes)
  const cluster = await ProcessCluster.prepare({
    folder,
    slaves: slaves.map(slave => ({ name: slave, performance: 1, threads: 1, memory: '64MiB' })),
    logLevel: 'debug',
    onLog: (node, line) => handOuts.hear(node, line),
    options: { 'unit-edge': 64, 'block-edge': 128, 'plan-grace-ms': 0, 'measured-performance': false },
  })
  try {
    const product = await exactProduct(folder, 'float64', [896, 960, 512], 1)
    const other = await exactProduct(folder, 'int32', [256, 256, 256], 2)
    await cluster.run(...cluster.masters, ...slaves)
    await cluster.members(...slaves)
    await play({ cluster, client: await cluster.client(), disk, handOuts, folder, product, other })
  } finally {
    await cluster.stop()
    await disk.unmount()
    await rm(folder, { recursive: true, force: true })
  }
}

async function viewWhen(job: Job, isSo: (view: JobView) => boolean): Promise<JobView> {
  const givesUpAt = performance.now() + endWithinMs
  for (;;) {
    const view = await job.status()
    if (isSo(view) || performance.now() > givesUpAt || view.state === 'failed') return view
    await delay(5)
  }
}

/** What `call` is refused with; empty where it is not. */
async function refusal(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return ''
  } catch (error) {
    return asGemmeshError(error).code
  }
}

const describe = ({ state, unitsPlaced, unitsTotal, reason, fault }: JobView): string =>
  `${state}, ${unitsPlaced} of ${unitsTotal} placed${reason ? `, ${reason}` : ''}${fault ? `, ${fault.code} ${fault.message}` : ''}`

async function checkEnd({ folder, product, handOuts }: Scene, job: Job, freedAt: number): Promise<void> {
  const view = await viewWhen(job, ({ state }) => state === 'done')
  const path = join(folder, 'c.npy')
  if (view.state === 'done') await job.save(path)
  const exact = view.state === 'done' && (await isExact(path, product))
  const tookMs = performance.now() - freedAt
  bars.check(
    `  ${describe(view)} ${(tookMs / 1000).toFixed(1)} s later; the result is exact: ${exact}`,
    exact,
  )
  const repeated = handOuts.repeated().filter(({ crossed }) => !crossed)
  bars.check(`  ${repeated.length} units handed out again after they were placed`, repeated.length === 0)
}

async function combineFull(scene: Scene): Promise<void> {
  const { client, disk, product } = scene
  for (let trial = 0; trial < trials; trial++) {
    const part = trial / trials
    const job = await client.multiply(product.a, product.b, { upload: true })
    const before = await viewWhen(job, view => view.unitsPlaced >= part * Math.max(1, view.unitsTotal))
    await disk.fill()
    await delay(fullMs)
    const full = await job.status()
    console.log(
      `master-combine's disk full at ${before.unitsPlaced} of ${before.unitsTotal}: ${describe(full)}`,
    )
    bars.check(
      '  it neither failed nor lost a tile',
      full.state !== 'failed' && full.unitsPlaced >= before.unitsPlaced,
    )
    await disk.makeRoom()
    await checkEnd(scene, job, performance.now())
  }
}

async function assignFull(scene: Scene): Promise<void> {
  const { client, disk, product, other } = scene
  for (let trial = 0; trial < trials; trial++) {
    const job = await client.multiply(product.a, product.b, { upload: true })
    const { a, b } = { a: await client.upload(product.a), b: await client.upload(product.b) }
    const part = random.between(0, 0.9)
    const before = await viewWhen(job, view => view.unitsPlaced >= part * Math.max(1, view.unitsTotal))
    await disk.fill()
    const upload = trial === 0 ? await refusal(() => client.upload(other.a)) : 'GEMMESH_STORAGE_FULL'
    const submit = await refusal(() => client.submit({ operation: 'gemm', a: a.id, b: b.id }))
    await delay(fullMs)
    const full = await job.status()
    console.log(
      `master-assign's disk full at ${before.unitsPlaced} of ${before.unitsTotal}: ${describe(full)}`,
    )
    bars.check(`  an upload is refused: ${upload}`, upload === 'GEMMESH_STORAGE_FULL')
    bars.check(`  a new job is refused: ${submit}`, submit === 'GEMMESH_STORAGE_FULL')
    bars.check('  the job did not fail', full.state !== 'failed' && full.unitsPlaced >= before.unitsPlaced)
    await disk.makeRoom()
    await checkEnd(scene, job, performance.now())
    const again = await client.submit({ operation: 'gemm', a: a.id, b: b.id })
    const done = await viewWhen(again, ({ state }) => state === 'done')
    bars.check(`  a job that is submitted now: ${describe(done)}`, done.state === 'done')
  }
}

if (canMount()) {
  await scene('beta', combineFull)
  await scene('alpha', assignFull)
  bars.end()
} else console.log('skipped: only root may mount the small disk (tmpfs) that this fills; nothing was tried')
