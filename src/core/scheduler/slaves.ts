/** Slaves that come, say that they live, and go. */
import { GemmeshError } from '../../errors.ts'
import { isMember } from '../membership.ts'
import { PhiAccrual } from '../phi-accrual.ts'
import { cancelAtHand, takeBack } from './attempts.ts'
import type { Attempt } from './ledger.ts'
import type { Event, UnitRef } from './messages.ts'
import { report } from './reports.ts'
import { blame, rest } from './resting.ts'
import { dismiss, moveSlave } from './slave-states.ts'
import type { SlaveRecord, State, Turn } from './state.ts'
import { hear } from './suspicion.ts'
import { handOn } from './units.ts'

type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>

/** GEMMESH_NODE_REFUSED for a slave that is not in the configuration. */
export function register(turn: Turn, event: EventOf<'slave-registered'>): void {
  const { state, now } = turn
  const slave = state.slaves.get(event.slave)
  if (slave === undefined) {
    throw new GemmeshError(
      'GEMMESH_NODE_REFUSED',
      `${event.slave} is not a slave of this master, which has ${[...state.slaves.keys()].join(', ')}; ` +
        'add it to the configuration and start the master again',
    )
  }
  if (isMember(slave.state) && slave.incarnation !== event.incarnation) {
    leave(turn, slave, 'lost', 'it was started anew')
  }
  slave.incarnation = event.incarnation
  slave.threads = event.threads
  slave.memoryBytes = event.memoryBytes
  state.performance.introduce(slave.name, event)
  if (slave.state === 'excluded') return
  if (!isMember(slave.state)) {
    moveSlave(state, slave, 'present')
    if (state.presentCount === 1) state.quorumAt = now
    rest(state, slave)
  }
  // Else the same process again: it has measured itself, or the answer to its first registration got lost.
  hear(turn, slave)
}

/** Renews the slave, and the attempts that it got on with; tells it to drop those that are not its own any more. */
export function heartbeat(
  turn: Turn,
  { slave: name, incarnation, running, progress }: EventOf<'slave-heartbeat'>,
): void {
  const { state, now, instructions } = turn
  const slave = memberOf(state, name, incarnation)
  if (slave === undefined) return
  if (slave.pulse === undefined) slave.pulse = new PhiAccrual(state.options.heartbeatMs, now)
  else slave.pulse.hear(now)
  hear(turn, slave)
  let stale: Map<string, number[]> | undefined
  let index = 0
  for (const ref of running) {
    const count = progress?.[index++]
    const attempt = atHand(slave, ref) ?? state.jobs.get(ref.job)?.ledger?.attempt(ref, name)
    if (attempt !== undefined) {
      if (count === undefined || count !== attempt.progress) state.leases.hear(attempt, now)
      attempt.progress = count
    } else if (isStale(state, name, ref)) {
      stale ??= new Map()
      stale.set(ref.job, [...(stale.get(ref.job) ?? []), ref.unit])
    }
  }
  for (const [job, units] of stale ?? []) instructions.push({ type: 'cancel-units', slave: name, job, units })
}

/** Nearly always it is one of these two. */
function atHand(slave: SlaveRecord, { job, unit, attempt, epoch }: UnitRef): Attempt | undefined {
  for (const one of slave.atHand) {
    const { ref } = one
    if (ref.unit === unit && ref.attempt === attempt && ref.epoch === epoch && ref.job === job) return one
  }
  return undefined
}

/**
 * Not its own any more. A cancellation names a unit and no attempt, so it must not hit a newer attempt at the same slave;
 * and a unit just placed is about to end by itself, with a message that is wanted.
 */
function isStale(state: State, slave: string, ref: UnitRef): boolean {
  const ledger = state.jobs.get(ref.job)?.ledger
  if (ledger?.attemptsOut(ref.unit).some(attempt => attempt.slave === slave) === true) return false
  if (ref.epoch !== state.options.epoch) return true
  const job = state.jobs.get(ref.job) ?? state.ended.get(ref.job)
  return job?.awaited.get(ref.unit)?.slave !== slave
}

/** The slave, if it is this process of it that is a member. */
export function memberOf(state: State, name: string, incarnation: string): SlaveRecord | undefined {
  const slave = state.slaves.get(name)
  return slave !== undefined && isMember(slave.state) && slave.incarnation === incarnation ? slave : undefined
}

/** It keeps the unit it has had longest, which is the one it computes; the others go to those who stay. */
export function drain(turn: Turn, { slave: name, incarnation }: EventOf<'slave-draining'>): void {
  const { state } = turn
  const slave = memberOf(state, name, incarnation)
  if (slave?.state !== 'present') return
  moveSlave(state, slave, 'draining')
  state.wanted = true
  const [, ...others] = slave.atHand
  for (const attempt of others) {
    const job = state.jobs.get(attempt.ref.job)
    if (job === undefined) continue
    cancelAtHand(turn, job.job, [attempt])
    takeBack(state, job, attempt)
  }
}

export function depart(turn: Turn, { slave: name, incarnation }: EventOf<'slave-left'>): void {
  const slave = memberOf(turn.state, name, incarnation)
  if (slave !== undefined) leave(turn, slave, 'left')
}

export function lose(turn: Turn, { slave: name, incarnation, reason }: EventOf<'slave-lost'>): void {
  const slave = turn.state.slaves.get(name)
  if (slave === undefined || !isMember(slave.state)) return
  if ((incarnation ?? slave.incarnation) === slave.incarnation) leave(turn, slave, 'lost', reason)
}

/** Those that were silent for a lease. */
export function loseSilent(turn: Turn): void {
  for (const slave of turn.state.silentSlaves.exceeded(turn.now)) {
    leave(turn, slave, 'lost', `it was silent for ${turn.state.options.leaseMs} ms`)
  }
}

function leave(turn: Turn, slave: SlaveRecord, to: 'left' | 'lost', reason?: string): void {
  dismiss(turn.state, slave, to)
  handOn(turn, slave.atHand, reason === undefined ? undefined : `slave ${slave.name} was lost: ${reason}`)
  if (reason === undefined) return
  blame(turn, slave)
  report(turn, slave, 'lost', reason)
}
