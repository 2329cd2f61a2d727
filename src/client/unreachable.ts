/** A master that does not answer: where, and why. */
import { errors } from 'undici'
import { GemmeshError } from '../errors.ts'

/** How long a master may take to accept a connection; one that is there takes milliseconds. */
export const connectTimeoutMs = 3_000

export class Unreachable extends GemmeshError {
  readonly origin: string
  /** Such as `connect ECONNREFUSED 10.0.0.1:7710`. */
  readonly reason: string

  constructor(origin: string, reason: string, cause?: unknown) {
    super(
      'GEMMESH_MASTER_UNREACHABLE',
      `no master answers at ${origin} (${reason}). Is it running there? Start it with: gemmesh node --config FILE --name NAME`,
      { cause },
    )
    this.origin = origin
    this.reason = reason
  }
}

/** What a failed request to `origin` means; an error with a code of its own stays what it is. */
export function unreachable(origin: string, error: unknown): GemmeshError {
  if (error instanceof GemmeshError) return error
  // An aggregate of refused connections (localhost on IPv4 and IPv6) has its cause in `errors`.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const reason =
    first instanceof errors.ConnectTimeoutError
      ? `no connection within ${connectTimeoutMs} ms`
      : first instanceof errors.HeadersTimeoutError
        ? 'it accepts connections, but does not answer'
        : first instanceof Error
          ? first.message
          : String(first)
  return new Unreachable(origin, reason, error)
}
