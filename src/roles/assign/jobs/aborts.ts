/** Jobs that master-combine has to drop: said until it has heard, because what it has of them takes up its room. */
import { asGemmeshError } from '../../../errors.ts'
import type { World } from '../../world.ts'
import type { Outbox } from '../outbox.ts'

export interface AbortsOptions {
  readonly world: World
  readonly outbox: Outbox
  readonly say: (job: string) => Promise<unknown>
  readonly onHeard: (job: string) => void
  readonly signal: AbortSignal
}

const [firstPauseMs, longestPauseMs] = [1000, 30_000]

export class Aborts {
  readonly #options: AbortsOptions

  constructor(options: AbortsOptions) {
    this.#options = options
  }

  /** In its turn behind what was said to master-combine before. */
  abort(job: string, pauseMs = firstPauseMs): void {
    const { world, outbox, say, onHeard, signal } = this.#options
    outbox.send('master-combine', async () => {
      try {
        await say(job)
        onHeard(job)
      } catch (error) {
        if (signal.aborted) return
        if (!asGemmeshError(error).kind.retryable) throw error
        const again = () => {
          if (!signal.aborted) this.abort(job, Math.min(2 * pauseMs, longestPauseMs))
        }
        world.after(pauseMs * (0.5 + world.random() / 2), again)
      }
    })
  }
}
