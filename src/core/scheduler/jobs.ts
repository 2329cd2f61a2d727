/** A job's way: submitted, planned, opened at master-combine, sealed; or failed, or cancelled. */
import { type ErrorCode, errorTable, GemmeshError, isErrorCode } from '../../errors.ts'
import { type JobState, jobTransitions } from '../job.ts'
import { unitAt } from '../plan/units.ts'
import { checkPlannable, outlinePlan } from '../plan.ts'
import { step } from '../transitions.ts'
import { cancelAtHand, drop } from './attempts.ts'
import { Ledger } from './ledger.ts'
import type { Event } from './messages.ts'
import { JobPace } from './pace.ts'
import { type JobRecord, note, type State, type Turn } from './state.ts'
import { creditOpen } from './tallies.ts'
import { JobTransfers } from './transfers.ts'

type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>

/** GEMMESH_BUSY where too many jobs wait, GEMMESH_INTERNAL for an id that is taken or a shape that is none. */
export function submit({ state, now }: Turn, event: EventOf<'job-submitted'>): void {
  const { job, shape, dtype, description, priority = 0 } = event
  const { jobsLimit, unitEdge } = state.options
  if (state.jobs.has(job) || state.ended.has(job)) {
    throw new GemmeshError('GEMMESH_INTERNAL', `job ${job} was submitted before; each needs an id of its own`)
  }
  if (state.jobs.size >= jobsLimit) {
    throw new GemmeshError(
      'GEMMESH_BUSY',
      `${state.jobs.size} jobs have not ended yet, and ${jobsLimit} is the limit; submit again when some have`,
    )
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
  note(record.history, now, 'submitted')
  state.jobs.set(job, record)
  state.waiting.add(record)
}

/** Plans the waiting jobs whose time has come, and asks master-combine again where it could not be reached. */
export function openWaiting({ state, now, instructions }: Turn): void {
  for (const record of state.waiting) {
    if (openAt(state, record) > now) continue
    const opening = record.opening ?? { plan: plan(state, record), tries: 0, retryAt: now, fault: undefined }
    record.opening = opening
    record.outline ??= outlinePlan(opening.plan)
    opening.tries++
    opening.retryAt = undefined
    note(record.history, now, 'sent to master-combine to be opened')
    instructions.push({ type: 'open-job', job: record.job, plan: opening.plan })
  }
}

/**
 * When a waiting job is to be planned, or opened again; Infinity while others have to act first.
 *
 * It waits for slaves that are not present, but not for ones that have been missing for long: the grace is counted from
 * the last coming or going, from the submission if that was before, and starts anew when the first slave comes.
 */
export function openAt(state: State, { opening, shape, submittedAt }: JobRecord): number {
  if (opening !== undefined) return opening.retryAt ?? Number.POSITIVE_INFINITY
  const [m, n] = shape
  if (m === 0 || n === 0 || (state.presentCount > 0 && state.presentCount === state.slaves.size)) {
    return Number.NEGATIVE_INFINITY
  }
  if (state.presentCount === 0) return Number.POSITIVE_INFINITY
  const since = Math.max(state.quorumAt, Math.min(state.membershipChangedAt, submittedAt))
  return since + state.options.planGraceMs
}

function plan(state: State, { job, shape, dtype, semiring }: JobRecord) {
  const slaves = [...state.slaves.values()]
    .filter(slave => slave.state === 'present')
    .map(({ name }) => ({ name, performance: state.performance.of(name, dtype, semiring) }))
  const { unitEdge, unitsLimit } = state.options
  return state.options.plan({ job, shape, dtype, slaves, unitEdge, unitsLimit })
}

export function opened(turn: Turn, { job, placed }: EventOf<'job-opened'>): void {
  const record = turn.state.jobs.get(job)
  if (record?.opening === undefined) return
  const { plan } = record.opening
  const units = new Set(placed.filter(unit => unitAt(plan, unit) !== undefined))
  const ledger = start(turn, record, plan, units)
  record.unitsPlaced = units.size
  for (const unit of units) record.flopsPlaced += ledger.work(unit).flops
  sealWhenPlaced(turn, record)
}

function start(
  { state, now }: Turn,
  record: JobRecord,
  plan: Ledger['plan'],
  placed?: ReadonlySet<number>,
): Ledger {
  move(record, 'running', now)
  const ledger = new Ledger(plan, state.options.epoch, placed)
  record.ledger = ledger
  record.opening = undefined
  record.flopsServed = leastServed(state, record.priority)
  state.waiting.delete(record)
  state.running.add(record)
  state.wanted = true
  return ledger
}

/** A job that comes later has no claim to what the others of its priority got before. */
function leastServed({ running }: State, priority: number): number {
  let least = Number.POSITIVE_INFINITY
  for (const job of running) if (job.priority === priority) least = Math.min(least, job.flopsServed)
  return Number.isFinite(least) ? least : 0
}

/** Every tile is in place: master-combine seals the result by itself. */
export function sealWhenPlaced({ state, now }: Turn, record: JobRecord): void {
  if (record.state !== 'running' || record.unitsPlaced !== record.ledger?.plan.units) return
  move(record, 'sealing', now)
  state.running.delete(record)
}

/** Asks again, with pauses that double, where that can help; the shell's call has its own time-out. */
export function openFailed(turn: Turn, { job, code, message }: EventOf<'job-open-failed'>): void {
  const { state, now } = turn
  const record = state.jobs.get(job)
  const opening = record?.opening
  if (record === undefined || opening === undefined || opening.retryAt !== undefined) return
  const known: ErrorCode = isErrorCode(code) ? code : 'GEMMESH_INTERNAL'
  note(record.history, now, `not opened (${known})`)
  opening.fault = message
  const { attempts, heartbeatMs } = state.options
  if (errorTable[known].retryable && opening.tries < attempts) {
    opening.retryAt = now + heartbeatMs * 2 ** (opening.tries - 1)
    return
  }
  const times = opening.tries === 1 ? '' : ` after ${opening.tries} tries`
  fail(turn, record, known, `master-combine did not open the job${times}: ${message}`)
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

export function cancel(turn: Turn, job: string): void {
  const record = turn.state.jobs.get(job)
  if (record !== undefined) end(turn, record, 'cancelled')
}

export function fail(turn: Turn, record: JobRecord, code: ErrorCode, message: string): void {
  record.fault = { code, message }
  end(turn, record, 'failed')
}

/** Frees the slaves, tells the shell, and keeps no more of the job than its figures. */
function end(turn: Turn, record: JobRecord, to: Extract<JobState, 'done' | 'failed' | 'cancelled'>): void {
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
  state.jobs.delete(job)
  state.ended.set(job, record)
  for (const oldest of state.ended.keys()) {
    if (state.ended.size <= state.options.jobsKept) break
    state.ended.delete(oldest)
  }
}

function move(record: JobRecord, to: JobState, now: number): void {
  record.state = step(jobTransitions, `job ${record.job}`, record.state, to, record.history)
  note(record.history, now, to)
}
