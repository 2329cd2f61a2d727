/**
 * Slaves that have been silent for longer than their heartbeats lead to expect: they get no new units, and others may take over
 * their shares. It ends with the next heartbeat, so that a wrong suspicion costs little: what a slave has at hand stays with
 * it until it is lost, or a lease runs out.
 */
import { report } from './reports.ts'
import type { SlaveRecord, State, Turn } from './state.ts'

/** They are looked at so often a heartbeat at most: with thousands silent at once each look takes its time. */
const looksPerHeartbeat = 8

/** A member registered, or sent a heartbeat. */
export function hear(turn: Turn, slave: SlaveRecord): void {
  const { state, now } = turn
  const { suspicion } = state
  state.silentSlaves.hear(slave, now)
  suspicion.nextAt = Math.min(suspicion.nextAt, now + suspicion.leastMs)
  if (!slave.isSuspected) return
  slave.isSuspected = false
  if (state.idle.has(slave)) state.asking.add(slave)
  report(turn, slave, 'trusted', 'it is heard again')
}

export function lookForSuspects(turn: Turn): void {
  const { state, now } = turn
  const { suspicion } = state
  if (now < suspicion.nextAt) return
  const { deviations, leastMs } = suspicion
  let nextAt = Number.POSITIVE_INFINITY
  state.silentSlaves.each((slave, heardAt) => {
    const isLooked = heardAt + leastMs <= now
    if (!isLooked) nextAt = Math.min(nextAt, heardAt + leastMs)
    else if (!slave.isSuspected) {
      const at = slave.pulse?.reaches(deviations) ?? Number.POSITIVE_INFINITY
      if (at <= now) suspect(turn, slave, now - heardAt)
      else nextAt = Math.min(nextAt, at)
    }
    return isLooked
  })
  suspicion.nextAt = Math.max(nextAt, now + state.options.heartbeatMs / looksPerHeartbeat)
}

/** Whether nothing is handed to a slave now, though it has a free slot. */
export const isBarred = ({ refusing }: State, slave: SlaveRecord): boolean =>
  slave.isSuspected || refusing.has(slave)

function suspect(turn: Turn, slave: SlaveRecord, silentMs: number): void {
  slave.isSuspected = true
  // What is left of its share, others may take over.
  turn.state.wanted = true
  report(turn, slave, 'suspected', `it has been silent for ${Math.round(silentMs)} ms`)
}
