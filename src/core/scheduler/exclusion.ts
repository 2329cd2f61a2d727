/**
 * Slaves that sent a wrong tile. The check is proof, so one is enough: they get nothing more until master-assign is started
 * anew, and what they hold is handed on. A unit that is wrong wherever it is computed is proof against what it was checked with:
 * its job fails, and it excludes nobody.
 */
import { describeRectangle } from '../geometry.ts'
import { isMember } from '../membership.ts'
import { cancelAtHand, takeBack } from './attempts.ts'
import { fail } from './ends.ts'
import { accused, type EvidenceKind, evidenceAgainst, listEvidence } from './evidence.ts'
import type { Ledger } from './ledger.ts'
import type { UnitRef } from './messages.ts'
import { report } from './reports.ts'
import { dismiss, moveSlave } from './slave-states.ts'
import type { JobRecord, SlaveRecord, State, Turn } from './state.ts'

/** How long a unit that is wrong on all slaves that are there waits for those that were lost. */
const hopeMs = 60_000
const wrong: EvidenceKind = 'wrong'

/** master-combine found the tile of this attempt wrong. An attempt that is not known to be the slave's proves nothing. */
export function convict(turn: Turn, name: string, ref: UnitRef, code: string, message: string): void {
  const { state, now } = turn
  const job = state.jobs.get(ref.job)
  const ledger = job?.ledger
  const slave = state.slaves.get(name)
  if (job === undefined || ledger === undefined || slave === undefined) return
  const attempt = ledger.attempt(ref, name)
  const known = ledger.evidenceOf(ref.unit).filter(one => one.slave === name && one.attempt === ref.attempt)
  const isKnown = ref.epoch === state.options.epoch && known.length > 0
  if (attempt === undefined && (!isKnown || known.some(({ kind }) => kind === wrong))) return
  const evidence = evidenceAgainst({ slave: name, ref }, { kind: wrong, code, message })
  if (attempt === undefined) ledger.addEvidence(ref.unit, evidence)
  else {
    cancelAtHand(turn, job.job, [attempt])
    takeBack(state, job, attempt, evidence)
  }
  exclude(turn, slave, keyOf(job, ref.unit), message)
  const { length } = ledger.evidenceOf(ref.unit).filter(({ kind }) => kind === wrong)
  const left = whoIsLeft(state, ledger, ref.unit)
  if (length >= state.options.attempts || left === 'nobody') refute(turn, job, ledger, ref.unit)
  else if (left === 'lost') {
    job.hopes.set(ref.unit, now + hopeMs)
    state.hoping.add(job)
  }
}

/** Units that nobody who is there computes right, and that have waited long enough for others. */
export function endHopes(turn: Turn): void {
  const { state, now } = turn
  for (const job of state.hoping) {
    for (const [unit, until] of job.hopes) {
      const { ledger } = job
      if (ledger === undefined) break
      if (until > now) continue
      job.hopes.delete(unit)
      const isWrong = accused(ledger.evidenceOf(unit), wrong).size > 0
      if (isWrong && whoIsLeft(state, ledger, unit) !== 'member') refute(turn, job, ledger, unit)
    }
    if (job.hopes.size === 0 || job.ledger === undefined) state.hoping.delete(job)
  }
}

export function hopesEndAt({ hoping }: State): number {
  let at = Number.POSITIVE_INFINITY
  for (const { hopes } of hoping) for (const until of hopes.values()) at = Math.min(at, until)
  return at
}

function exclude(turn: Turn, slave: SlaveRecord, unit: string, message: string): void {
  const { state } = turn
  slave.wrongUnits.add(unit)
  if (slave.state === 'excluded') return
  for (const attempt of [...slave.atHand]) {
    const job = state.jobs.get(attempt.ref.job)
    if (job === undefined) continue
    cancelAtHand(turn, job.job, [attempt])
    takeBack(state, job, attempt)
  }
  dismiss(state, slave, 'excluded')
  report(turn, slave, 'excluded', message)
}

/** Of those that the unit was not wrong on: a member is better than one that may come, or come back. */
function whoIsLeft(state: State, ledger: Ledger, unit: number): 'member' | 'lost' | 'nobody' {
  const against = accused(ledger.evidenceOf(unit), wrong)
  let left: 'lost' | 'nobody' = 'nobody'
  for (const slave of state.slaves.values()) {
    if (against.has(slave.name)) continue
    if (isMember(slave.state)) return 'member'
    // After a start of master-assign nobody has registered yet.
    if (slave.state === 'lost' || slave.state === 'absent') left = 'lost'
  }
  return left
}

/** What the unit was checked with is to blame, as far as anybody can tell: those that it alone excluded may come back. */
function refute(turn: Turn, job: JobRecord, ledger: Ledger, unit: number): void {
  const { state } = turn
  const key = keyOf(job, unit)
  const tile = describeRectangle(ledger.work(unit).tile)
  const all = listEvidence(ledger.evidenceOf(unit))
  for (const slave of state.slaves.values()) {
    if (!slave.wrongUnits.delete(key) || slave.wrongUnits.size > 0) continue
    moveSlave(state, slave, 'lost')
    report(turn, slave, 'readmitted', `unit ${unit} of job ${job.job} was wrong wherever it was computed`)
  }
  const message = `unit ${unit} of job ${job.job} (${tile}) is wrong wherever it is computed: ${all}`
  fail(turn, job, 'GEMMESH_VERIFICATION_FAILED', message)
}

const keyOf = ({ job }: JobRecord, unit: number): string => `${job}/${unit}`
