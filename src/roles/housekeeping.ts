/** What a role does now and then: removing files that are not needed any more. */
import { asGemmeshError } from '../errors.ts'
import type { Shell } from './shell.ts'
import { SteadyClock } from './steady-clock.ts'

const everyMs = 10 * 60_000

/**
 * Calls `collect` now and then; what it returns ends that. It does not keep the process alive. Not at once: a machine that was just
 * started may not have been told the time. And not when the clock was set since the last time.
 */
export function keepHouse(
  { logger, world }: Pick<Shell, 'logger' | 'world'>,
  collect: () => Promise<unknown>,
): () => void {
  const clock = new SteadyClock(world)
  let end = () => {}
  const tidy = () => {
    end = world.after(everyMs, tidy)
    const jumpedMs = clock.jumpedMs()
    if (jumpedMs !== 0) {
      logger.warn(
        { jumpedMs },
        'the clock of this machine was set: nothing is removed for its age now, and the next day counts as it passes',
      )
      return
    }
    collect().catch((error: unknown) => {
      logger.error(
        { reason: asGemmeshError(error).message },
        'files that are not needed could not be removed',
      )
    })
  }
  end = world.after(everyMs, tidy)
  return () => end()
}
