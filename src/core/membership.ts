/** The states of a slave, and what may follow what. */
import type { TransitionTable } from './transitions.ts'

/**
 * - `absent`: in the configuration, never heard of
 * - `present`: registered, and heard of within its lease
 * - `draining`: registered and heard of, but about to leave: it finishes the unit at hand and gets no more
 * - `left`: said that it left, until it registers again
 * - `lost`: refused a connection, was silent for too long, or came back as a new process
 * - `excluded`: sent a wrong tile: whatever it does, it gets nothing more
 */
export type SlaveState = 'absent' | 'present' | 'draining' | 'left' | 'lost' | 'excluded'

/** Registered, and not gone since: its messages count. */
export const isMember = (state: SlaveState): boolean => state === 'present' || state === 'draining'

export const slaveTransitions: TransitionTable<SlaveState> = {
  absent: ['present'],
  present: ['draining', 'left', 'lost', 'excluded'],
  draining: ['left', 'lost', 'excluded'],
  left: ['present', 'excluded'],
  lost: ['present', 'excluded'],
  // What it was excluded for turned out to be nobody's fault.
  excluded: ['lost'],
}
