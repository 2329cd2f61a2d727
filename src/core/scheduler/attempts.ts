/** Slots, leases and attempts: what starts and ends when a unit is in a slave's hands. */

import { flopsOf, type PlannedUnit } from '../plan/units.ts'
import type { Evidence } from './evidence.ts'
import { roundedUpMs } from './leases.ts'
import type { Attempt } from './ledger.ts'
import type { JobRecord, SlaveRecord, State, Turn } from './state.ts'

/** Of the time that a unit is expected to take; progress renews the lease, so this is for units that show none for long. */
const leaseInPredictions = 3
const longestLeaseMs = 3_600_000

/** Hands a unit of a running job to a slave. */
export function assign(
  { state, now, instructions }: Turn,
  job: JobRecord,
  slave: SlaveRecord,
  unit: PlannedUnit,
): void {
  const attempt = job.ledger?.hand(unit, slave.name, leaseMsFor(state, job, slave, flopsOf(unit)))
  if (attempt === undefined) return
  if (slave.atHand.length === 0) slave.servedSince = now
  slave.atHand.push(attempt)
  slave.flopsAtHand += attempt.flops
  refreshIdle(state, slave)
  state.leases.hear(attempt, now)
  job.startedAt ??= now
  job.flopsServed += attempt.flops
  const { ref, tile, depth, leaseMs } = attempt
  instructions.push({ type: 'assign-unit', slave: slave.name, ref, tile, depth, leaseMs })
}

function leaseMsFor(
  { options, performance }: State,
  { pace, dtype, semiring }: JobRecord,
  { name }: SlaveRecord,
  flops: number,
): number {
  const rate = pace.isTimed
    ? pace.rate(name)
    : (performance.gflops(name, dtype, semiring, flops) ?? Number.POSITIVE_INFINITY) * 1e6
  const predictedMs = flops / rate
  return roundedUpMs(options.leaseMs, Math.min(longestLeaseMs, leaseInPredictions * predictedMs))
}

/** The slave has finished its part of an attempt that it had at hand, and that tells how fast it is. */
export function finish(state: State, job: JobRecord, slave: SlaveRecord, attempt: Attempt): void {
  job.pace.record(slave.name, attempt.flops, state.now - slave.servedSince)
  slave.servedSince = state.now
  freeSlot(state, attempt)
  job.ledger?.compute(attempt)
}

/** The slave holds the attempt no more; its slot is free. */
function freeSlot(state: State, attempt: Attempt): void {
  if (attempt.computed) return
  const slave = state.slaves.get(attempt.slave)
  if (slave === undefined) return
  const place = slave.atHand.indexOf(attempt)
  if (place < 0) return
  slave.atHand.splice(place, 1)
  if (place === 0) slave.servedSince = state.now
  // From the set and not by subtraction, so that rounding leaves no rest behind.
  slave.flopsAtHand = 0
  for (const { flops } of slave.atHand) slave.flopsAtHand += flops
  refreshIdle(state, slave)
}

/** The attempt is over, and its unit ready again unless another one is out. */
export function takeBack(state: State, job: JobRecord, attempt: Attempt, evidence?: Evidence): void {
  drop(state, attempt)
  job.ledger?.takeBack(attempt, evidence)
  state.wanted = true
}

/** Drops an attempt whose unit is placed, or whose job ended. */
export function drop(state: State, attempt: Attempt): void {
  freeSlot(state, attempt)
  state.leases.forget(attempt)
}

/** Who gets a free slot is looked at once: it waits until there may be something for it. */
export function refreshIdle(state: State, slave: SlaveRecord): void {
  if (slave.state === 'present' && slave.atHand.length < state.options.unitsAtHand) {
    state.idle.add(slave)
    state.asking.add(slave)
  } else {
    state.idle.delete(slave)
    state.asking.delete(slave)
  }
}

/** The slave may have room again before the time it was given; a rest it has to sit out. */
export function stopRefusing(state: State, slave: SlaveRecord | undefined): void {
  if (slave === undefined) return
  slave.refusesUntil = 0
  if (slave.restsUntil <= state.now && state.refusing.delete(slave)) refreshIdle(state, slave)
}

/** Units to cancel, by slave: those whose attempt still takes up a slot. */
export function cancelAtHand({ state, instructions }: Turn, job: string, attempts: Iterable<Attempt>): void {
  const units = new Map<string, number[]>()
  for (const attempt of attempts) {
    if (state.slaves.get(attempt.slave)?.atHand.includes(attempt) !== true) continue
    const list = units.get(attempt.slave)
    if (list === undefined) units.set(attempt.slave, [attempt.ref.unit])
    else list.push(attempt.ref.unit)
  }
  for (const [slave, list] of units) instructions.push({ type: 'cancel-units', slave, job, units: list })
}
