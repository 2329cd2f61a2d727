/** A product on a cluster from its files to the job's end, as the terminal shows it. */
import { realpath } from 'node:fs/promises'
import type {
  Cluster,
  Job,
  JobRequest,
  JobView,
  MultiplyOptions,
  OperandRequest,
} from '../../client/index.ts'
import type { Terminal } from '../terminal.ts'
import { gigabytesPerSecond } from '../units.ts'
import { showPlan } from './show-plan.ts'

export interface ClusterFiles extends Omit<MultiplyOptions, 'add'> {
  readonly a: string
  readonly b: string
  readonly add?: string
}

/** Submits the job, its operands as `operandsOf` has them. */
export async function submitFiles(cluster: Cluster, files: ClusterFiles, terminal: Terminal): Promise<Job> {
  return cluster.submit(await requestOf(cluster, files, terminal))
}

/** What is to be submitted: files that the master can read at their places stay there, others are uploaded, each once. */
export async function requestOf(
  cluster: Cluster,
  files: ClusterFiles,
  terminal: Terminal,
): Promise<JobRequest> {
  const { a, b, add, upload = false, ...gemm } = files
  const known = new Map<string, OperandRequest>()
  const operand = async (file: string): Promise<OperandRequest> => {
    const key = isUrl(file) ? file : await realpath(file)
    const before = known.get(key)
    if (before !== undefined) return before
    const found = await operandOf(cluster, file, upload, terminal)
    known.set(key, found)
    return found
  }
  return {
    operation: 'gemm',
    a: await operand(a),
    b: await operand(b),
    ...(add !== undefined && { c: await operand(add) }),
    ...gemm,
  }
}

/** Read by the cluster, not by this command. */
export const isUrl = (file: string): boolean => /^https?:\/\//i.test(file)

async function operandOf(
  cluster: Cluster,
  file: string,
  upload: boolean,
  terminal: Terminal,
): Promise<OperandRequest> {
  const startedMs = performance.now()
  const progress = terminal.progress(`upload ${file}`)
  try {
    return await cluster.operand(file, {
      upload,
      onProgress: (sentBytes, totalBytes) =>
        progress.update({
          fraction: sentBytes / totalBytes,
          gigabytesPerSecond: gigabytesPerSecond(sentBytes, performance.now() - startedMs),
        }),
    })
  } finally {
    progress.end()
  }
}

export interface FollowOptions {
  readonly signal: AbortSignal
  /** Gets the plan as soon as there is one. */
  readonly onPlan: (text: string) => void
  /** How often a log gets a line of progress; by default as any progress. */
  readonly plainEveryMs?: number
}

/** Shows the plan and the progress until the job has ended; the code and evidence of a job that failed are thrown. */
export async function followJob(job: Job, terminal: Terminal, options: FollowOptions): Promise<JobView> {
  const { signal, onPlan, plainEveryMs } = options
  const progress = terminal.progress('multiply', plainEveryMs)
  let last: JobView | undefined
  try {
    for await (const view of job.progress({ signal })) {
      if (view.plan !== undefined && last?.plan === undefined) {
        progress.end()
        onPlan(showPlan(view.plan))
        terminal.record('plan', { job: job.id, ...view.plan })
      }
      progress.update({
        fraction: fractionOf(view),
        ...(view.gflops > 0 && { gflops: view.gflops }),
        note: noteOf(view),
      })
      last = view
    }
  } finally {
    progress.end()
  }
  if (last?.state === 'done') return last
  return job.done({ signal })
}

function fractionOf({ shape, elementsPlaced }: JobView): number {
  const elements = shape[0] * shape[1]
  return elements === 0 ? 1 : elementsPlaced / elements
}

function noteOf({ state, reason, unitsPlaced, unitsTotal }: JobView): string {
  if (state === 'running') return `${unitsPlaced} of ${unitsTotal} units placed`
  return reason === undefined ? state : `${state}: ${reason}`
}
