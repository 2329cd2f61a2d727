/** Jobs for people and for programs: all of them, one of them, and the end of one. */
import type { Cluster, JobView } from '../../client/index.ts'
import { showPlan } from '../cluster/show-plan.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { formatBytes, formatMs, formatRate } from '../units.ts'
import { findJob } from './find-job.ts'

export async function showJobs(cluster: Cluster, terminal: Terminal): Promise<void> {
  const jobs = await cluster.jobs()
  for (const { plan: _, ...job } of jobs) terminal.record('job', job)
  if (jobs.length === 0) terminal.print('no jobs')
  else
    terminal.print(
      renderTable(
        ['job', 'state', 'priority', 'C', 'of k', 'dtype', 'done', 'GFLOPS', 'for', 'submitted'],
        jobs.map(job => {
          const [m, n, k] = job.shape
          const { id, state, priority, dtype, gflops, elapsedMs, submittedAt } = job
          const figures = [fractionOf(job), formatRate(gflops), formatMs(elapsedMs), submittedAt]
          return [id, state, priority, `${m}x${n}`, k, dtype, ...figures]
        }),
        [2, 4, 6, 7, 8],
      ),
    )
}

export async function showJob(cluster: Cluster, idOrBeginning: string, terminal: Terminal): Promise<void> {
  const job = await findJob(cluster, idOrBeginning)
  terminal.record('job', job)
  terminal.print(describe(job))
}

export async function cancelJob(cluster: Cluster, idOrBeginning: string, terminal: Terminal): Promise<void> {
  const before = await findJob(cluster, idOrBeginning)
  const after = await cluster.job(before.id).cancel()
  const isCancelled = after.state === 'cancelled' && before.state !== 'cancelled'
  const { plan: _, ...job } = after
  terminal.record('job', { ...job, cancelled: isCancelled })
  terminal.summary(
    isCancelled
      ? `job ${job.id} is cancelled; ${job.unitsPlaced} of its ${job.unitsTotal} units were placed`
      : `job ${job.id} had ended already: it is ${job.state}`,
  )
}

function describe(job: JobView): string {
  const { id, state, reason, fault, shape, dtype, semiring, priority, submittedAt, elapsedMs } = job
  const [m, n, k] = shape
  const kind = semiring === 'plus-times' ? dtype : `${dtype} ${semiring}`
  const facts: [string, string | number][] = [
    ['state', reason === undefined ? state : `${state}: ${reason}`],
    ...(fault === undefined ? [] : [['fault', `${fault.code}: ${fault.message}`] as [string, string]]),
    ['product', `${kind} ${m}x${n} of ${m}x${k} and ${k}x${n}`],
    ['priority', priority],
    ['submitted', submittedAt],
    ['done', `${fractionOf(job)}, ${job.unitsPlaced} of ${job.unitsTotal} units`],
    ['speed', `${formatRate(job.gflops)} GFLOPS for ${formatMs(elapsedMs)}`],
  ]
  const slaves = renderTable(
    ['slave', 'units', 'of C', 'GFLOPS', 'fetched', 'processor'],
    job.slaves.map(slave => [
      slave.name,
      slave.unitsPlaced,
      percent(m * n === 0 ? 1 : slave.elementsPlaced / (m * n)),
      formatRate(slave.gflops),
      formatBytes(slave.fetchedBytes),
      slave.variant,
    ]),
    [1, 2, 3, 4],
  )
  const parts = [`job ${id}`, renderTable([], facts)]
  if (job.plan !== undefined) parts.push(showPlan(job.plan))
  if (job.slaves.length > 0) parts.push('what the slaves did', slaves)
  return parts.join('\n')
}

function fractionOf({ shape, elementsPlaced, state }: JobView): string {
  const elements = shape[0] * shape[1]
  return percent(elements === 0 ? Number(state === 'done') : elementsPlaced / elements)
}

/** Rounded down: 100 % is all of it. */
const percent = (fraction: number): string => `${Math.floor(fraction * 100)} %`
