/** Delivery of control messages to a node that may be away for a while. */
import { asGemmeshError } from '../errors.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { World } from './world.ts'

export interface RetryOptions {
  readonly tries: number
  readonly firstMs: number
  readonly maxMs: number
  readonly signal: AbortSignal
  readonly world: World
  /** Of all that its owner sends. */
  readonly budget?: RetryBudget
}

/**
 * Calls until it succeeds, with full-jitter back-off: a random wait below a bound that doubles, so that nodes which
 * failed together do not come back together (Brooker, "Exponential Backoff And Jitter", 2015); and no sooner than the budget
 * has it. Errors that are not retryable, and the last one, are thrown.
 */
export async function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { tries, firstMs, maxMs, signal, world, budget } = options
  budget?.called()
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await call()
      if (attempt > 1) budget?.succeeded()
      return answer
    } catch (error) {
      if (!asGemmeshError(error).kind.retryable || attempt >= tries || signal.aborted) throw error
      const boundMs = Math.min(maxMs, firstMs * 2 ** (attempt - 1))
      const waitMs = world.random() * boundMs
      await world.delay(Math.max(waitMs, budget?.take() ?? 0), signal)
    }
  }
}
