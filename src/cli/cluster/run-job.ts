/** A product on a cluster from its files to the job's end, as the terminal shows it. */
import { realpath } from 'node:fs/promises'
import type { Cluster, Job, JobRequest, JobView, MultiplyOptions, StoredMatrix } from '../../client/index.ts'
import type { Terminal } from '../terminal.ts'
import { gigabytesPerSecond } from '../units.ts'
import { showPlan } from './show-plan.ts'

export interface ClusterFiles extends Omit<MultiplyOptions, 'add'> {
  readonly a: string
  readonly b: string
  readonly add?: string
}

/** Uploads the operands and submits the job. */
export async function submitFiles(cluster: Cluster, files: ClusterFiles, terminal: Terminal): Promise<Job> {
  return cluster.submit(await uploadFiles(cluster, files, terminal))
}

/** Uploads the operands of what is to be submitted. A file that is named twice is uploaded once. */
export async function uploadFiles(
  cluster: Cluster,
  files: ClusterFiles,
  terminal: Terminal,
): Promise<JobRequest> {
  const { a, b, add, ...gemm } = files
  const stored = new Map<string, StoredMatrix>()
  const upload = async (path: string): Promise<StoredMatrix> => {
    const real = await realpath(path)
    const known = stored.get(real)
    if (known !== undefined) return known
    const matrix = await uploadFile(cluster, path, terminal)
    stored.set(real, matrix)
    return matrix
  }
  const [storedA, storedB] = [await upload(a), await upload(b)]
  const storedC = add === undefined ? undefined : await upload(add)
  return {
    operation: 'gemm',
    a: storedA.id,
    b: storedB.id,
    ...(storedC && { c: storedC.id }),
    ...gemm,
  }
}

async function uploadFile(cluster: Cluster, path: string, terminal: Terminal): Promise<StoredMatrix> {
  const startedMs = performance.now()
  const progress = terminal.progress(`upload ${path}`)
  try {
    return await cluster.upload(path, {
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
