/** Jobs that master-combine has to drop: said until it has heard, because what it has of them takes up its room. */
import { asGemmeshError } from '../../../errors.ts'
import type { World } from '../../world.ts'
import type { Outbox } from '../outbox.ts'
import type { JobJournal } from './job-journal.ts'

export interface AbortsOptions {
  readonly world: World
  readonly outbox: Outbox
  readonly journal: Pick<JobJournal, 'endSaved' | 'abortHeard'>
  readonly say: (job: string) => Promise<unknown>
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
    const { world, outbox, journal, say, signal } = this.#options
    outbox.send('master-combine', async () => {
      try {
        // What master-combine drops is gone: not before nothing brings the job back.
        await journal.endSaved(job)
        await say(job)
        journal.abortHeard(job)
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
