/** Moves of a slave between its states, and what follows from where it is. */
import { type SlaveState, slaveTransitions } from '../membership.ts'
import { step } from '../transitions.ts'
import { refreshIdle } from './attempts.ts'
import { note, type SlaveRecord, type State } from './state.ts'

export function moveSlave(state: State, slave: SlaveRecord, to: SlaveState): void {
  const from = slave.state
  slave.state = step(slaveTransitions, `slave ${slave.name}`, from, to, slave.history)
  note(slave.history, state.now, to)
  state.presentCount += Number(to === 'present') - Number(from === 'present')
  state.excludedCount += Number(to === 'excluded') - Number(from === 'excluded')
  state.membershipChangedAt = state.now
  if (to !== 'present') state.refusing.delete(slave)
  refreshIdle(state, slave)
}

/** It is a member no more, and not listened for. */
export function dismiss(state: State, slave: SlaveRecord, to: 'left' | 'lost' | 'excluded'): void {
  moveSlave(state, slave, to)
  slave.isSuspected = false
  slave.pulse = undefined
  state.silentSlaves.forget(slave)
  state.wanted = true
}
