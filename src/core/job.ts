/** The states of a job and of a work unit, and what may follow what. */
import type { TransitionTable } from './transitions.ts'

/**
 * - `waiting`: for slaves, or for master-combine to open the job
 * - `running`: units are handed out
 * - `sealing`: every tile is placed; master-combine makes the result durable
 */
export type JobState = 'waiting' | 'running' | 'sealing' | 'done' | 'failed' | 'cancelled'

export const jobTransitions: TransitionTable<JobState> = {
  waiting: ['running', 'failed', 'cancelled'],
  // Back to waiting: what master-combine has of it is not certain, and it is asked.
  running: ['sealing', 'waiting', 'failed', 'cancelled'],
  sealing: ['done', 'waiting', 'failed', 'cancelled'],
  done: [],
  failed: [],
  cancelled: [],
}

/**
 * - `ready`: to be handed out, for the first time or again
 * - `assigned`: an attempt holds it, computing or waiting for master-combine to place its tile
 */
export type UnitState = 'ready' | 'assigned' | 'placed'

export const unitTransitions: TransitionTable<UnitState> = {
  // A tile that was already given up may still arrive: what is placed is placed, whoever waits for the unit.
  ready: ['assigned', 'placed'],
  assigned: ['ready', 'placed'],
  // A master-combine that lost its folder has lost its tiles.
  placed: ['ready'],
}
