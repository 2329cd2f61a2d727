/** Delivery of control messages to a node that may be away for a while. */
import { asGemmeshError } from '../errors.ts'
import type { World } from './world.ts'

export interface RetryOptions {
  readonly tries: number
  readonly firstMs: number
  readonly maxMs: number
  readonly signal: AbortSignal
  readonly world: World
}

/**
 * Calls until it succeeds, with full-jitter back-off: a random wait below a bound that doubles, so that nodes which
 * failed together do not come back together (Brooker, "Exponential Backoff And Jitter", 2015). Errors that are not
 * retryable, and the last one, are thrown.
 */
export async function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!asGemmeshError(error).kind.retryable || attempt >= options.tries || options.signal.aborted)
        throw error
      const boundMs = Math.min(options.maxMs, options.firstMs * 2 ** (attempt - 1))
      await options.world.delay(options.world.random() * boundMs, options.signal)
    }
  }
}
