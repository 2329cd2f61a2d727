/** What ends a job, and what of it is kept then. */
import type { ErrorCode } from '../../errors.ts'
import { dropOldest } from '../drop-oldest.ts'
import { type JobState, jobTransitions } from '../job.ts'
import { step } from '../transitions.ts'
import { cancelAtHand, drop } from './attempts.ts'
import { type JobRecord, note, type Turn } from './state.ts'

/** Every tile is in place: master-combine seals the result by itself. */
export function sealWhenPlaced({ state, now }: Turn, record: JobRecord): void {
  if (record.state !== 'running' || record.unitsPlaced !== record.ledger?.plan.units) return
  move(record, 'sealing', now)
  state.running.delete(record)
  state.sealing.hear(record, now)
}

export function fail(turn: Turn, record: JobRecord, code: ErrorCode, message: string): void {
  record.fault = { code, message }
  end(turn, record, 'failed')
}

/** Frees the slaves, tells the shell, and keeps no more of the job than its figures. */
export function end(
  turn: Turn,
  record: JobRecord,
  to: Extract<JobState, 'done' | 'failed' | 'cancelled'>,
): void {
  const { state, now, instructions } = turn
  const { job, ledger, opening, fault } = record
  move(record, to, now)
  if (to === 'done') instructions.push({ type: 'finish-job', job })
  if (fault !== undefined) instructions.push({ type: 'fail-job', job, ...fault })
  if (ledger !== undefined) {
    // What a slave still does for a job that is done is cancelled when it next says so: mostly it is about to end.
    const out = [...ledger.out()]
    if (to !== 'done') cancelAtHand(turn, job, out)
    for (const attempt of out) drop(state, attempt)
  }
  if (to !== 'done' && (ledger ?? opening) !== undefined) instructions.push({ type: 'abort-job', job })
  record.endedAt = now
  record.opening = undefined
  record.ledger = undefined
  state.waiting.delete(record)
  state.running.delete(record)
  state.sealing.forget(record)
  state.paused.delete(record)
  state.hoping.delete(record)
  state.jobs.delete(job)
  state.ended.set(job, record)
  dropOldest(state.ended, state.options.jobsKept)
}

export function move(record: JobRecord, to: JobState, now: number): void {
  record.state = step(jobTransitions, `job ${record.job}`, record.state, to, record.history)
  note(record.history, now, to)
}
