/**
 * Who gets which unit. A slave with a free slot takes, of the job whose turn it is, in this order:
 *
 * 1. a unit that came back: it holds up the job's end
 * 2. the next unit of its own share: its blocks are at hand
 * 3. a run of units from the end of one of the shares that will be finished last, of which it lacks the fewest blocks: as many
 *    as would let both end together, and of those half, because others will come to help, too (factoring, weighted by
 *    measured rates)
 * 4. when no job has anything ready: a second attempt at the unit that will be finished last (first result wins)
 *
 * Shares and attempts are looked at in samples of a bounded number, so that it takes no longer with ten thousand slaves.
 */
import { bytesPerElement } from '../matrix.ts'
import { flopsOf, type PlannedUnit, unitAt } from '../plan/units.ts'
import { assign } from './attempts.ts'
import { attemptEndMs, endMs, isStuck, lateAt, queueEndMs } from './forecast.ts'
import type { Attempt, Ledger } from './ledger.ts'
import { endPauses, isHeld } from './pausing.ts'
import type { ShareQueue } from './share-queues.ts'
import type { JobRecord, SlaveRecord, State, Turn } from './state.ts'
import { isBarred } from './suspicion.ts'
import { mayTry } from './tries.ts'

const sampleLimit = 16
/** Any event may be one that makes it worth while to help; one idle slave at a time looks at it. */
const asksPerEvent = 1
/** Of what would let two slaves end together, the part that the helper takes at a time. */
const stolenPart = 0.5
/** Behind one link, rates of slaves that ask for more and for less at a time differ by some times. */
const muchSlower = 8
/**
 * A second attempt has to be expected to end this much sooner than the first, compared with its own time, and by more than
 * moving its blocks takes.
 */
const doublingGain = 0.25
/** Second attempts of a job, at most: one a slave, and one for so many units. */
const unitsPerDouble = 16

/** Gives each slave that asks a unit in turn, until none of them can take one more. */
export function handOut(turn: Turn): void {
  const { state, now } = turn
  endPauses(state)
  for (const slave of state.refusing) {
    if (Math.max(slave.refusesUntil, slave.restsUntil) > now) continue
    state.refusing.delete(slave)
    if (state.idle.has(slave)) state.asking.add(slave)
  }
  if (state.wanted) {
    state.wanted = false
    for (const slave of state.slaves.values()) if (state.idle.has(slave)) state.asking.add(slave)
  }
  const lookAgain = state.lookAgainAt <= now
  if (lookAgain) state.lookAgainAt = Number.POSITIVE_INFINITY
  if (state.idle.size === 0) return
  for (const slave of state.idle.sample(lookAgain ? sampleLimit : asksPerEvent)) state.asking.add(slave)
  while (state.asking.size > 0) {
    for (const slave of state.asking) {
      // Where it takes one and has room for more, it stays among those that ask.
      if (isBarred(state, slave) || !serve(turn, slave)) state.asking.delete(slave)
    }
  }
}

function serve(turn: Turn, slave: SlaveRecord): boolean {
  const { state } = turn
  for (const job of inTurn(state, slave)) {
    if (isHeld(state, job)) continue
    const unit = job.ledger && nextUnit(state, job, job.ledger, slave)
    if (unit === undefined) continue
    assign(turn, job, slave, unit)
    return true
  }
  return slave.atHand.length === 0 && double(turn, slave)
}

/**
 * By priority, then those first that a unit came back to, which has waited for long enough, then by how much each has got
 * already, then in order of submission.
 */
function inTurn(state: State, slave: SlaveRecord): Iterable<JobRecord> {
  const { running } = state
  if (running.size < 2) return running
  const ready = [...running].filter(job => job.ledger?.hasReady)
  const cameBack = new Set(ready.filter(({ ledger }) => ledger && handedBack(state, ledger, slave)))
  return ready.sort(
    (a, b) =>
      b.priority - a.priority ||
      Number(cameBack.has(b)) - Number(cameBack.has(a)) ||
      a.flopsServed - b.flopsServed ||
      a.ordinal - b.ordinal,
  )
}

function nextUnit(state: State, job: JobRecord, ledger: Ledger, slave: SlaveRecord): PlannedUnit | undefined {
  const back = handedBack(state, ledger, slave)
  if (back !== undefined) return back
  const own = ledger.queues.of(slave.name) ?? help(state, job, ledger, slave)
  return own && ledger.queues.takeFirst(own)
}

function handedBack(state: State, ledger: Ledger, slave: SlaveRecord): PlannedUnit | undefined {
  for (const unit of ledger.again) if (mayTry(state, ledger, slave, unit)) return unitAt(ledger.plan, unit)
  return undefined
}

/**
 * Takes over units of one of the shares that are expected to be finished last, unless its own slave would be done with all of
 * it before the helper were with one of them, or sooner after that than moving its blocks takes: helping has to save more time
 * than it moves.
 */
function help(state: State, job: JobRecord, ledger: Ledger, helper: SlaveRecord): ShareQueue | undefined {
  const { queues } = ledger
  const latest = queueToHelp(state, job, ledger, helper)
  if (latest === undefined) return undefined
  const { queue, end } = latest
  const last = queues.last(queue)
  const movingMs = fetchMs(job, ledger, helper, last, last && fetchRate(state, job, helper))
  const headMs = endMs(state, job, helper, 0)
  const neededMs = Math.max(endMs(state, job, helper, queues.lastFlops(queue)), headMs + movingMs)
  const owned = { name: queue.slave, flops: queue.flops, endMs: end }
  if (neededMs + movingMs >= unhinderedMs(state, job, owned, { helper, movingMs })) {
    lookAgainWhenLate(state, job, queue.slave, 0)
    return undefined
  }
  const even =
    end === Number.POSITIVE_INFINITY
      ? fairPart(state, job, helper, queue)
      : evenPart(state, job, helper, latest, movingMs)
  const count = Math.min(queue.units, Math.max(1, Math.floor(even * stolenPart)))
  queues.moveLast(queue, count, helper.name)
  return queues.of(helper.name)
}

/** Units that would let the helper and the share's own slave end together. */
function evenPart(
  state: State,
  job: JobRecord,
  helper: SlaveRecord,
  { queue, end }: LatestQueue,
  movingMs: number,
): number {
  const headMs = endMs(state, job, helper, 0)
  const spareMs = end - headMs
  const helperMs = Math.max(endMs(state, job, helper, queue.flops) - headMs, queue.units * movingMs)
  // The owner's rate, as it is taken to be now.
  const owner = state.slaves.get(queue.slave)
  const ownerMs = owner === undefined ? spareMs : end - endMs(state, job, owner, 0)
  return (queue.units * spareMs) / (helperMs + ownerMs)
}

/** Nobody's units, shared out among all that are present. */
function fairPart({ presentCount }: State, job: JobRecord, helper: SlaveRecord, queue: ShareQueue): number {
  return (queue.units * job.pace.relative(helper.name)) / Math.max(1, presentCount)
}

interface LatestQueue {
  readonly queue: ShareQueue
  readonly end: number
}

/**
 * Of shares that will be finished in the second half of the time until the last of them is, the one whose last unit takes the
 * fewest elements that the helper lacks, for what it computes.
 */
function queueToHelp(
  state: State,
  job: JobRecord,
  ledger: Ledger,
  helper: SlaveRecord,
): LatestQueue | undefined {
  const queues: ShareQueue[] = []
  const ends: number[] = []
  let latestMs = Number.NEGATIVE_INFINITY
  for (const queue of ledger.queues.filled.sample(sampleLimit)) {
    const end = queueEndMs(state, job, queue)
    queues.push(queue)
    ends.push(end)
    if (end > latestMs) latestMs = end
  }
  const leastMs = Math.min(latestMs, (latestMs + endMs(state, job, helper, 0)) / 2)
  let chosen: LatestQueue | undefined
  let chosenCost = Number.POSITIVE_INFINITY
  for (const [index, queue] of queues.entries()) {
    const end = ends[index] ?? latestMs
    if (end < leastMs) continue
    const unit = ledger.queues.last(queue)
    if (unit === undefined) continue
    const cost = ledger.holdings.missing(helper.name, unit) / flopsOf(unit)
    if (chosen !== undefined && cost > chosenCost) continue
    const isLater =
      chosen === undefined || end > chosen.end || (end === chosen.end && queue.flops > chosen.queue.flops)
    if (cost === chosenCost && !isLater) continue
    chosen = { queue, end }
    chosenCost = cost
  }
  return chosen
}

/**
 * `endMs`, when a slave will have finished what it has at hand and `flops` more by its pace, or sooner: where all wait for the
 * link that they share, it is seldom the cores, and blocks that a helper fetches once more make everybody later. So a slave is
 * helped there only where arithmetic alone would take it longer, where its own link is so slow, or where it has been at one unit
 * for so long that something else has to be wrong.
 */
function unhinderedMs(
  state: State,
  job: JobRecord,
  { name, flops, endMs }: { readonly name: string; readonly flops: number; readonly endMs: number },
  { helper, movingMs }: { readonly helper: SlaveRecord; readonly movingMs: number },
): number {
  const { transfers } = job
  const slave = state.slaves.get(name)
  const rate = transfers.areMostBound ? transfers.flopsPerMs(name) : undefined
  if (endMs === Number.POSITIVE_INFINITY || slave === undefined || rate === undefined) return endMs
  const [own, others] = [transfers.bytesPerMs(name), transfers.bytesPerMs(helper.name)]
  const isSlowLink = own !== undefined && others !== undefined && own * muchSlower < others
  if (isSlowLink || isStuck(state, job, slave, movingMs)) return endMs
  return Math.min(endMs, (slave.flopsAtHand + flops) / rate)
}

/** Of a slave's link, as this job has it, or jobs before; undefined where nothing is known of it. */
const fetchRate = (state: State, job: JobRecord, { name }: SlaveRecord): number | undefined =>
  job.transfers.bytesPerMs(name) ?? state.performance.links(name).fetchBytesPerMs

/** How long the blocks of a unit that the slave lacks take over its link. */
function fetchMs(
  job: JobRecord,
  ledger: Ledger,
  { name }: SlaveRecord,
  unit: Pick<Attempt, 'tile' | 'depth'> | undefined,
  bytesPerMs: number | undefined,
): number {
  if (unit === undefined || bytesPerMs === undefined) return 0
  return (ledger.holdings.missing(name, unit) * bytesPerElement[job.dtype]) / bytesPerMs
}

/** A second attempt at the unit that will be finished last, where it would be finished clearly sooner. */
function double(turn: Turn, slave: SlaveRecord): boolean {
  const { state } = turn
  for (const job of state.running) {
    const { ledger } = job
    if (
      ledger === undefined ||
      ledger.hasReady ||
      job.pause !== undefined ||
      !job.pace.isTimed ||
      job.doubles >= doublesLimit(state, ledger)
    )
      continue
    const attempt = latestAttempt(state, job, ledger, slave)
    const unit = attempt && unitAt(ledger.plan, attempt.ref.unit)
    if (unit === undefined) continue
    job.doubles++
    assign(turn, job, slave, unit)
    return true
  }
  return false
}

const doublesLimit = (state: State, { plan }: Ledger): number =>
  state.slaves.size + plan.units / unitsPerDouble

function latestAttempt(
  state: State,
  job: JobRecord,
  ledger: Ledger,
  slave: SlaveRecord,
): Attempt | undefined {
  let latest: Attempt | undefined
  let latestEnd = Number.NEGATIVE_INFINITY
  const rate = fetchRate(state, job, slave)
  for (const attempt of ledger.computing.sample(sampleLimit)) {
    const { unit } = attempt.ref
    if (attempt.slave === slave.name || ledger.attemptsOut(unit).length > 1) continue
    if (!mayTry(state, ledger, slave, unit)) continue
    const movingMs = fetchMs(job, ledger, slave, attempt, rate)
    const neededMs =
      Math.max(endMs(state, job, slave, attempt.flops), movingMs) * (1 + doublingGain) + movingMs
    const owned = { name: attempt.slave, flops: 0, endMs: attemptEndMs(state, job, attempt) }
    const end = unhinderedMs(state, job, owned, { helper: slave, movingMs })
    if (end <= neededMs) {
      if (isHead(state, attempt)) lookAgainWhenLate(state, job, attempt.slave, neededMs)
    } else if (end > latestEnd) {
      latest = attempt
      latestEnd = end
    }
  }
  return latest
}

function isHead({ slaves }: State, attempt: Attempt): boolean {
  return slaves.get(attempt.slave)?.atHand[0] === attempt
}

/** Nobody tells that a unit is late: it has to be looked at when it is, or is so late that it ends not before `ms`. */
function lookAgainWhenLate(state: State, job: JobRecord, name: string, ms: number): void {
  const slave = state.slaves.get(name)
  if (slave !== undefined) state.lookAgainAt = Math.min(state.lookAgainAt, lateAt(state, job, slave, ms))
}
