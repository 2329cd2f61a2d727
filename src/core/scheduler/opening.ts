/**
 * What master-combine has of a job: asked when the job begins, and again whenever that is not certain, because one of the masters
 * was started anew or could not be reached. Until the answer comes nothing of the job is handed out, so that no unit that is
 * placed is computed again.
 */
import { type ErrorCode, errorTable, isErrorCode } from '../../errors.ts'
import { unitAt } from '../plan/units.ts'
import { outlinePlan } from '../plan.ts'
import { cancelAtHand, drop, stopRefusing } from './attempts.ts'
import { fail, move, sealWhenPlaced } from './ends.ts'
import { Ledger } from './ledger.ts'
import type { Event } from './messages.ts'
import { type JobRecord, note, type Opening, type State, type Turn } from './state.ts'
import { countPlaced } from './tallies.ts'

type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>

/**
 * Pauses double up to this: master-combine may be away for hours, and is there again at any time. At 30 s, of a master-combine that
 * was killed every few seconds some jobs met nothing but its absences for two minutes.
 */
const longestPauseMs = 5000

export const openingOf = (plan: Opening['plan'], now: number): Opening => ({
  plan,
  tries: 0,
  ask: 0,
  retryAt: now,
  placed: new Set(),
  fault: undefined,
})

/** Plans the waiting jobs whose time has come, and asks master-combine again where it could not be reached. */
export function openWaiting({ state, now, instructions }: Turn): void {
  for (const record of state.waiting) {
    if (openAt(state, record) > now) continue
    const opening = record.opening ?? openingOf(plan(state, record), now)
    record.opening = opening
    record.outline ??= outlinePlan(opening.plan)
    opening.tries++
    opening.ask = ++state.asks
    opening.retryAt = undefined
    note(record.history, now, 'sent to master-combine to be opened')
    instructions.push({ type: 'open-job', job: record.job, plan: opening.plan, ask: opening.ask })
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
  if (
    m === 0 ||
    n === 0 ||
    (state.presentCount > 0 && state.presentCount + state.excludedCount === state.slaves.size)
  ) {
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

export function opened(turn: Turn, { job, ask, placed }: EventOf<'job-opened'>): void {
  const record = turn.state.jobs.get(job)
  if (record?.opening === undefined || (ask ?? record.opening.ask) !== record.opening.ask) return
  const { plan, placed: since } = record.opening
  const units = new Set([...placed, ...since].filter(unit => unitAt(plan, unit) !== undefined))
  const known = record.ledger
  const ledger = start(turn, record, plan, units)
  if (known === undefined) for (const unit of units) countPlaced(record, ledger.work(unit).flops)
  else {
    place(turn, record, known, units)
    lose(record, known, units)
  }
  sealWhenPlaced(turn, record)
}

/** The job runs from now on, with what is known of its units. */
export function start(
  { state, now }: Turn,
  record: JobRecord,
  plan: Ledger['plan'],
  placed?: ReadonlySet<number>,
): Ledger {
  const ledger = record.ledger ?? new Ledger(plan, state.options.epoch, placed)
  if (record.ledger === undefined) record.flopsServed = leastServed(state, record.priority)
  move(record, 'running', now)
  record.ledger = ledger
  record.opening = undefined
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

/** Asks again, with pauses that double, where that can help, for as long as it takes: the job was accepted. */
export function openFailed(turn: Turn, { job, ask, code, message }: EventOf<'job-open-failed'>): void {
  const { state, now } = turn
  const record = state.jobs.get(job)
  const opening = record?.opening
  if (record === undefined || opening === undefined || opening.retryAt !== undefined) return
  if ((ask ?? opening.ask) !== opening.ask) return
  const known: ErrorCode = isErrorCode(code) ? code : 'GEMMESH_INTERNAL'
  note(record.history, now, `not opened (${known})`)
  opening.fault = message
  if (errorTable[known].retryable) {
    opening.retryAt = now + Math.min(state.options.heartbeatMs * 2 ** (opening.tries - 1), longestPauseMs)
    return
  }
  fail(turn, record, known, `master-combine did not open the job: ${message}`)
}

/** It is not certain what master-combine has of a job that runs, or is being sealed: it is asked. */
export function reopen({ state, now }: Turn, record: JobRecord): void {
  if (record.ledger === undefined || record.opening !== undefined) return
  move(record, 'waiting', now)
  record.opening = openingOf(record.ledger.plan, now)
  state.running.delete(record)
  state.sealing.forget(record)
  state.waiting.add(record)
}

/** Nothing was heard of a job that should have been sealed by now: the message may be lost, or the tiles. */
export function askSealing(turn: Turn): void {
  for (const record of turn.state.sealing.exceeded(turn.now)) reopen(turn, record)
}

/** master-combine was started anew. What it has is placed; where it does not name all that it had, it is asked. */
export function unitsPlaced(turn: Turn, { job, units }: EventOf<'units-placed'>): void {
  const record = turn.state.jobs.get(job)
  if (record === undefined) return
  placeElsewhere(turn, record, units)
  if (record.ledger !== undefined && record.unitsPlaced > units.length) reopen(turn, record)
}

/** Units that were placed without an attempt of this start that is known to have done it. */
export function placeElsewhere(turn: Turn, record: JobRecord, units: readonly number[]): void {
  const { ledger, opening } = record
  const plan = ledger?.plan ?? opening?.plan
  if (plan === undefined) return
  const known = units.filter(unit => unitAt(plan, unit) !== undefined)
  for (const unit of known) opening?.placed.add(unit)
  if (ledger === undefined) return
  place(turn, record, ledger, known)
  sealWhenPlaced(turn, record)
}

function place(turn: Turn, record: JobRecord, ledger: Ledger, units: Iterable<number>): void {
  const { placed, out } = ledger.placeAll(units)
  for (const unit of placed) countPlaced(record, ledger.work(unit).flops)
  cancelAtHand(turn, record.job, out)
  for (const attempt of out) {
    drop(turn.state, attempt)
    stopRefusing(turn.state, turn.state.slaves.get(attempt.slave))
  }
}

/** Its folder was lost: the units are computed again. Who had computed them is not known any more. */
function lose(record: JobRecord, ledger: Ledger, units: ReadonlySet<number>): void {
  const lost = ledger.loseAllBut(units)
  if (lost.length === 0) return
  for (const unit of lost) record.flopsPlaced -= ledger.work(unit).flops
  record.unitsPlaced -= lost.length
  if (record.unitsPlaced === 0) record.flopsPlaced = 0
  for (const tally of record.tallies.values()) {
    tally.unitsPlaced = 0
    tally.flopsPlaced = 0
  }
}
