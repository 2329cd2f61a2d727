/** Who gets which ready unit. */
import { assign } from './attempts.ts'
import type { Ledger, ShareQueue } from './ledger.ts'
import type { JobRecord, SlaveRecord, State, Turn } from './state.ts'

/** The share that is expected to be finished last, and when, on the scale of flops over performance. */
interface Victim {
  readonly queue: ShareQueue
  readonly end: number
}

/** Found once for all idle slaves that have no share of their own left, until the next unit is handed out. */
type Victims = Map<JobRecord, Victim | undefined>

/** Gives each idle slave a unit in turn, until none of them can take one more. */
export function handOut(turn: Turn): void {
  const { state, now } = turn
  for (const slave of state.refusing) if (slave.refusesUntil <= now) state.refusing.delete(slave)
  const running = [...state.jobs.values()].filter(job => job.ledger?.hasReady)
  running.sort((a, b) => b.priority - a.priority)
  if (running.length === 0) return
  const victims: Victims = new Map()
  let handed = true
  while (handed) {
    handed = false
    for (const slave of state.idle) {
      if (state.refusing.has(slave)) continue
      const choice = choose(state, running, victims, slave)
      if (choice === undefined) continue
      assign(turn, choice.job, slave, choice.unit)
      victims.clear()
      handed = true
    }
  }
}

/** By priority, then in order of submission: a later job gets what the ones before it have no unit for. */
function choose(
  state: State,
  running: readonly JobRecord[],
  victims: Victims,
  slave: SlaveRecord,
): { job: JobRecord; unit: number } | undefined {
  for (const job of running) {
    const { ledger } = job
    if (!ledger?.hasReady) continue
    const own = ledger.queues.get(slave.name)
    const unit =
      handedBack(state, ledger, slave) ??
      (own && ledger.firstOf(own)) ??
      steal(state, job, ledger, victims, slave)
    if (unit !== undefined) return { job, unit }
  }
  return undefined
}

/** Units that came back go first: they hold up the job's end. */
function handedBack(state: State, ledger: Ledger, slave: SlaveRecord): number | undefined {
  for (const unit of ledger.again) if (mayTry(state, ledger, slave, unit)) return unit
  return undefined
}

/** A slave that a unit failed on gets it again only when no other one is there to try. */
function mayTry(state: State, ledger: Ledger, slave: SlaveRecord, unit: number): boolean {
  const tried = new Set(ledger.evidenceOf(unit).map(evidence => evidence.slave))
  if (!tried.has(slave.name)) return true
  for (const other of state.slaves.values()) {
    if (other.state === 'present' && !state.refusing.has(other) && !tried.has(other.name)) return false
  }
  return true
}

/**
 * The last unit of the share that is expected to be finished last, unless its own slave would be done with all of it
 * before the helper were with that one unit: then helping would make the job end later.
 */
function steal(
  state: State,
  job: JobRecord,
  ledger: Ledger,
  victims: Victims,
  thief: SlaveRecord,
): number | undefined {
  if (!victims.has(job)) victims.set(job, latest(state, job, ledger))
  const victim = victims.get(job)
  const unit = victim && ledger.lastOf(victim.queue)
  if (victim === undefined || unit === undefined) return undefined
  const rate = state.performance.of(thief.name, job.dtype)
  return (thief.flopsAtHand + ledger.flops(unit)) / rate < victim.end ? unit : undefined
}

/** Of shares that will be finished at the same time, or never, the one with the most left. */
function latest(state: State, job: JobRecord, ledger: Ledger): Victim | undefined {
  let victim: Victim | undefined
  for (const queue of ledger.queues.values()) {
    const end = expectedEnd(state, job, queue)
    const isLater =
      victim === undefined || end > victim.end || (end === victim.end && queue.flops > victim.queue.flops)
    if (isLater) victim = { queue, end }
  }
  return victim
}

/** A slave that takes nothing now is not expected to end. */
function expectedEnd(state: State, job: JobRecord, queue: ShareQueue): number {
  const slave = state.slaves.get(queue.slave)
  if (slave?.state !== 'present' || state.refusing.has(slave)) return Number.POSITIVE_INFINITY
  return (queue.flops + slave.flopsAtHand) / state.performance.of(queue.slave, job.dtype)
}
