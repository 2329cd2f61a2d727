/** A job's way: submitted, or recovered after a restart; sealed, or cancelled. */
import { type ErrorCode, GemmeshError, isErrorCode } from '../../errors.ts'
import { checkPlannable, outlinePlan } from '../plan.ts'
import { end, fail, sealWhenPlaced } from './ends.ts'
import type { Event } from './messages.ts'
import { openingOf, start } from './opening.ts'
import { JobPace } from './pace.ts'
import { unheard } from './silence.ts'
import { type JobRecord, note, type Turn } from './state.ts'
import { creditOpen } from './tallies.ts'
import { JobTransfers } from './transfers.ts'

type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>

/** GEMMESH_BUSY where too many jobs wait, GEMMESH_INTERNAL for an id that is taken or a shape that is none. */
export function submit(turn: Turn, event: EventOf<'job-submitted'>): void {
  const { jobs, options } = turn.state
  if (jobs.size >= options.jobsLimit) {
    throw new GemmeshError(
      'GEMMESH_BUSY',
      `${jobs.size} jobs have not ended yet, and ${options.jobsLimit} is the limit; submit again when some have`,
    )
  }
  admit(turn, event, 'submitted')
}

/** It was accepted: no limit keeps it out. With a plan, it is opened at master-combine at once, whoever is present. */
export function recover(turn: Turn, event: EventOf<'job-recovered'>): void {
  const record = admit(turn, event, 'recovered')
  const { plan, startedAt, fault } = event
  if (plan !== undefined) {
    record.opening = openingOf(plan, turn.now)
    record.outline = outlinePlan(plan)
    record.startedAt = startedAt
  }
  if (fault !== undefined) fail(turn, record, fault.code, fault.message)
}

function admit(
  { state, now }: Turn,
  event: EventOf<'job-submitted' | 'job-recovered'>,
  how: 'submitted' | 'recovered',
): JobRecord {
  const { job, shape, dtype, description, priority = 0 } = event
  const { unitEdge } = state.options
  if (state.jobs.has(job) || state.ended.has(job)) {
    throw new GemmeshError('GEMMESH_INTERNAL', `job ${job} was submitted before; each needs an id of its own`)
  }
  if (!Number.isFinite(priority)) {
    throw new GemmeshError('GEMMESH_INTERNAL', `job ${job} has the priority ${priority}; it has to be finite`)
  }
  checkPlannable({ job, shape, dtype, unitEdge, slaves: [] })
  const record: JobRecord = {
    job,
    shape,
    dtype,
    semiring: event.semiring ?? 'plus-times',
    priority,
    description,
    submittedAt: now,
    ordinal: state.jobsSubmitted++,
    pace: new JobPace(slave => state.performance.of(slave, dtype)),
    transfers: new JobTransfers(),
    flopsServed: 0,
    doubles: 0,
    state: 'waiting',
    pause: undefined,
    hopes: new Map(),
    ...unheard,
    opening: undefined,
    ledger: undefined,
    outline: undefined,
    unitsPlaced: 0,
    flopsPlaced: 0,
    startedAt: undefined,
    endedAt: undefined,
    tallies: new Map(),
    awaited: new Map(),
    resultBytes: undefined,
    fault: undefined,
    history: [],
  }
  note(record.history, now, how)
  state.jobs.set(job, record)
  state.waiting.add(record)
  return record
}

export function sealed(turn: Turn, { job, bytes }: EventOf<'job-sealed'>): void {
  const record = turn.state.jobs.get(job)
  if (record === undefined) return
  // Sealed means that all is placed: this message may have overtaken the answer to open-job, or the last unit-placed.
  const ledger = record.opening === undefined ? record.ledger : start(turn, record, record.opening.plan)
  if (ledger === undefined) return
  creditOpen(record, ledger)
  const [m, n, k] = record.shape
  record.unitsPlaced = ledger.plan.units
  record.flopsPlaced = 2 * m * n * Math.max(1, k)
  sealWhenPlaced(turn, record)
  record.resultBytes = bytes
  end(turn, record, 'done')
}

/** master-combine has tried again itself: there will be no result. */
export function sealFailed(turn: Turn, { job, code, message }: EventOf<'seal-failed'>): void {
  const record = turn.state.jobs.get(job)
  if (record === undefined) return
  const known: ErrorCode = isErrorCode(code) ? code : 'GEMMESH_INTERNAL'
  fail(turn, record, known, `master-combine could not seal the result: ${message}`)
}

/** The operands that its tiles are checked with cannot be read: no tile of it can be placed. */
export function referencesFailed(turn: Turn, event: EventOf<'references-failed'>): void {
  const { job, code, message } = event
  const record = turn.state.jobs.get(job)
  if (record === undefined) return
  const known: ErrorCode = isErrorCode(code) ? code : 'GEMMESH_INTERNAL'
  fail(turn, record, known, `its tiles cannot be checked: ${message}`)
}

export function cancel(turn: Turn, job: string): void {
  const record = turn.state.jobs.get(job)
  if (record !== undefined) end(turn, record, 'cancelled')
}
