/** What becomes of a unit in a slave's hands: done, placed, refused, failed, silent. */
import { area, describeRectangle } from '../geometry.ts'
import { bytesPerElement } from '../matrix.ts'
import { cancelAtHand, drop, finish, stopRefusing, takeBack } from './attempts.ts'
import { fail, sealWhenPlaced } from './ends.ts'
import { type Evidence, evidenceAgainst, listEvidence } from './evidence.ts'
import { convict } from './exclusion.ts'
import type { Attempt } from './ledger.ts'
import type { UnitFigures, UnitRef } from './messages.ts'
import { placeElsewhere, reopen } from './opening.ts'
import { pause, unpause } from './pausing.ts'
import { acquit, blame } from './resting.ts'
import type { JobRecord, State, Turn } from './state.ts'
import { addFigures, awaitFigures, countPlaced, credit } from './tallies.ts'
import { needsOthers } from './tries.ts'

/** A message that names no attempt that is out is late or doubled, and changes nothing. */
function outstanding(state: State, slave: string, ref: UnitRef) {
  const job = state.jobs.get(ref.job)
  const attempt = job?.ledger?.attempt(ref, slave)
  return job === undefined || attempt === undefined ? undefined : { job, attempt }
}

/** The slave's part is over; the unit counts when its tile is placed, for which the lease starts anew. */
export function done({ state, now }: Turn, slave: string, ref: UnitRef, figures: UnitFigures): void {
  const record = state.slaves.get(slave)
  stopRefusing(state, record)
  if (takeAwaited(state, slave, ref, figures)) return
  const out = outstanding(state, slave, ref)
  if (out === undefined || out.attempt.computed || record === undefined) return
  const { job, attempt } = out
  finish(state, job, record, attempt)
  state.leases.hear(attempt, now)
  addAll(state, job, slave, attempt, figures)
}

/** The usual order is placed, then done: the slave sends its message when its tile was acknowledged. Whether that is so. */
function takeAwaited(state: State, slave: string, ref: UnitRef, figures: UnitFigures): boolean {
  const job = state.jobs.get(ref.job) ?? state.ended.get(ref.job)
  const awaited = job?.awaited.get(ref.unit)
  const same =
    awaited?.slave === slave && awaited.attempt === ref.attempt && ref.epoch === state.options.epoch
  if (job === undefined || awaited === undefined || !same) return false
  job.awaited.delete(ref.unit)
  addAll(state, job, slave, awaited, figures)
  return true
}

function addAll(
  state: State,
  job: JobRecord,
  slave: string,
  work: Pick<Attempt, 'tile' | 'flops'>,
  figures: UnitFigures,
): void {
  const { dtype, semiring } = job
  // Units without arithmetic weigh by their elements, but say nothing of speed.
  const flops = job.shape[2] === 0 ? 0 : work.flops
  addFigures(job, slave, flops, figures)
  job.transfers.record(slave, work.flops, figures)
  job.pace.settle(slave, work.flops, figures.computeMs)
  const { computeMs, fetchedBytes, fetchMs, sendMs } = figures
  const sentBytes = area(work.tile) * bytesPerElement[dtype]
  const measured = { dtype, semiring, flops, computeMs, fetchedBytes, fetchMs, sentBytes, sendMs }
  state.performance.record(slave, measured)
}

/** A fact about master-combine's file, whichever attempt brought it about: others still out are cancelled. */
export function placed(turn: Turn, slave: string, ref: UnitRef): void {
  const { state } = turn
  const job = state.jobs.get(ref.job)
  const ledger = job?.ledger
  if (job === undefined) return
  if (ref.epoch < state.options.epoch) {
    placeElsewhere(turn, job, [ref.unit])
    return
  }
  if (ledger === undefined || ref.epoch !== state.options.epoch) return
  const winner = ledger.attempt(ref, slave)
  if (winner === undefined && !ledger.wasOut(ref)) return
  job.opening?.placed.add(ref.unit)
  const work = winner ?? ledger.work(ref.unit)
  countPlaced(job, work.flops)
  const record = state.slaves.get(slave)
  if (record !== undefined) {
    credit(job, slave, work.flops)
    if (winner?.computed !== true) awaitFigures(job, slave, ref, work)
    if (winner?.computed === false) finish(state, job, record, winner)
  }
  const out = ledger.place(ref.unit)
  if (out.length > 1 || winner === undefined) cancelAtHand(turn, job.job, out)
  for (const attempt of out) {
    drop(state, attempt)
    stopRefusing(state, state.slaves.get(attempt.slave))
  }
  acquit(state, record)
  unpause(state, job)
  sealWhenPlaced(turn, job)
}

/** The slave has no room: nobody's failure. It is left alone for a heartbeat, or until it has finished something. */
export function refused({ state, now }: Turn, slave: string, ref: UnitRef): void {
  const out = outstanding(state, slave, ref)
  const record = state.slaves.get(slave)
  if (out === undefined || record === undefined || out.attempt.computed) return
  takeBack(state, out.job, out.attempt)
  record.refusesUntil = now + state.options.heartbeatMs
  state.refusing.add(record)
}

/** Of a unit whose tile found no place: nobody's failure, but what master-combine has is not certain any more. */
const doubtful: ReadonlySet<string> = new Set(['GEMMESH_JOB_UNKNOWN', 'GEMMESH_NODE_UNREACHABLE'])

/** The slave, or master-combine, says that this attempt came to nothing. */
export function failed(turn: Turn, slave: string, ref: UnitRef, code: string, message: string): void {
  const { state } = turn
  if (code === 'GEMMESH_TILE_WRONG') {
    convict(turn, slave, ref, code, message)
    return
  }
  const out = outstanding(state, slave, ref)
  if (out === undefined) return
  const { job, attempt } = out
  // master-combine does not know the job, or was not there to take the tile.
  if (doubtful.has(code)) {
    // Others may reach it.
    if (code === 'GEMMESH_NODE_UNREACHABLE' && job.opening === undefined) blame(turn, state.slaves.get(slave))
    takeBack(state, job, attempt)
    reopen(turn, job)
  } else if (code === 'GEMMESH_STORAGE_FULL') pause(turn, job, attempt, message)
  // That one will not be back, whoever tries.
  else if (code === 'GEMMESH_OPERAND_CHANGED') fail(turn, job, code, message)
  // A newer attempt took its place while it sent its tile: nobody's failure.
  else if (code === 'GEMMESH_TILE_OVERTAKEN') takeBack(state, job, attempt)
  else {
    blame(turn, state.slaves.get(slave))
    giveUp(turn, job, attempt, { kind: 'failure', code, message })
  }
}

/** Nothing was done for the unit for a lease, or its tile was not placed within one: it is handed on. */
export function expireLeases(turn: Turn): void {
  const { state, now } = turn
  for (const attempt of state.leases.exceeded(now)) {
    const job = state.jobs.get(attempt.ref.job)
    // The one before may have been the job's last chance.
    if (job?.ledger === undefined || !state.leases.has(attempt)) continue
    cancelAtHand(turn, job.job, [attempt])
    const { leaseMs } = attempt
    const message = attempt.computed
      ? `it was computed, but its tile was not placed within ${leaseMs} ms`
      : `the slave did not get on with it for ${leaseMs} ms`
    if (job.opening === undefined) blame(turn, state.slaves.get(attempt.slave))
    giveUp(turn, job, attempt, { kind: 'failure', code: 'GEMMESH_UNIT_FAILED', message })
  }
}

/**
 * What a slave that is gone held is handed on at once, as a loss if there is a reason; what it had sent already is left
 * to master-combine.
 */
export function handOn(turn: Turn, attempts: Iterable<Attempt>, reason: string | undefined): void {
  for (const attempt of [...attempts]) {
    const job = turn.state.jobs.get(attempt.ref.job)
    if (job?.ledger === undefined || !turn.state.leases.has(attempt)) continue
    if (reason === undefined) takeBack(turn.state, job, attempt)
    else giveUp(turn, job, attempt, { kind: 'loss', code: 'GEMMESH_NODE_UNREACHABLE', message: reason })
  }
}

/** A slave may die for reasons of its own, but a unit that takes every slave down with it has to end some time. */
const lossesPerAttempt = 4

function giveUp(
  turn: Turn,
  job: JobRecord,
  attempt: Attempt,
  why: Pick<Evidence, 'kind' | 'code' | 'message'>,
): void {
  // While master-combine is away, it is to blame.
  if (job.opening !== undefined) {
    takeBack(turn.state, job, attempt)
    return
  }
  const { ref } = attempt
  takeBack(turn.state, job, attempt, evidenceAgainst(attempt, why))
  const all = job.ledger?.evidenceOf(ref.unit) ?? []
  const count = all.filter(one => one.kind === why.kind).length
  const { attempts } = turn.state.options
  const most = attempts * lossesPerAttempt
  if (count < (why.kind === 'failure' ? attempts : most)) return
  if (count < most && needsOthers(turn.state, all)) return
  const what = why.kind === 'failure' ? `failed ${count} times` : `was lost with ${count} slaves`
  const tile = describeRectangle(attempt.tile)
  const message = `unit ${ref.unit} of job ${job.job} (${tile}) ${what}: ${listEvidence(all)}`
  fail(turn, job, 'GEMMESH_JOB_FAILED', message)
}
