/** The states of a slave, and what may follow what. */
import type { TransitionTable } from './transitions.ts'

/**
 * - `absent`: in the configuration, never heard of
 * - `present`: registered, and heard of within its lease
 * - `lost`: refused a connection, was silent for too long, left, or came back as a new process
 */
export type SlaveState = 'absent' | 'present' | 'lost'

export const slaveTransitions: TransitionTable<SlaveState> = {
  absent: ['present'],
  present: ['lost'],
  lost: ['present'],
}
