import type { World } from '../../../src/roles/world.ts'
import type { Life, Sim } from './sim.ts'

/** Timers of Node take no less. */
const leastMs = 1

/** Time and chance of one process. */
export function worldOf(sim: Sim, life: Life): World {
  // A monotonic clock begins anywhere, and anew with each process.
  const startedAt = sim.now
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => sim.integer(0, 15).toString(16)).join('')
  return {
    now: () => sim.now - startedAt,
    wallNow: () => sim.wallNow(),
    after: (delayMs, action) =>
      sim.later(Math.max(leastMs, delayMs), () => {
        if (life.alive) action()
      }),
    delay: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const abort = () => {
          callOff()
          reject(signal?.reason)
        }
        const callOff = sim.later(Math.max(leastMs, delayMs), () => {
          signal?.removeEventListener('abort', abort)
          if (life.alive) resolve()
        })
        signal?.addEventListener('abort', abort, { once: true })
      }),
    random: () => sim.random.next(),
    randomBytes: count => Uint8Array.from({ length: count }, () => sim.integer(0, 255)),
    randomId: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  }
}
