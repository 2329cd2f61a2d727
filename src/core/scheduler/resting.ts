/**
 * Slaves that fail again and again rest, for a time that doubles: a broken one should neither eat up the attempts of one unit after
 * the other nor be given up for good. A tile that is placed ends it.
 */
import { stopRefusing } from './attempts.ts'
import { report } from './reports.ts'
import type { SlaveRecord, State, Turn } from './state.ts'

/** One failure may be anybody's. */
const failuresBefore = 2

/** It failed, or was lost. */
export function blame(turn: Turn, slave: SlaveRecord | undefined): void {
  if (slave === undefined) return
  const { state, now } = turn
  const { restMs, restLimitMs } = state.options
  slave.failures++
  if (slave.failures < failuresBefore) return
  const ms = Math.min(restLimitMs, restMs * 2 ** (slave.failures - failuresBefore))
  slave.restsUntil = now + ms
  rest(state, slave)
  report(turn, slave, 'resting', `it failed ${slave.failures} times in a row, and gets no unit for ${ms} ms`)
}

/** One that comes back goes on resting. */
export function rest(state: State, slave: SlaveRecord): void {
  if (slave.state === 'present' && slave.restsUntil > state.now) state.refusing.add(slave)
}

/** Its tile was placed. */
export function acquit(state: State, slave: SlaveRecord | undefined): void {
  if (slave === undefined) return
  slave.failures = 0
  slave.restsUntil = 0
  stopRefusing(state, slave)
}
