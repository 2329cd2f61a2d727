/**
 * Time and chance as the masters meet them. A node has its machine's; a simulation runs the same roles on a clock of its
 * own, with chance from a seed. Roles that are simulated use nothing else for either.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

export interface World {
  /** Milliseconds on a clock that never runs backwards and that nobody sets. */
  now(): number
  /** Milliseconds since 1970 on the clock of the wall, which may jump. */
  wallNow(): number
  /** Calls `action` once, after so long; what it returns calls it off. It does not keep the process alive. */
  after(delayMs: number, action: () => void): () => void
  /** Resolves after so long; rejects with the signal's reason. */
  delay(delayMs: number, signal?: AbortSignal): Promise<void>
  /** From 0 to 1, the latter not included. */
  random(): number
  /** That nobody can guess. */
  randomBytes(count: number): Uint8Array
  randomId(): string
}

export const machineWorld: World = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs).unref()
    return () => clearTimeout(timer)
  },
  async delay(delayMs, signal) {
    await delay(delayMs, undefined, signal && { signal }).catch(error => {
      throw signal?.aborted ? signal.reason : error
    })
  },
  random: () => Math.random(),
  randomBytes: count => randomBytes(count),
  randomId: () => randomUUID(),
}
