/** `gemmesh multiply --config|--master`: check, upload, submit, follow, save. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster, Job, JobRequest, JobView, OperandRequest } from '../../client/index.ts'
import type { Dtype } from '../../core/matrix.ts'
import { type Product, productOf } from '../../core/product.ts'
import { createOutput } from '../../formats/output.ts'
import { openInputs } from '../inputs.ts'
import { type OperandFiles, openOperands } from '../local/operands.ts'
import { isShown, readValues, specOf } from '../local/result.ts'
import { orAborted } from '../or-aborted.ts'
import { showMatrix } from '../show-matrix.ts'
import type { Terminal } from '../terminal.ts'
import { formatBytes, formatCount, formatMs, formatRate, formatShape } from '../units.ts'
import { type Master, reach } from './reach.ts'
import { followJob, isUrl, requestOf } from './run-job.ts'
import { sayWaiting } from './say-waiting.ts'

export interface ClusterRequest extends OperandFiles {
  readonly master: Master
  readonly output?: string
  readonly priority: number
  /** As the cluster is configured where absent. */
  readonly verify?: boolean
  /** Leave the result with the cluster, too. */
  readonly keep?: boolean
  /** Send files also where the master could read them at their places. */
  readonly upload?: boolean
  /** For how long a master may be away, once it was there; some minutes where absent. */
  readonly patienceMs?: number
  readonly signal: AbortSignal
}

/** How long the end of this command waits for the master to say that it cancelled the job. */
const cancelWithinMs = 2000

/** `dtype`: of the elements of text files. What is no .npy file is converted here, before it is sent. */
export async function multiplyOnCluster(
  { dtype, ...request }: ClusterRequest & { readonly dtype?: Dtype },
  terminal: Terminal,
): Promise<void> {
  const { a, b, add, signal } = request
  const named = [a, b, ...(add === undefined ? [] : [add])]
  await using inputs = await openInputs(named, { signal, ...(dtype && { dtype }) })
  const files = { a: inputs.path(a), b: inputs.path(b), names: inputs.names }
  await multiplyNpy({ ...request, ...files, ...(add !== undefined && { add: inputs.path(add) }) }, terminal)
}

async function multiplyNpy(request: ClusterRequest, terminal: Terminal): Promise<void> {
  const checked = [request.a, request.b, request.add].some(file => file !== undefined && isUrl(file))
    ? undefined
    : await checkFiles(request)
  const { signal, patienceMs } = request
  let submitted: Promise<Job> | undefined
  let accepted: Job | undefined
  const onWaiting = sayWaiting(terminal, () => accepted !== undefined)
  const cluster = await reach(request.master, { patienceMs, onWaiting })
  const run = async () => {
    const { a, b, add, transA, transB, alpha, beta, semiring = 'plus-times', reproducible = false } = request
    const { priority, verify } = request
    const checks = verify === undefined ? {} : { verify }
    const gemm = { transA, transB, alpha, beta, semiring, reproducible, priority, ...checks }
    const files = { a, b, ...(add !== undefined && { add }), ...gemm }
    const job = await requestOf(cluster, { ...files, upload: request.upload ?? false }, terminal)
    signal.throwIfAborted()
    submitted = cluster.submit(job)
    const product = checked ?? (await productOfLocated(cluster, request, job))
    accepted = await submitted
    await finish(accepted, product, request, terminal)
  }
  const running = run()
  try {
    await orAborted(running, signal)
  } catch (error) {
    if (signal.aborted) {
      // Also a job whose submission has not been answered yet: it may be running.
      const cancelled = submitted
        ?.then(job => job.cancel())
        .then(
          () => true,
          () => false,
        )
      const isCancelled = await Promise.race([cancelled, delay(cancelWithinMs, false, { ref: false })])
      if (accepted !== undefined && !isCancelled)
        terminal.note(
          `job ${accepted.id} could not be cancelled: gemmesh cancel does it when its master answers`,
        )
    }
    throw error
  } finally {
    await cluster.close()
    // Whatever was under way ends with its connections, and removes what it had half written.
    await Promise.allSettled([running])
  }
}

/** What is wrong with the files is found here, before anything is sent; the output's folder and room too. */
async function checkFiles(request: ClusterRequest): Promise<Product> {
  await using operands = await openOperands(request)
  if (request.output !== undefined) {
    const trial = await createOutput(request.output, specOf(operands.product))
    await trial.discard()
  }
  return operands.product
}

/** Of operands that only the cluster reads. */
async function productOfLocated(
  cluster: Cluster,
  request: ClusterRequest,
  { a, b, c }: JobRequest,
): Promise<Product> {
  const facts = async (name: string, operand: OperandRequest) => {
    const { dtype, shape } = await (typeof operand === 'string'
      ? cluster.matrix(operand)
      : cluster.locate(operand))
    return { name, dtype, shape }
  }
  const added = request.add !== undefined && c !== undefined ? await facts(request.add, c) : undefined
  return productOf({ ...request, a: await facts(request.a, a), b: await facts(request.b, b), added })
}

async function finish(
  job: Job,
  product: Product,
  request: ClusterRequest,
  terminal: Terminal,
): Promise<void> {
  const { output, signal } = request
  const shows = output === undefined && isShown(product)
  const onPlan = (plan: string) => (shows ? terminal.note(plan) : terminal.summary(plan))
  const view = await followJob(job, terminal, { signal, onPlan })
  if (output !== undefined) await job.save(output, { take: !request.keep })
  const values = shows ? await fetchValues(job, product) : undefined
  const { plan: _, ...figures } = view
  terminal.record('result', {
    ...figures,
    dtype: product.dtype,
    resultShape: product.shape,
    output: output ?? null,
  })
  const summary = describe(
    view,
    product,
    output ?? `C, kept by the cluster (gemmesh job ${job.id} -o C.npy saves it)`,
  )
  if (values === undefined) terminal.summary(summary)
  else {
    terminal.print(showMatrix(values, product.shape))
    terminal.note(summary)
  }
}

/** The elements of a small result, by way of a file that does not stay. */
async function fetchValues(job: Job, product: Product) {
  const folder = await mkdtemp(join(tmpdir(), 'gemmesh-'))
  try {
    const path = join(folder, 'c.npy')
    await job.save(path)
    return await readValues(path, product)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function describe(view: JobView, { m, n, k, dtype, shape }: Product, name: string): string {
  const fetchedBytes = view.slaves.reduce((sum, slave) => sum + slave.fetchedBytes, 0)
  const inPlace = view.operands.filter(({ way }) => way !== 'upload').map(operand => operand.name)
  const expected = view.prediction === undefined ? '' : ` (${formatMs(view.prediction.ms)} expected)`
  return [
    `${name}: ${dtype} ${formatShape(shape)}, the product of ${m}x${k} and ${k}x${n}`,
    `${formatRate(view.gflops)} GFLOPS for ${formatMs(view.elapsedMs)}${expected} on ${formatCount(view.slaves.length, 'slave')}, ` +
      `which fetched ${formatBytes(fetchedBytes)}${inPlace.length > 0 ? `; ${inPlace.join(', ')} not uploaded` : ''}`,
  ].join('\n')
}
