/** Units that were never out, in the order in which each slave comes to its own: runs of unit numbers, not lists. */
import { type PlannedUnit, shareFlops, type UnitShare, unitOf } from '../plan/units.ts'
import { Bag, type Bagged } from './bag.ts'

interface Run {
  /** That its units are of. */
  readonly share: UnitShare
  /** The next unit. */
  from: number
  /** One behind the last unit. */
  to: number
  flops: number
}

/** What is left of a slave's share, with what it took over from others. The units of a run count as alike. */
export interface ShareQueue extends Bagged {
  readonly slave: string
  readonly runs: Run[]
  units: number
  flops: number
}

export class ShareQueues {
  readonly #bySlave = new Map<string, ShareQueue>()
  readonly #filled = new Bag<ShareQueue>()

  /** Those that have units. */
  get filled(): Bag<ShareQueue> {
    return this.#filled
  }

  /** Undefined where the slave has none left. */
  of(slave: string): ShareQueue | undefined {
    const queue = this.#bySlave.get(slave)
    return queue !== undefined && queue.units > 0 ? queue : undefined
  }

  /** Units `from` to `to` of a share, the latter not included, behind what its slave has. */
  append(share: UnitShare, from: number, to: number): void {
    if (to <= from) return
    this.#append(share.slave, { share, from, to, flops: (shareFlops(share) * (to - from)) / share.units })
  }

  takeFirst(queue: ShareQueue): PlannedUnit | undefined {
    const run = queue.runs[0]
    if (run === undefined) return undefined
    const flops = run.flops / (run.to - run.from)
    const unit = run.from++
    run.flops -= flops
    if (run.from === run.to) queue.runs.shift()
    this.#less(queue, 1, flops)
    return unitOf(run.share, unit)
  }

  /** Takes out those of the units, in ascending order, that are queued. What was taken. */
  remove(units: readonly number[]): number[] {
    const removed: number[] = []
    for (const queue of [...this.#filled.values()]) {
      const kept: Run[] = []
      let count = 0
      let flops = 0
      for (const run of queue.runs) {
        const each = run.flops / (run.to - run.from)
        let { from } = run
        const keep = (to: number) => to > from && kept.push({ ...run, from, to, flops: each * (to - from) })
        for (let at = firstFrom(units, run.from); at < units.length; at++) {
          const unit = units[at] ?? run.to
          if (unit >= run.to) break
          keep(unit)
          from = unit + 1
          removed.push(unit)
          count++
          flops += each
        }
        keep(run.to)
      }
      if (count === 0) continue
      queue.runs.splice(0, queue.runs.length, ...kept)
      this.#less(queue, count, flops)
    }
    return removed
  }

  /** The unit that its slave would come to last. */
  last(queue: ShareQueue): PlannedUnit | undefined {
    const run = queue.runs.at(-1)
    return run && unitOf(run.share, run.to - 1)
  }

  /** Flops of the unit that its slave would come to last: the first one that another would take. */
  lastFlops(queue: ShareQueue): number {
    const run = queue.runs.at(-1)
    return run === undefined ? 0 : run.flops / (run.to - run.from)
  }

  /** Hands the last `count` units on, in one piece as far as they are one; the taker does them in their own order. */
  moveLast(queue: ShareQueue, count: number, taker: string): void {
    for (let left = count; left > 0; ) {
      const run = queue.runs.at(-1)
      if (run === undefined) return
      const taken = Math.min(left, run.to - run.from)
      const from = run.to - taken
      const { to } = run
      const flops = (run.flops * taken) / (to - run.from)
      run.flops -= flops
      run.to = from
      if (run.from === run.to) queue.runs.pop()
      this.#less(queue, taken, flops)
      this.#append(taker, { share: run.share, from, to, flops })
      left -= taken
    }
  }

  #append(slave: string, run: Run): void {
    const known = this.#bySlave.get(slave)
    const queue = known ?? { slave, runs: [], units: 0, flops: 0, bagIndex: -1 }
    if (known === undefined) this.#bySlave.set(slave, queue)
    queue.runs.push(run)
    queue.units += run.to - run.from
    queue.flops += run.flops
    this.#filled.add(queue)
  }

  #less(queue: ShareQueue, units: number, flops: number): void {
    queue.units -= units
    // Not by subtraction, so that rounding leaves no rest behind.
    queue.flops = queue.units === 0 ? 0 : queue.flops - flops
    if (queue.units > 0) return
    this.#filled.delete(queue)
    this.#bySlave.delete(queue.slave)
  }
}

/** Index of the first that is not below `least`, of numbers in ascending order. */
function firstFrom(ascending: readonly number[], least: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? least) < least) low = middle + 1
    else high = middle
  }
  return low
}
