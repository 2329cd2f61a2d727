/** The time of day for what ages: files that were used long ago go, but not because somebody set the clock. */
import type { World } from './world.ts'

/** Larger steps than what a clock is off by between two looks are jumps. */
const jumpMs = 60_000
/** After a jump the clock has so long to be set right; then it is believed. */
const doubtMs = 24 * 3_600_000

/** `now` of a clock for one store. */
export function steadyNow(world: Pick<World, 'now' | 'wallNow'>): () => number {
  const clock = new SteadyClock(world)
  return () => clock.now()
}

export class SteadyClock {
  readonly #world: Pick<World, 'now' | 'wallNow'>
  /** What both clocks showed when the wall's was believed. */
  #wall: number
  #steady: number
  /** When the wall's clock was first seen to be elsewhere, on the other one. */
  #doubtedSince: number | undefined
  /** By how much it was off when somebody heard of it. */
  #saidMs = 0

  constructor(world: Pick<World, 'now' | 'wallNow'>) {
    this.#world = world
    this.#wall = world.wallNow()
    this.#steady = world.now()
  }

  /** Milliseconds since 1970: never later than it can be by what has passed, so that nothing is thought to be older than it is. */
  now(): number {
    const offMs = this.#offMs()
    return this.#world.wallNow() - Math.max(0, offMs)
  }

  /** By how much the wall's clock jumped since this was asked last; 0 where it did not. */
  jumpedMs(): number {
    const offMs = this.#offMs()
    const jumpedMs = offMs - this.#saidMs
    this.#saidMs = offMs
    return Math.abs(jumpedMs) > jumpMs ? jumpedMs : 0
  }

  /** How far the wall's clock is ahead of what has passed. */
  #offMs(): number {
    const [wall, steady] = [this.#world.wallNow(), this.#world.now()]
    const offMs = wall - this.#wall - (steady - this.#steady)
    if (Math.abs(offMs) <= jumpMs) this.#doubtedSince = undefined
    else {
      this.#doubtedSince ??= steady
      if (steady - this.#doubtedSince < doubtMs) return offMs
    }
    if (this.#doubtedSince === undefined) return offMs
    this.#wall = wall
    this.#steady = steady
    this.#doubtedSince = undefined
    this.#saidMs = 0
    return 0
  }
}
