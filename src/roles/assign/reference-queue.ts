/** Of one job: which of its units' references are made, and which come next. */
import { unitAt } from '../../core/plan/units.ts'
import type { Plan } from '../../core/plan.ts'
import type { ReferenceUnit } from '../../verification/references/reference-job.ts'

/** What a window of units may take. */
export interface WindowLimits {
  /** Elements of operands that are looked at for them: what a second is good for, so that others are not kept waiting. */
  readonly visits: number
  /** Of references that nobody has handed out units for yet. */
  readonly aheadBytes: number
}

const [toMake, made, placed] = [0, 1, 2]

/** For each row three sums and a bound of 8 bytes, or eight of 4. */
export const bytesPerRow = 32
/** Units in one window, whatever they cost. */
const windowUnits = 1024

export class ReferenceQueue {
  readonly #plan: Plan
  readonly #state: Uint8Array
  /** Handed out and not made, oldest first. */
  readonly #wanted = new Set<number>()
  #ahead: Iterator<number>
  #next: IteratorResult<number>
  /** Of references that are made, and of units that are not placed. */
  #bytes = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#state = new Uint8Array(plan.units)
    this.#ahead = handOutOrder(plan)
    this.#next = this.#ahead.next()
  }

  get bytes(): number {
    return this.#bytes
  }

  get isUrgent(): boolean {
    return this.#wanted.size > 0
  }

  /** Its slave will send the tile: the reference should be there before. Of a unit that was placed, the tile was lost. */
  handedOut(unit: number): void {
    if (unit >= this.#state.length || this.#state[unit] === made) return
    this.#state[unit] = toMake
    this.#wanted.add(unit)
  }

  placed(unit: number): void {
    if (this.#state[unit] === made) this.#bytes -= this.#bytesOf(unit)
    if (unit < this.#state.length) this.#state[unit] = placed
    this.#wanted.delete(unit)
  }

  /** master-combine has lost what it had: all is made once more, but for units that are placed. */
  again(): void {
    for (const [unit, state] of this.#state.entries()) if (state === made) this.#state[unit] = toMake
    this.#bytes = 0
    this.#ahead = handOutOrder(this.#plan)
    this.#next = this.#ahead.next()
  }

  /** They could not be made: they come first when there is another try. */
  failed(units: Iterable<ReferenceUnit>): void {
    for (const { unit } of units) {
      if (this.#state[unit] !== made) continue
      this.#state[unit] = toMake
      this.#bytes -= this.#bytesOf(unit)
      this.#wanted.add(unit)
    }
  }

  /** The units to make next, those that were handed out first; they count as made. Empty where there are none, or no room. */
  take({ visits, aheadBytes }: WindowLimits): ReferenceUnit[] {
    const units: ReferenceUnit[] = []
    let left = visits
    const add = (unit: number): void => {
      const box = unitAt(this.#plan, unit)
      this.#wanted.delete(unit)
      if (box === undefined || this.#state[unit] !== toMake) return
      const { tile, depth } = box
      this.#state[unit] = made
      this.#bytes += this.#bytesOf(unit)
      left -= (tile.rows + tile.columns) * (depth.end - depth.start)
      units.push({ unit, tile, depth })
    }
    const isFull = () => units.length > 0 && (left <= 0 || units.length >= windowUnits)
    for (const unit of this.#wanted) {
      if (isFull()) return units
      add(unit)
    }
    while (this.#next.done !== true && this.#bytes < aheadBytes && !isFull()) {
      add(this.#next.value)
      this.#next = this.#ahead.next()
    }
    return units
  }

  #bytesOf(unit: number): number {
    return bytesPerRow * (unitAt(this.#plan, unit)?.tile.rows ?? 0)
  }
}

/** About: each slave takes the units of its share in their order, all slaves side by side. */
function* handOutOrder({ shares }: Plan): Generator<number> {
  const longest = shares.reduce((most, { units }) => Math.max(most, units), 0)
  for (let turn = 0; turn < longest; turn++)
    for (const { firstUnit, units } of shares) if (turn < units) yield firstUnit + turn
}
