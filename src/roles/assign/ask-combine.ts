/** Asks master-combine to open a job: what it answers, or that it does not, is for the scheduler. */
import type { FastifyBaseLogger } from 'fastify'
import type { Event, JobSnapshot } from '../../core/scheduler.ts'
import { asGemmeshError } from '../../errors.ts'
import type { JobOpened } from '../../protocol/messages.ts'

export interface Asking {
  readonly job: string
  readonly ask: number
  /** What has to be in the journal before. */
  readonly durable: Promise<void>
  readonly call: () => Promise<JobOpened>
  readonly signal: AbortSignal
}

export async function askCombine({
  job,
  ask,
  durable,
  call,
  signal,
}: Asking): Promise<Extract<Event, { readonly type: 'job-opened' | 'job-open-failed' }> | undefined> {
  try {
    await durable
    const { placed } = await call()
    return { type: 'job-opened', job, ask, placed }
  } catch (error) {
    const { code, message } = asGemmeshError(error)
    // The node is about to end, and the job goes on after that.
    if (signal.aborted || code === 'GEMMESH_STORAGE_FAILED') return undefined
    return { type: 'job-open-failed', job, ask, code, message }
  }
}

/** Says that master-combine had more of a job `before` it was asked. */
export function sayLost(
  logger: FastifyBaseLogger,
  before: JobSnapshot | undefined,
  after: JobSnapshot | undefined,
): void {
  const units = (before?.unitsPlaced ?? 0) - (after?.unitsPlaced ?? 0)
  if (units > 0)
    logger.error({ job: before?.job, units }, 'master-combine has lost tiles: they are computed again')
}
