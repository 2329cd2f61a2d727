/** The work units of one running job: which are ready and for whom, and which are out. The others are placed. */
import type { Interval, Rectangle } from '../geometry.ts'
import { type UnitState, unitTransitions } from '../job.ts'
import { flopsOf, type PlannedUnit, unitAt } from '../plan/units.ts'
import type { Plan, Share } from '../plan.ts'
import { step } from '../transitions.ts'
import { Bag, type Bagged } from './bag.ts'
import type { Evidence } from './evidence.ts'
import { Holdings } from './holdings.ts'
import type { UnitRef } from './messages.ts'
import { ShareQueues } from './share-queues.ts'
import { type Heard, unheard } from './silence.ts'

/** A unit in one slave's hands. */
export interface Attempt extends Heard<Attempt>, Bagged {
  readonly ref: UnitRef
  readonly slave: string
  readonly tile: Rectangle
  /** Of k. */
  readonly depth: Interval
  readonly flops: number
  /** The slave has done its part and holds it no more; master-combine has yet to say that the tile is placed. */
  computed: boolean
  /** How long nothing may be done for it. */
  readonly leaseMs: number
  /** What its slave last said. */
  progress: number | undefined
}

/** A unit that was out, and is not placed. */
interface UnitRecord {
  state: UnitState
  /** How many times it was handed out. */
  attempts: number
  /** In the order of handing out. */
  readonly out: Attempt[]
  evidence: readonly Evidence[]
}

const nothing: readonly Evidence[] = []
const noWork = { tile: { row: 0, column: 0, rows: 0, columns: 0 }, flops: 0 } as const

/** It keeps a record of each unit that is out or came back, and runs of numbers of those that never were. */
export class Ledger {
  readonly plan: Plan
  readonly queues = new ShareQueues()
  readonly holdings: Holdings
  readonly #epoch: number
  readonly #records = new Map<number, UnitRecord>()
  readonly #again = new Set<number>()
  readonly #computing = new Bag<Attempt>()
  #unitsLeft = 0
  /** Of any unit: one whose tile was lost goes on behind it, so that no two attempts of it are alike. */
  #mostAttempts = 0

  /** `placed`: units that master-combine has in place already. */
  constructor(plan: Plan, epoch: number, placed: ReadonlySet<number> = new Set()) {
    this.plan = plan
    this.holdings = new Holdings(plan)
    this.#epoch = epoch
    const sorted = [...placed].sort((a, b) => a - b)
    let next = 0
    for (const share of plan.shares) {
      const { firstUnit, units } = share
      let from = firstUnit
      const end = firstUnit + units
      while (next < sorted.length && (sorted[next] ?? end) < end) {
        const unit = sorted[next++] ?? end
        this.#queue(share, from, unit)
        from = unit + 1
      }
      this.#queue(share, from, end)
    }
  }

  /** Units that are not placed. */
  get unitsLeft(): number {
    return this.#unitsLeft
  }

  /** Ready units that were out before and came back, in that order. */
  get again(): ReadonlySet<number> {
    return this.#again
  }

  /** Attempts that take up their slaves' slots. */
  get computing(): Bag<Attempt> {
    return this.#computing
  }

  get hasReady(): boolean {
    return this.#again.size > 0 || this.queues.filled.size > 0
  }

  /** Attempts that are out, computed or not. */
  *out(): Generator<Attempt> {
    for (const { out } of this.#records.values()) yield* out
  }

  attemptsOut(unit: number): readonly Attempt[] {
    return this.#records.get(unit)?.out ?? []
  }

  /** Whether there was such an attempt at a unit that is not placed. */
  wasOut({ unit, attempt }: UnitRef): boolean {
    return attempt >= 1 && attempt <= (this.#records.get(unit)?.attempts ?? 0)
  }

  evidenceOf(unit: number): readonly Evidence[] {
    return this.#records.get(unit)?.evidence ?? nothing
  }

  /** What a unit of the plan computes. */
  work(unit: number): Pick<Attempt, 'tile' | 'flops'> {
    const planned = unitAt(this.plan, unit)
    return planned === undefined ? noWork : { tile: planned.tile, flops: flopsOf(planned) }
  }

  /** The attempt that is out, if it is exactly the one meant. */
  attempt(ref: UnitRef, slave: string): Attempt | undefined {
    for (const out of this.attemptsOut(ref.unit)) {
      if (out.slave === slave && out.ref.attempt === ref.attempt && out.ref.epoch === ref.epoch) return out
    }
    return undefined
  }

  /** Hands out a unit that was just taken from a queue, one that came back, or one that is out for a second time. */
  hand(planned: PlannedUnit, slave: string, leaseMs: number): Attempt {
    const { unit, tile, depth } = planned
    const known = this.#records.get(unit)
    const ordinal = (known?.attempts ?? 0) + 1
    this.#mostAttempts = Math.max(this.#mostAttempts, ordinal)
    if (planned.slave !== slave) this.holdings.take(slave, planned)
    const attempt: Attempt = {
      ref: { job: this.plan.job, unit, attempt: ordinal, epoch: this.#epoch },
      slave,
      tile,
      depth,
      flops: flopsOf(planned),
      computed: false,
      leaseMs,
      progress: undefined,
      heardAt: unheard.heardAt,
      heardBefore: undefined,
      heardAfter: undefined,
      bagIndex: -1,
    }
    if (known === undefined)
      this.#records.set(unit, { state: 'assigned', attempts: 1, out: [attempt], evidence: nothing })
    else {
      this.#again.delete(unit)
      if (known.out.length === 0) this.#move(unit, known, 'assigned')
      known.attempts = ordinal
      known.out.push(attempt)
    }
    this.#computing.add(attempt)
    return attempt
  }

  /** The slave has done its part. */
  compute(attempt: Attempt): void {
    attempt.computed = true
    this.#computing.delete(attempt)
  }

  /** Over, with the evidence where there is some; a unit with no other attempt out is ready, before all never out. */
  takeBack(attempt: Attempt, evidence?: Evidence): void {
    const { unit } = attempt.ref
    const record = this.#records.get(unit)
    if (record === undefined) return
    record.out.splice(record.out.indexOf(attempt), 1)
    this.#computing.delete(attempt)
    if (evidence !== undefined) record.evidence = [...record.evidence, evidence]
    if (record.out.length > 0) return
    this.#move(unit, record, 'ready')
    this.#again.add(unit)
  }

  /** Something that came to light later, of a unit that is not placed. */
  addEvidence(unit: number, evidence: Evidence): void {
    const record = this.#records.get(unit)
    if (record !== undefined) record.evidence = [...record.evidence, evidence]
  }

  /** ready or assigned -> placed, for a unit that was out; answers the attempts that still were. */
  place(unit: number): readonly Attempt[] {
    const record = this.#records.get(unit)
    if (record === undefined) return []
    this.#move(unit, record, 'placed')
    this.#again.delete(unit)
    this.#records.delete(unit)
    for (const attempt of record.out) this.#computing.delete(attempt)
    this.#unitsLeft--
    return record.out
  }

  /**
   * ready or assigned -> placed, for units that master-combine has, whoever computed them. Those of them that were not placed yet,
   * and the attempts at them that still were out.
   */
  placeAll(units: Iterable<number>): { placed: readonly number[]; out: readonly Attempt[] } {
    const ascending = [...new Set(units)].sort((a, b) => a - b)
    const placed = this.queues.remove(ascending)
    this.#unitsLeft -= placed.length
    const out: Attempt[] = []
    for (const unit of ascending) {
      if (!this.#records.has(unit)) continue
      placed.push(unit)
      out.push(...this.place(unit))
    }
    return { placed, out }
  }

  /** placed -> ready, for units that master-combine does not have after all. Those of the plan that are not among `units`. */
  loseAllBut(units: ReadonlySet<number>): readonly number[] {
    const left = new Set(this.#records.keys())
    for (const { runs } of this.queues.filled.values())
      for (const { from, to } of runs) for (let unit = from; unit < to; unit++) left.add(unit)
    const lost: number[] = []
    for (let unit = 0; unit < this.plan.units; unit++) {
      if (units.has(unit) || left.has(unit)) continue
      this.#records.set(unit, { state: 'ready', attempts: this.#mostAttempts, out: [], evidence: nothing })
      this.#again.add(unit)
      lost.push(unit)
    }
    this.#unitsLeft += lost.length
    return lost
  }

  #queue(share: Share, from: number, to: number): void {
    if (to <= from) return
    this.#unitsLeft += to - from
    this.queues.append(share, from, to)
  }

  #move(unit: number, record: UnitRecord, to: UnitState): void {
    if (!unitTransitions[record.state].includes(to)) this.#refuse(unit, record, to)
    record.state = to
  }

  /** Apart, so that what it says is put together only when it is said. */
  #refuse(unit: number, { state, evidence }: UnitRecord, to: UnitState): void {
    const history = evidence.map(({ attempt, slave, code }) => `attempt ${attempt} on ${slave}: ${code}`)
    step(unitTransitions, `unit ${unit} of job ${this.plan.job}`, state, to, history)
  }
}
