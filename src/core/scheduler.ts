/** Decides what every node does next: a pure function of what it knows, an event, and the time. */
import { GemmeshError } from '../errors.ts'
import type { Standing } from './block-directory.ts'
import { endHopes, hopesEndAt } from './scheduler/exclusion.ts'
import { handOut } from './scheduler/hand-out.ts'
import { assertInvariants } from './scheduler/invariants.ts'
import { cancel, recover, referencesFailed, sealed, sealFailed, submit } from './scheduler/jobs.ts'
import type { Event, Instruction, SchedulerOptions, UnitRef } from './scheduler/messages.ts'
import { askSealing, openAt, opened, openFailed, openWaiting, unitsPlaced } from './scheduler/opening.ts'
import { pausesEndAt } from './scheduler/pausing.ts'
import { depart, drain, heartbeat, lose, loseSilent, memberOf, register } from './scheduler/slaves.ts'
import { emptyState, type State, type Turn } from './scheduler/state.ts'
import { lookForSuspects } from './scheduler/suspicion.ts'
import { done, expireLeases, failed, placed, refused } from './scheduler/units.ts'
import { type JobSnapshot, type SlaveSnapshot, viewJob, viewSlave } from './scheduler/views.ts'

export type {
  Event,
  Instruction,
  SchedulerOptions,
  SlaveNews,
  UnitFigures,
  UnitRef,
} from './scheduler/messages.ts'
export { defaultLimits } from './scheduler/state.ts'
export type { JobSnapshot, SlaveSnapshot } from './scheduler/views.ts'

/**
 * State changes in `handle` alone. The shell around it carries out the instructions, in order, and answers each with
 * an event in its time; it may lose, double and delay messages as networks do.
 */
export class Scheduler {
  readonly #state: State

  /** GEMMESH_INTERNAL for options that cannot work; the configuration refuses them with their place before that. */
  constructor(options: SchedulerOptions) {
    checkOptions(options)
    this.#state = emptyState(options)
  }

  /**
   * What there is to do after `event`. `now` is in ms on any clock that does not run backwards; where it does, time
   * stands still. An event that is refused (a GemmeshError is thrown) has changed nothing.
   */
  handle(event: Event, now: number): readonly Instruction[] {
    const state = this.#state
    state.now = Math.max(now, state.now)
    const turn: Turn = { state, now: state.now, instructions: [] }
    forgiveOwnPause(turn)
    apply(turn, event)
    // Only now: who was just heard of is not silent, however late the event came.
    if (turn.now >= state.judgesFrom) {
      loseSilent(turn)
      lookForSuspects(turn)
      expireLeases(turn)
    }
    askSealing(turn)
    endHopes(turn)
    openWaiting(turn)
    handOut(turn)
    wake(turn, event)
    return turn.instructions
  }

  jobView(job: string): JobSnapshot | undefined {
    const record = this.#state.jobs.get(job) ?? this.#state.ended.get(job)
    return record && viewJob(this.#state, record)
  }

  /** Ended jobs that are still kept, oldest first, then the others in order of submission. */
  jobViews(): JobSnapshot[] {
    const records = [...this.#state.ended.values(), ...this.#state.jobs.values()]
    return records.map(record => viewJob(this.#state, record))
  }

  /** In the configuration's order. */
  slaveViews(): SlaveSnapshot[] {
    return [...this.#state.slaves.values()].map(slave => viewSlave(this.#state, slave))
  }

  /** Of this process of the slave: `gone` unless it is a member, draining or not; `silent` while it is suspected. */
  standing(slave: string, incarnation: string): Standing {
    const member = memberOf(this.#state, slave, incarnation)
    if (member === undefined) return 'gone'
    return member.isSuspected ? 'silent' : 'well'
  }

  /** Whether this process of the slave has registered, and need not again; one that is excluded need not either. */
  isKnown(slave: string, incarnation: string): boolean {
    const record = this.#state.slaves.get(slave)
    const isExcluded = record?.state === 'excluded' && record.incarnation === incarnation
    return isExcluded || this.standing(slave, incarnation) !== 'gone'
  }

  /** Whether this attempt is still out: not placed, given up or taken back meanwhile. */
  isOut(slave: string, ref: UnitRef): boolean {
    return this.#state.jobs.get(ref.job)?.ledger?.attempt(ref, slave) !== undefined
  }

  /** GEMMESH_INTERNAL where the state contradicts itself. For tests and simulations: it looks at every unit. */
  assertInvariants(): void {
    assertInvariants(this.#state)
  }
}

function apply(turn: Turn, event: Event): void {
  switch (event.type) {
    case 'slave-registered':
      register(turn, event)
      break
    case 'slave-heartbeat':
      heartbeat(turn, event)
      break
    case 'slave-draining':
      drain(turn, event)
      break
    case 'slave-left':
      depart(turn, event)
      break
    case 'slave-lost':
      lose(turn, event)
      break
    case 'unit-refused':
      refused(turn, event.slave, event.ref)
      break
    case 'unit-done':
      done(turn, event.slave, event.ref, event.figures)
      break
    case 'unit-failed':
    case 'tile-refused':
      failed(turn, event.slave, event.ref, event.code, event.message)
      break
    case 'unit-placed':
      placed(turn, event.slave, event.ref)
      break
    case 'job-submitted':
      submit(turn, event)
      break
    case 'job-recovered':
      recover(turn, event)
      break
    case 'job-cancelled':
      cancel(turn, event.job)
      break
    case 'job-opened':
      opened(turn, event)
      break
    case 'units-placed':
      unitsPlaced(turn, event)
      break
    case 'job-open-failed':
      openFailed(turn, event)
      break
    case 'job-sealed':
      sealed(turn, event)
      break
    case 'references-failed':
      referencesFailed(turn, event)
      break
    case 'seal-failed':
      sealFailed(turn, event)
      break
    case 'tick': // what is due is looked at after every event
      break
  }
}

/** Heartbeats that wait to be read once this process runs again come within so many of their intervals. */
const forgivenBeats = 2

/**
 * A wake that comes late means that this process itself stood still: then it is not the slaves that were silent. What they said
 * meanwhile may only now be read, after timers.
 */
function forgiveOwnPause({ state, now }: Turn): void {
  const { heartbeatMs } = state.options
  if (now > state.wakeAt + heartbeatMs) state.judgesFrom = now + forgivenBeats * heartbeatMs
}

/**
 * Asks for a wake only when one is due before the one that was asked for. A tick uses that one up, even where the
 * shell's timer fired a fraction too early (Node's drop fractions of a millisecond): else nobody would wake it again.
 */
function wake({ state, now, instructions }: Turn, event: Event): void {
  if (event.type === 'tick' || state.wakeAt <= now) state.wakeAt = Number.POSITIVE_INFINITY
  const { silentSlaves, suspicion, leases, sealing, judgesFrom } = state
  const isAnybodyHeard = silentSlaves.nextAt < Number.POSITIVE_INFINITY
  const suspectedAt = isAnybodyHeard ? suspicion.nextAt : Number.POSITIVE_INFINITY
  const silence = Math.min(silentSlaves.nextAt, suspectedAt, leases.nextAt)
  let at = Math.min(Math.max(judgesFrom, silence), sealing.nextAt, state.lookAgainAt)
  at = Math.min(at, pausesEndAt(state), hopesEndAt(state))
  for (const job of state.waiting) at = Math.min(at, openAt(state, job))
  for (const slave of state.refusing) at = Math.min(at, Math.max(slave.refusesUntil, slave.restsUntil))
  if (at >= state.wakeAt) return
  state.wakeAt = at
  instructions.push({ type: 'wake-at', at })
}

function checkOptions(options: SchedulerOptions): void {
  const { slaves, epoch, heartbeatMs, leaseMs, attempts, unitsAtHand, unitEdge, planGraceMs } = options
  const wanted: readonly (readonly [name: string, value: number, least: number])[] = [
    ['slaves', slaves.length, 1],
    ['epoch', epoch, 0],
    ['heartbeatMs', heartbeatMs, 1],
    ['leaseMs', leaseMs, 1],
    ['attempts', attempts, 1],
    ['unitsAtHand', unitsAtHand, 1],
    ['unitEdge', unitEdge, 1],
    ['planGraceMs', planGraceMs, 0],
    ['suspicionThreshold', options.suspicionThreshold ?? 1, 0.5],
    ['restMs', options.restMs ?? 1, 0],
    ['restLimitMs', options.restLimitMs ?? 1, 0],
  ]
  for (const [name, value, least] of wanted) {
    if (Number.isFinite(value) && value >= least) continue
    throw new GemmeshError(
      'GEMMESH_INTERNAL',
      `the scheduler's ${name} is ${value}; it has to be at least ${least}`,
    )
  }
}
