/** The demo from its matrices to its verdict; see `gemmesh demo --help`. */
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, health } from '../../client/index.ts'
import { origin } from '../../config.ts'
import type { Dtype } from '../../core/matrix.ts'
import { asGemmeshError } from '../../errors.ts'
import { followJob, submitFiles } from '../cluster/run-job.ts'
import type { Interruption } from '../interruption.ts'
import { orAborted } from '../or-aborted.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { formatCount, formatMs, formatRate } from '../units.ts'
import { type CheckReport, checkProduct } from './check-product.ts'
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts'
import { writeRandomMatrix } from './random-matrix.ts'
import { showTraffic, tileBytes } from './show-traffic.ts'

export interface DemoRequest {
  readonly size: number
  readonly dtype: Dtype
  readonly seed: number
  /** Leaves the folder with matrices, configuration and result behind. */
  readonly keep: boolean
}

/** A log of the demo shows how it gets on, too. */
const progressEveryMs = 250

/** How long a process that ended may take to be noticed, after a call to it failed. */
const noticeMs = 500

/** Whatever happens, no process and (but with `keep`) no file is left behind. */
export async function runDemo(
  request: DemoRequest,
  terminal: Terminal,
  interruption: Interruption,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-demo-'))
  const failure = new AbortController()
  const signal = AbortSignal.any([interruption.signal, failure.signal])
  let cluster: DemoCluster | undefined
  const kill = () => cluster?.kill()
  process.once('exit', kill)
  interruption.lastly(() => {
    kill()
    if (!request.keep) rmSync(folder, { recursive: true, force: true })
  })
  const run = async () => {
    const matrices = await writeMatrices(folder, request, terminal)
    signal.throwIfAborted()
    const started = await startDemoCluster(folder, request.size, spawned => {
      cluster = spawned
    })
    watch(started, failure, terminal)
    terminal.summary(describeCluster(started))
    terminal.record('cluster', { folder, nodes: started.nodes.map(({ name, pid }) => ({ name, pid })) })
    await multiplyAndCheck(started, matrices, signal, terminal)
  }
  const running = run()
  try {
    await orAborted(running, signal)
  } catch (error) {
    // Where a master has died, that says more than the call to it that failed.
    await Promise.race([cluster?.failed, delay(noticeMs)])
    throw error
  } finally {
    await cluster?.end()
    await Promise.allSettled([running])
    await cluster?.end() // what was started only just now
    process.off('exit', kill)
    if (!request.keep) await rm(folder, { recursive: true, force: true })
  }
  const kept = request.keep ? `; matrices, configuration and result are in ${folder}` : ''
  terminal.summary(`all ${cluster?.nodes.length ?? 0} processes have ended${kept}`)
}

interface Matrices {
  readonly a: string
  readonly b: string
  readonly c: string
}

async function writeMatrices(folder: string, request: DemoRequest, terminal: Terminal): Promise<Matrices> {
  const { dtype, size, seed } = request
  const [a, b, c] = [join(folder, 'A.npy'), join(folder, 'B.npy'), join(folder, 'C.npy')]
  await writeRandomMatrix(a, dtype, size, size, seed)
  await writeRandomMatrix(b, dtype, size, size, seed + 1)
  terminal.summary(`A.npy and B.npy: random ${dtype} matrices of ${size}x${size} (seed ${seed}) in ${folder}`)
  return { a, b, c }
}

/** The end of a master ends the demo; that of a slave does not end a job: its work goes to the others. */
function watch({ nodes, cluster, failed }: DemoCluster, failure: AbortController, terminal: Terminal): void {
  failed.catch((error: unknown) => failure.abort(error))
  for (const node of nodes)
    if (cluster.slaves.some(({ name }) => name === node.name))
      node.failed.catch((error: unknown) =>
        terminal.note(`${asGemmeshError(error).message}\nIts work goes to the other slaves.`),
      )
}

function describeCluster({ cluster, nodes }: DemoCluster): string {
  const { assign, combine, slaves } = cluster
  const pidOf = (name: string) => nodes.find(node => node.name === name)?.pid ?? ''
  const rows = [
    { role: 'assign', performance: '', ...assign },
    { role: 'combine', performance: '', ...combine },
    ...slaves.map(slave => ({ role: 'slave', ...slave })),
  ]
  return [
    `a cluster of ${nodes.length} processes is ready`,
    renderTable(
      ['role', 'name', 'process', 'address', 'performance'],
      rows.map(row => [row.role, row.name, pidOf(row.name), origin(row), row.performance]),
      [2, 4],
    ),
  ].join('\n')
}

async function multiplyAndCheck(
  { cluster }: DemoCluster,
  { a, b, c }: Matrices,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  // Its nodes are watched: one that ends is not waited for.
  const client = await connect(origin(cluster.assign), { patienceMs: 0 })
  try {
    const startedMs = performance.now()
    const job = await submitFiles(client, { a, b }, terminal)
    const onPlan = (plan: string) => terminal.summary(plan)
    const view = await followJob(job, terminal, { signal, onPlan, plainEveryMs: progressEveryMs })
    await job.save(c, { stream: true }) // as between machines: what moves is to be seen
    const elapsedMs = performance.now() - startedMs
    terminal.summary(
      `C = A*B on ${formatCount(view.slaves.length, 'slave')}: ${formatRate(view.gflops)} GFLOPS for ${formatMs(view.elapsedMs)}; ` +
        `${formatMs(elapsedMs)} with uploading A and B and saving C`,
    )
    const [assign, combine] = await Promise.all([
      health(origin(cluster.assign)),
      health(origin(cluster.combine)),
    ])
    terminal.summary(showTraffic(assign, combine))
    terminal.summary(
      `tile bytes through ${assign.name} (assign): ${tileBytes(assign)}; through ${combine.name} (combine): ${tileBytes(combine)}`,
    )
    const report = await check({ a, b, c }, signal, terminal)
    terminal.summary(describeCheck(report))
    const { plan: _, ...figures } = view
    terminal.record('result', {
      ...figures,
      totalMs: elapsedMs,
      check: report,
      traffic: { assign: assign.traffic, combine: combine.traffic },
    })
  } finally {
    await client.close()
  }
}

async function check(matrices: Matrices, signal: AbortSignal, terminal: Terminal): Promise<CheckReport> {
  const progress = terminal.progress('check with the naive product')
  const onProgress = (fraction: number) => progress.update({ fraction })
  try {
    return await checkProduct({ ...matrices, signal, onProgress })
  } finally {
    progress.end()
  }
}

function describeCheck(report: CheckReport): string {
  const { rows, rowsChecked, elementsChecked, largestError, worstShare, dtype } = report
  const which =
    rowsChecked === rows
      ? `every one of the ${elementsChecked} elements`
      : `every element of ${rowsChecked} of ${rows} rows, evenly spread (${elementsChecked} elements),`
  const how =
    dtype === 'int32'
      ? 'equals the naive product exactly'
      : `equals the naive product but for rounding: largest error ${largestError.toExponential(1)}, ${(100 * worstShare).toFixed(1)} % of what is allowed`
  return `checked: ${which} ${how} (${formatMs(report.elapsedMs)})`
}
