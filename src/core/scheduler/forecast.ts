/** When things are expected to end, in ms from now; before a job's first unit is finished, on a scale of its own. */
import { isMember } from '../membership.ts'
import type { Attempt } from './ledger.ts'
import type { ShareQueue } from './share-queues.ts'
import type { JobRecord, SlaveRecord, State } from './state.ts'
import { isBarred } from './suspicion.ts'

/** A unit that takes this much longer than its slave's pace says is late. */
const lateness = 1.25
/** And one of which something went wrong, this much. */
const stuckness = 4
const leastPauseMs = 1
const pauseGrowth = 1.25

interface Outlook {
  /** Flops a millisecond. */
  readonly rate: number
  /** Until the unit that the slave is at is finished, and all that it has at hand. */
  readonly headMs: number
  readonly allMs: number
}

/**
 * Blocks of the second unit come while the first computes, and steps of both may take turns: so a slave is late when all that
 * it has at hand is. Nothing is known then but that it has taken so long: all of it is taken to be half done, and the slave
 * to be that slow with all that follows.
 */
function outlook({ now }: State, { pace }: JobRecord, slave: SlaveRecord): Outlook {
  const rate = pace.rate(slave.name)
  const head = slave.atHand[0]
  if (head === undefined) return { rate, headMs: 0, allMs: 0 }
  const startMs = pace.startMs(slave.name)
  const expectedMs = startMs + head.flops / rate
  const expectedAllMs = startMs + slave.flopsAtHand / rate
  if (!pace.isTimed) return { rate, headMs: expectedMs, allMs: expectedAllMs }
  const elapsedMs = now - slave.servedSince
  if (elapsedMs > expectedAllMs * lateness) {
    const lateRate = slave.flopsAtHand / (2 * elapsedMs - startMs)
    return { rate: lateRate, headMs: elapsedMs * (head.flops / slave.flopsAtHand), allMs: elapsedMs }
  }
  const leastMs = expectedMs * (lateness - 1)
  const allMs = Math.max(expectedAllMs - elapsedMs, leastMs)
  return { rate, headMs: Math.min(allMs, Math.max(expectedMs - elapsedMs, leastMs)), allMs }
}

/** When the slave will have finished what it has at hand, and `flops` more. */
export function endMs(state: State, job: JobRecord, slave: SlaveRecord, flops: number): number {
  const { rate, allMs } = outlook(state, job, slave)
  return allMs + flops / rate
}

/** When a share will be finished; never, where its slave takes nothing now. */
export function queueEndMs(state: State, job: JobRecord, queue: ShareQueue): number {
  const slave = state.slaves.get(queue.slave)
  if (slave?.state !== 'present' || isBarred(state, slave)) return Number.POSITIVE_INFINITY
  return endMs(state, job, slave, queue.flops)
}

/** When a unit in a slave's hands will be finished. */
export function attemptEndMs(state: State, job: JobRecord, attempt: Attempt): number {
  const slave = state.slaves.get(attempt.slave)
  if (slave === undefined || !isMember(slave.state)) return Number.POSITIVE_INFINITY
  const { rate, headMs, allMs } = outlook(state, job, slave)
  let flops = 0
  let isHead = true
  for (const one of slave.atHand) {
    if (!isHead) flops += one.flops
    isHead = false
    if (one === attempt) break
  }
  return Math.min(allMs, headMs + flops / rate)
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
  const expectedMs = pace.startMs(slave.name) + slave.flopsAtHand / pace.rate(slave.name)
  const dueMs = Math.max(lateness * expectedMs, ms)
  // Late already: what is not known by then is looked at ever less often.
  return slave.servedSince + Math.max(dueMs + leastPauseMs, elapsedMs * pauseGrowth)
}
