/** Units that were never out, in the order in which each slave comes to its own: runs of unit numbers, not lists. */
import { Bag } from './bag.ts'

interface Run {
  /** The next unit. */
  from: number
  /** One behind the last unit. */
  to: number
  flops: number
}

/** What is left of a slave's share, with what it took over from others. The units of a run count as alike. */
export interface ShareQueue {
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

  /** Units `from` to `to`, the latter not included, of `flops` together, behind what the slave has. */
  append(slave: string, from: number, to: number, flops: number): void {
    if (to <= from) return
    const known = this.#bySlave.get(slave)
    const queue = known ?? { slave, runs: [], units: 0, flops: 0 }
    if (known === undefined) this.#bySlave.set(slave, queue)
    queue.runs.push({ from, to, flops })
    queue.units += to - from
    queue.flops += flops
    this.#filled.add(queue)
  }

  takeFirst(queue: ShareQueue): number | undefined {
    const [run] = queue.runs
    if (run === undefined) return undefined
    const flops = run.flops / (run.to - run.from)
    const unit = run.from++
    run.flops -= flops
    if (run.from === run.to) queue.runs.shift()
    this.#less(queue, 1, flops)
    return unit
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
        const keep = (to: number) => to > from && kept.push({ from, to, flops: each * (to - from) })
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
  last(queue: ShareQueue): number | undefined {
    const run = queue.runs.at(-1)
    return run && run.to - 1
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
      this.append(taker, from, to, flops)
      left -= taken
    }
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
