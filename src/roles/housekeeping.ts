/** What a role does now and then: removing files that are not needed any more. */
import { asGemmeshError } from '../errors.ts'
import type { Shell } from './shell.ts'

const everyMs = 10 * 60_000

/** Calls `collect` now and then; what it returns ends that. It does not keep the process alive. */
export function keepHouse({ logger, world }: Shell, collect: () => Promise<unknown>): () => void {
  let end = () => {}
  const tidy = () => {
    end = world.after(everyMs, tidy)
    collect().catch((error: unknown) => {
      logger.error(
        { reason: asGemmeshError(error).message },
        'files that are not needed could not be removed',
      )
    })
  }
  tidy()
  return () => end()
}
