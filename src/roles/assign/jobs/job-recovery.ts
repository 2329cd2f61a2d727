/** Jobs from before a restart: what the journal has of them, handed to the scheduler again. */
import { asGemmeshError, type GemmeshError } from '../../../errors.ts'
import type { Shell } from '../../shell.ts'
import type { Operands } from '../operands.ts'
import type { Processors } from '../processor-catalogue.ts'
import type { SchedulerShell } from '../scheduler-shell.ts'
import { checkCuts, describeJob } from './job-description.ts'
import type { FoundJob, JobJournal } from './job-journal.ts'

export interface JobRecoveryParts {
  readonly shell: Shell
  readonly journal: JobJournal
  readonly scheduling: SchedulerShell
  readonly operands: Operands
  readonly processors: Processors
}

/**
 * All jobs that had not ended go on, or fail where their operands are gone; master-combine hears of those that ended and that it
 * may still have. GEMMESH_JOURNAL_DAMAGED where the journal is of another version.
 */
export async function recoverJobs(parts: JobRecoveryParts): Promise<void> {
  const { journal, scheduling, shell } = parts
  const found = journal.found()
  // All of them first, so that none of their matrices is thought to be of no use.
  const faults = await Promise.all(found.map(job => faultOf(parts, job)))
  for (const [index, job] of found.entries()) recover(parts, job, faults[index])
  for (const job of journal.abortsToSay()) scheduling.abort(job)
  if (found.length > 0) shell.logger.info({ jobs: found.map(({ job }) => job) }, 'jobs go on')
}

function recover(
  { shell, scheduling, processors }: JobRecoveryParts,
  { job, request, operands, submittedAt, verificationSeed, planned }: FoundJob,
  fault: GemmeshError | undefined,
): void {
  const described = describeJob(request, operands, processors.current, submittedAt)
  const description = { ...described, verificationSeed, prediction: planned?.prediction }
  let unfit = fault
  try {
    checkCuts(description, shell.cluster.options.blockEdge)
  } catch (error) {
    unfit ??= asGemmeshError(error)
  }
  const elapsedMs = planned && Math.max(0, shell.world.wallNow() - planned.plannedMs)
  scheduling.recover(job, description, {
    ...(planned && { plan: planned.plan }),
    ...(elapsedMs !== undefined && { startedAt: scheduling.now() - elapsedMs }),
    fault: unfit,
  })
}

/** Why a job cannot go on; undefined where nothing is known against it. */
async function faultOf(
  { operands: known }: JobRecoveryParts,
  { operands }: FoundJob,
): Promise<GemmeshError | undefined> {
  try {
    for (const operand of [operands.a, operands.b, operands.added])
      if (operand !== undefined) await known.restore(operand)
    return undefined
  } catch (error) {
    return asGemmeshError(error)
  }
}
