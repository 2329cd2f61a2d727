/** When things are expected to end, in ms from now; before a job's first unit is finished, on a scale of its own. */
import { isMember } from '../membership.ts'
import type { Attempt } from './ledger.ts'
import type { ShareQueue } from './share-queues.ts'
import type { JobRecord, SlaveRecord, State } from './state.ts'

/** A unit that takes this much longer than its slave's pace says is late. */
const lateness = 1.25
/** And one of which something went wrong, this much. */
const stuckness = 4
const leastPauseMs = 1
const pauseGrowth = 1.25

interface Outlook {
  /** Flops a millisecond. */
  readonly rate: number
  /** Until the unit that the slave is at is finished. */
  readonly headMs: number
}

/**
 * Of a unit that is late nothing is known but that it has taken so long: it is taken to be half done, and its slave to be
 * that slow with all that follows.
 */
function outlook({ now }: State, { pace }: JobRecord, slave: SlaveRecord): Outlook {
  const rate = pace.rate(slave.name)
  const head = slave.atHand[0]
  if (head === undefined) return { rate, headMs: 0 }
  const expectedMs = head.flops / rate
  if (!pace.isTimed) return { rate, headMs: expectedMs }
  const elapsedMs = now - slave.servedSince
  if (elapsedMs > expectedMs * lateness) return { rate: head.flops / (2 * elapsedMs), headMs: elapsedMs }
  return { rate, headMs: Math.max(expectedMs - elapsedMs, expectedMs * (lateness - 1)) }
}

/** When the slave will have finished what it has at hand, and `flops` more. */
export function endMs(state: State, job: JobRecord, slave: SlaveRecord, flops: number): number {
  const { rate, headMs } = outlook(state, job, slave)
  const head = slave.atHand[0]
  return headMs + (slave.flopsAtHand - (head?.flops ?? 0) + flops) / rate
}

/** When a share will be finished; never, where its slave takes nothing now. */
export function queueEndMs(state: State, job: JobRecord, queue: ShareQueue): number {
  const slave = state.slaves.get(queue.slave)
  if (slave?.state !== 'present' || state.refusing.has(slave)) return Number.POSITIVE_INFINITY
  return endMs(state, job, slave, queue.flops)
}

/** When a unit in a slave's hands will be finished. */
export function attemptEndMs(state: State, job: JobRecord, attempt: Attempt): number {
  const slave = state.slaves.get(attempt.slave)
  if (slave === undefined || !isMember(slave.state)) return Number.POSITIVE_INFINITY
  const { rate, headMs } = outlook(state, job, slave)
  let flops = 0
  let isHead = true
  for (const one of slave.atHand) {
    if (!isHead) flops += one.flops
    isHead = false
    if (one === attempt) break
  }
  return headMs + flops / rate
}

/** It has been at one unit for many times what its pace says, and moving all its blocks takes. */
export function isStuck({ now }: State, { pace }: JobRecord, slave: SlaveRecord, movingMs: number): boolean {
  const [head] = slave.atHand
  if (head === undefined) return false
  return now - slave.servedSince > stuckness * (head.flops / pace.rate(slave.name) + movingMs)
}

/** When the unit that the slave is at will be late, and so late that it is not expected to end within `ms`. */
export function lateAt({ now }: State, { pace }: JobRecord, slave: SlaveRecord, ms: number): number {
  const head = slave.atHand[0]
  if (head === undefined || !pace.isTimed) return Number.POSITIVE_INFINITY
  const elapsedMs = now - slave.servedSince
  const dueMs = Math.max((lateness * head.flops) / pace.rate(slave.name), ms)
  // Late already: what is not known by then is looked at ever less often.
  return slave.servedSince + Math.max(dueMs + leastPauseMs, elapsedMs * pauseGrowth)
}
