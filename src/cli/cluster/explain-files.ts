/** `gemmesh plan`: asks the master that runs, or plans by the configuration file alone. */
import type { PlannedJob } from '../../client/index.ts'
import { readCluster } from '../../config.ts'
import type { Dtype } from '../../core/matrix.ts'
import { Performance } from '../../core/performance.ts'
import { type OperandFacts, productOf } from '../../core/product.ts'
import type { Semiring } from '../../core/semiring.ts'
import { asGemmeshError } from '../../errors.ts'
import { asNpyFile } from '../../formats/npy-file.ts'
import { NpyReader } from '../../formats/npy-reader.ts'
import { plannedJob } from '../../roles/assign/jobs/plan-view.ts'
import { Planner } from '../../roles/assign/planner.ts'
import type { Terminal } from '../terminal.ts'
import { type Master, reach } from './reach.ts'
import { showPlan, showPrediction } from './show-plan.ts'
import { simulatePlan } from './simulate-plan.ts'

export interface ExplainRequest {
  readonly a: string
  readonly b: string
  readonly add?: string
  readonly transA: boolean
  readonly transB: boolean
  readonly semiring: Semiring
  readonly reproducible: boolean
  /** Of the elements of text files. */
  readonly dtype?: Dtype
  /** Play it through, too. */
  readonly simulate: boolean
  readonly master: Master
  /** To plan by where the master does not run. */
  readonly config?: string
}

export async function explainFiles(request: ExplainRequest, terminal: Terminal): Promise<void> {
  const { transA, transB, semiring, reproducible, dtype } = request
  const facts = {
    a: await factsOf(request.a, dtype),
    b: await factsOf(request.b, dtype),
    ...(request.add !== undefined && { added: await factsOf(request.add, dtype) }),
  }
  // What does not fit together is said with the names of the files, before anybody is asked.
  const beta = facts.added === undefined ? 0 : 1
  const product = productOf({ ...facts, transA, transB, semiring, alpha: 1, beta })
  const { a, b, added } = facts
  const shapes = { a: shapeOf(a), b: shapeOf(b), ...(added && { c: shapeOf(added) }) }
  const asked = await ask(request, cluster =>
    cluster.plan({ operation: 'gemm', ...shapes, transA, transB, semiring, reproducible }),
  )
  const planned = asked ?? (await planByFile(request.config ?? '', { product, semiring, reproducible }))
  terminal.record('plan', { running: asked !== undefined, ...planned })
  if (asked === undefined)
    terminal.note(`No master-assign answers at ${request.master.origin}: planned by ${request.config} alone.`)
  terminal.print(`${showPlan(planned.plan)}\n${showPrediction(planned)}`)
  if (request.simulate) simulatePlan(planned, terminal)
}

async function factsOf(file: string, dtype: Dtype | undefined): Promise<OperandFacts> {
  await using npy = await asNpyFile(file, dtype && { dtype })
  const reader = await NpyReader.open(npy.path, file)
  await reader.close()
  return { name: file, dtype: reader.header.dtype, shape: reader.header.shape }
}

const shapeOf = ({ dtype, shape }: OperandFacts) => ({ dtype, shape: [...shape] })

/** Undefined where no master runs, and a file says what there would be. */
async function ask(
  { master, config }: ExplainRequest,
  question: (cluster: Awaited<ReturnType<typeof reach>>) => Promise<PlannedJob>,
): Promise<PlannedJob | undefined> {
  let cluster: Awaited<ReturnType<typeof reach>>
  try {
    cluster = await reach(master, { patienceMs: 0 })
  } catch (error) {
    if (config !== undefined && asGemmeshError(error).code === 'GEMMESH_MASTER_UNREACHABLE') return undefined
    throw error
  }
  try {
    return await question(cluster)
  } finally {
    await cluster.close()
  }
}

async function planByFile(path: string, work: Parameters<Planner['explain']>[0]): Promise<PlannedJob> {
  const cluster = await readCluster(path)
  const performance = new Performance({ slaves: cluster.slaves, measured: false })
  return plannedJob(work.product, new Planner(cluster, performance, () => []).explain(work))
}
