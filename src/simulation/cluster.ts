/** A cluster as it really is, which its master does not know. Times in ms from the simulation's start. */

/** From `atMs` on, a slave is `factor` times as fast as it was at the start. */
export interface Change {
  readonly atMs: number
  readonly factor: number
}

export interface SimulatedSlave {
  readonly name: string
  /** As the configuration says it, on any scale. */
  readonly performance: number
  /** As it is. */
  readonly gflops: number
  readonly latencyMs: number
  /** Each way. */
  readonly gbitPerSecond: number
  /** The standard deviation of the logarithm of a unit's time. */
  readonly noise: number
  /** Ascending. */
  readonly changes?: readonly Change[]
  /** Absent: it is there from the start. */
  readonly joinsAtMs?: number
  /** It is told to drain. */
  readonly drainsAtMs?: number
  /** It dies without a word, and comes back, if ever, as a new process without its blocks. */
  readonly crashesAtMs?: number
  readonly returnsAtMs?: number
}

/** How fast the slave is from `sinceMs` on, in flops a millisecond; 0 while it is away. */
interface Phase {
  readonly sinceMs: number
  readonly rate: number
}

function phases(slave: SimulatedSlave): Phase[] {
  const { gflops, changes = [], joinsAtMs = 0, drainsAtMs, crashesAtMs, returnsAtMs } = slave
  const awayFrom = drainsAtMs ?? crashesAtMs ?? Number.POSITIVE_INFINITY
  const backFrom = crashesAtMs === undefined ? undefined : returnsAtMs
  const edges = [
    joinsAtMs,
    awayFrom,
    backFrom ?? Number.POSITIVE_INFINITY,
    ...changes.map(({ atMs }) => atMs),
  ]
  return [...new Set([0, ...edges])]
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
    .map(sinceMs => {
      const away =
        sinceMs < joinsAtMs || (sinceMs >= awayFrom && !(backFrom !== undefined && sinceMs >= backFrom))
      return { sinceMs, rate: away ? 0 : gflops * 1e6 * factorAt(changes, sinceMs) }
    })
}

const factorAt = (changes: readonly Change[], atMs: number): number =>
  changes.reduce((factor, change) => (change.atMs <= atMs ? change.factor : factor), 1)

/** When `flops` begun at `startMs` are done by one slave that stays. */
export function computedAt({ gflops, changes = [] }: SimulatedSlave, startMs: number, flops: number): number {
  let at = startMs
  let left = flops
  for (const { atMs } of changes) {
    if (atMs <= at) continue
    const rate = gflops * 1e6 * factorAt(changes, at)
    if (at + left / rate <= atMs) break
    left -= (atMs - at) * rate
    at = atMs
  }
  return at + left / (gflops * 1e6 * factorAt(changes, at))
}

/**
 * The time in which all slaves, each as fast as it is and for as long as it is there, do so many flops: without any
 * transfer, latency or waiting. Nothing can be faster, so it is what makespans are compared with. Infinity where they never do.
 */
export function idealMs(slaves: readonly SimulatedSlave[], startMs: number, flops: number): number {
  const steps = slaves.flatMap(slave => {
    const all = phases(slave)
    return all.map(({ sinceMs, rate }, index) => ({ sinceMs, more: rate - (all[index - 1]?.rate ?? 0) }))
  })
  steps.sort((a, b) => a.sinceMs - b.sinceMs)
  let rate = 0
  let at = 0
  let left = flops
  for (const { sinceMs, more } of steps) {
    const from = Math.max(at, startMs)
    if (rate > 0 && sinceMs > from) {
      const done = (sinceMs - from) * rate
      if (done >= left) return from + left / rate - startMs
      left -= done
    }
    at = sinceMs
    rate += more
  }
  return rate > 0 ? Math.max(at, startMs) + left / rate - startMs : Number.POSITIVE_INFINITY
}
