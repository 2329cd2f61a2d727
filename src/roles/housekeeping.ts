/** What a role does now and then: removing files that are not needed any more. */
import type { FastifyBaseLogger } from 'fastify'
import { asGemmeshError } from '../errors.ts'

const everyMs = 10 * 60_000

/** Calls `collect` now and then; what it returns ends that. It does not keep the process alive. */
export function keepHouse(logger: FastifyBaseLogger, collect: () => Promise<unknown>): () => void {
  const tidy = () =>
    void collect().catch((error: unknown) => {
      logger.error(
        { reason: asGemmeshError(error).message },
        'files that are not needed could not be removed',
      )
    })
  tidy()
  const timer = setInterval(tidy, everyMs).unref()
  return () => clearInterval(timer)
}
