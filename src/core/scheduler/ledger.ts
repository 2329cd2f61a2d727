/** The work units of one running job: which are ready and for whom, which are out, which are placed. */
import { area, type Rectangle } from '../geometry.ts'
import { type UnitState, unitTransitions } from '../job.ts'
import type { Plan } from '../plan.ts'
import { step } from '../transitions.ts'
import type { UnitRef } from './messages.ts'

/** A unit in one slave's hands. */
export interface Attempt {
  readonly ref: UnitRef
  readonly slave: string
  readonly tile: Rectangle
  readonly flops: number
  /** The slave has done its part and holds it no more; master-combine has yet to say that the tile is placed. */
  computed: boolean
}

/** Why an attempt came to nothing. A loss is the slave's fate, which may or may not be the unit's fault. */
export interface Evidence {
  readonly slave: string
  readonly attempt: number
  readonly kind: 'failure' | 'loss'
  readonly code: string
  readonly message: string
}

/** What is left of a share: its ready units are among `units[head]` to `units[tail - 1]`. */
export interface ShareQueue {
  readonly slave: string
  readonly units: readonly number[]
  head: number
  tail: number
  ready: number
  flops: number
}

const unitStates: readonly UnitState[] = ['ready', 'assigned', 'placed']
const ready = unitStates.indexOf('ready')

/** Two numbers a unit, and more only for those out, failed or handed back: a million units take a few megabytes. */
export class Ledger {
  readonly plan: Plan
  readonly #epoch: number
  readonly #states: Uint8Array
  readonly #attempts: Uint32Array
  readonly #queues = new Map<string, ShareQueue>()
  readonly #again = new Set<number>()
  readonly #open = new Map<number, Attempt>()
  readonly #evidence = new Map<number, Evidence[]>()

  constructor(plan: Plan, epoch: number) {
    this.plan = plan
    this.#epoch = epoch
    this.#states = new Uint8Array(plan.units.length).fill(ready)
    this.#attempts = new Uint32Array(plan.units.length)
    for (const { slave, units } of plan.shares) {
      const flops = units.reduce((sum, unit) => sum + this.flops(unit), 0)
      const queue = { slave, units, head: 0, tail: units.length, ready: units.length, flops }
      if (units.length > 0) this.#queues.set(slave, queue)
    }
  }

  /** Shares that have ready units, in the plan's order. */
  get queues(): ReadonlyMap<string, ShareQueue> {
    return this.#queues
  }

  /** Ready units that were out before and came back, in that order. */
  get again(): ReadonlySet<number> {
    return this.#again
  }

  get open(): ReadonlyMap<number, Attempt> {
    return this.#open
  }

  get hasReady(): boolean {
    return this.#again.size > 0 || this.#queues.size > 0
  }

  stateOf(unit: number): UnitState | undefined {
    return unitStates[this.#states[unit] ?? -1]
  }

  /** How many times a unit was handed out. */
  attemptsOf(unit: number): number {
    return this.#attempts[unit] ?? 0
  }

  evidenceOf(unit: number): readonly Evidence[] {
    return this.#evidence.get(unit) ?? []
  }

  elements(unit: number): number {
    const planned = this.plan.units[unit]
    return planned === undefined ? 0 : area(planned.tile)
  }

  /** Never 0, so that units without arithmetic (k = 0) weigh by their elements. */
  flops(unit: number): number {
    return 2 * this.elements(unit) * Math.max(1, this.plan.shape[2])
  }

  /** The attempt that is out, if it is exactly the one meant. */
  attempt(ref: UnitRef, slave: string): Attempt | undefined {
    const attempt = this.#open.get(ref.unit)
    const same =
      attempt?.slave === slave && attempt.ref.attempt === ref.attempt && attempt.ref.epoch === ref.epoch
    return same ? attempt : undefined
  }

  /** The first ready unit of a slave's own share. */
  firstOf(queue: ShareQueue): number | undefined {
    while (queue.head < queue.tail && !this.#isQueued(queue.units[queue.head])) queue.head++
    return queue.head < queue.tail ? queue.units[queue.head] : undefined
  }

  /** The unit that the owner of a share would come to last: the one to help it with. */
  lastOf(queue: ShareQueue): number | undefined {
    while (queue.head < queue.tail && !this.#isQueued(queue.units[queue.tail - 1])) queue.tail--
    return queue.head < queue.tail ? queue.units[queue.tail - 1] : undefined
  }

  /** ready -> assigned */
  hand(unit: number, slave: string): Attempt | undefined {
    const planned = this.plan.units[unit]
    if (planned === undefined) return undefined
    this.#leaveReady(unit)
    this.#move(unit, 'assigned')
    const number = this.attemptsOf(unit) + 1
    this.#attempts[unit] = number
    const attempt: Attempt = {
      ref: Object.freeze({ job: this.plan.job, unit, attempt: number, epoch: this.#epoch }),
      slave,
      tile: planned.tile,
      flops: this.flops(unit),
      computed: false,
    }
    this.#open.set(unit, attempt)
    return attempt
  }

  /** assigned -> ready, to be handed out before what was never out; with the evidence, where there is some. */
  takeBack(attempt: Attempt, evidence?: Evidence): void {
    const { unit } = attempt.ref
    this.#move(unit, 'ready')
    this.#open.delete(unit)
    this.#again.add(unit)
    if (evidence !== undefined) this.#evidence.set(unit, [...this.evidenceOf(unit), evidence])
  }

  /** ready or assigned -> placed; answers the attempt that was still out. */
  place(unit: number): Attempt | undefined {
    if (this.stateOf(unit) === 'ready') this.#leaveReady(unit)
    this.#move(unit, 'placed')
    const attempt = this.#open.get(unit)
    this.#open.delete(unit)
    this.#evidence.delete(unit)
    return attempt
  }

  /** Ready, and never out: what came back is no share's any more. */
  #isQueued(unit: number | undefined): boolean {
    return unit !== undefined && this.#states[unit] === ready && !this.#again.has(unit)
  }

  #leaveReady(unit: number): void {
    if (this.#again.delete(unit)) return
    const queue = this.#queues.get(this.plan.units[unit]?.slave ?? '')
    if (queue === undefined) return
    queue.ready--
    queue.flops -= this.flops(unit)
    if (queue.ready === 0) this.#queues.delete(queue.slave)
  }

  #move(unit: number, to: UnitState): void {
    const history = this.evidenceOf(unit).map(
      ({ attempt, slave, code }) => `attempt ${attempt} on ${slave}: ${code}`,
    )
    const subject = `unit ${unit} of job ${this.plan.job}`
    step(unitTransitions, subject, this.stateOf(unit) ?? 'placed', to, history)
    this.#states[unit] = unitStates.indexOf(to)
  }
}
