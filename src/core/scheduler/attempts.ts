/** Slots, leases and attempts: what starts and ends when a unit is in a slave's hands. */
import type { Attempt, Evidence } from './ledger.ts'
import type { JobRecord, SlaveRecord, State, Turn } from './state.ts'

/** Hands a ready unit of a running job to a slave. */
export function assign({ state, now, instructions }: Turn, job: JobRecord, slave: SlaveRecord, unit: number) {
  const attempt = job.ledger?.hand(unit, slave.name)
  if (attempt === undefined) return
  slave.atHand.add(attempt)
  slave.flopsAtHand += attempt.flops
  refreshIdle(state, slave)
  state.leases.hear(attempt, now)
  job.startedAt ??= now
  const { leaseMs } = state.options
  instructions.push({ type: 'assign-unit', slave: slave.name, ref: attempt.ref, tile: attempt.tile, leaseMs })
}

/** The slave holds the attempt no more; its slot is free. */
export function freeSlot(state: State, attempt: Attempt): void {
  const slave = state.slaves.get(attempt.slave)
  if (slave?.atHand.delete(attempt) !== true) return
  // From the set and not by subtraction, so that rounding leaves no rest behind.
  slave.flopsAtHand = [...slave.atHand].reduce((sum, { flops }) => sum + flops, 0)
  refreshIdle(state, slave)
}

/** The attempt is over, and its unit ready again. */
export function takeBack(state: State, job: JobRecord, attempt: Attempt, evidence?: Evidence): void {
  freeSlot(state, attempt)
  state.leases.forget(attempt)
  job.ledger?.takeBack(attempt, evidence)
}

/** Drops an attempt whose unit is placed, or whose job ended. */
export function drop(state: State, attempt: Attempt): void {
  freeSlot(state, attempt)
  state.leases.forget(attempt)
}

export function refreshIdle(state: State, slave: SlaveRecord): void {
  if (slave.state === 'present' && slave.atHand.size < state.options.unitsAtHand) state.idle.add(slave)
  else state.idle.delete(slave)
}

/** The slave may have room again before the time it was given. */
export function stopRefusing(state: State, slave: SlaveRecord | undefined): void {
  if (slave !== undefined) state.refusing.delete(slave)
}

/** Units to cancel, by slave: those whose attempt still takes up a slot. */
export function cancelAtHand({ state, instructions }: Turn, job: string, attempts: Iterable<Attempt>): void {
  const units = new Map<string, number[]>()
  for (const attempt of attempts) {
    if (state.slaves.get(attempt.slave)?.atHand.has(attempt) !== true) continue
    units.set(attempt.slave, [...(units.get(attempt.slave) ?? []), attempt.ref.unit])
  }
  for (const [slave, list] of units) instructions.push({ type: 'cancel-units', slave, job, units: list })
}
