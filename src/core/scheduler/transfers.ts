/** What moving blocks takes in one job, as its slaves say of the units they have finished. */
import type { UnitFigures } from './messages.ts'

interface Sums {
  flops: number
  fetchMs: number
  computeMs: number
  fetchedBytes: number
  /** Of all its units; the others fade. */
  isBound: boolean
  boundMs: number
}

/** What units before count, compared with the latest: links are shared, and their rates follow who else is at work. */
const aging = 0.7

export class JobTransfers {
  readonly #slaves = new Map<string, Sums>()
  #bound = 0

  record(slave: string, flops: number, { fetchMs, computeMs, fetchedBytes }: UnitFigures): void {
    const sums = this.#slaves.get(slave) ?? this.#add(slave)
    sums.flops = sums.flops * aging + flops
    sums.fetchMs = sums.fetchMs * aging + fetchMs
    sums.computeMs = sums.computeMs * aging + computeMs
    sums.fetchedBytes = sums.fetchedBytes * aging + fetchedBytes
    sums.boundMs += fetchMs - computeMs
    if (sums.isBound === sums.boundMs > 0) return
    sums.isBound = !sums.isBound
    this.#bound += sums.isBound ? 1 : -1
  }

  /** Most slaves waited for blocks longer than for their cores: it is not their own links, but the one that they share. */
  get areMostBound(): boolean {
    return 2 * this.#bound > this.#slaves.size
  }

  /** Of its arithmetic alone; undefined where it said nothing of it. */
  flopsPerMs(slave: string): number | undefined {
    const { flops = 0, computeMs = 0 } = this.#slaves.get(slave) ?? {}
    return flops > 0 && computeMs > 0 ? flops / computeMs : undefined
  }

  /** Of its link, with what all others move at the same time; undefined where it said nothing of it. */
  bytesPerMs(slave: string): number | undefined {
    const { fetchedBytes = 0, fetchMs = 0 } = this.#slaves.get(slave) ?? {}
    return fetchedBytes > 0 && fetchMs > 0 ? fetchedBytes / fetchMs : undefined
  }

  #add(slave: string): Sums {
    const sums = { flops: 0, fetchMs: 0, computeMs: 0, fetchedBytes: 0, isBound: false, boundMs: 0 }
    this.#slaves.set(slave, sums)
    return sums
  }
}
