/** The result of a job that somebody submitted earlier, into a file. */
import type { Cluster } from '../../client/index.ts'
import { createOutput } from '../../formats/output.ts'
import { followJob } from '../cluster/run-job.ts'
import type { Terminal } from '../terminal.ts'
import { formatRate } from '../units.ts'
import { findJob } from './find-job.ts'

/** Waits for the end of a job that is under way; where that wait is interrupted, the job goes on. */
export async function saveResult(
  cluster: Cluster,
  idOrBeginning: string,
  output: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { id, dtype, shape } = await findJob(cluster, idOrBeginning)
  const [rows, columns] = shape
  const trial = await createOutput(output, { dtype, rows, columns, dimensions: 2 })
  await trial.discard()
  const job = cluster.job(id)
  const { plan: _, ...view } = await followJob(job, terminal, { signal, onPlan() {} })
  await job.save(output)
  terminal.record('result', { ...view, output })
  terminal.summary(
    `${output}: ${dtype} ${rows}x${columns}, the result of job ${id}, ${formatRate(view.gflops)} GFLOPS`,
  )
}
