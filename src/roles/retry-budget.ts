/**
 * What keeps retries a small part of all calls, however many wait for a node that is away: a bucket of tokens, as in Finagle
 * (RetryBudget) and gRPC (A6, retry throttling). Each call brings a part of a token and each retry takes a whole one; a few a
 * second there are in any case. Unlike there, a retry that finds the bucket empty is not given up but waits, for what it
 * delivers is needed; and one that succeeds gives its token back, so that a queue of them is gone soon once the node is there.
 */
import type { World } from './world.ts'

/** Retries compared with calls. */
const share = 0.1
const leastPerSecond = 10
/** What may be saved up. */
const mostTokens = 100

export class RetryBudget {
  readonly #world: Pick<World, 'now'>
  #tokens = leastPerSecond
  #filledAt: number

  constructor(world: Pick<World, 'now'>) {
    this.#world = world
    this.#filledAt = world.now()
  }

  called(): void {
    this.#add(share)
  }

  succeeded(): void {
    this.#add(1)
  }

  /** Takes a token. How long to wait until it is there, in ms. */
  take(): number {
    const now = this.#world.now()
    this.#add(((now - this.#filledAt) * leastPerSecond) / 1000)
    this.#filledAt = now
    this.#tokens--
    return this.#tokens >= 0 ? 0 : (-this.#tokens * 1000) / leastPerSecond
  }

  #add(tokens: number): void {
    this.#tokens = Math.min(mostTokens, this.#tokens + tokens)
  }
}
