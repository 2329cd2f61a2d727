/** Messages on their way: those to one node leave in the order they were given, those to different nodes side by side. */
import type { FastifyBaseLogger } from 'fastify'
import { asGemmeshError } from '../../errors.ts'

export class Outbox {
  readonly #logger: FastifyBaseLogger
  /** The last message to each node. */
  readonly #tails = new Map<string, Promise<void>>()

  constructor(logger: FastifyBaseLogger) {
    this.#logger = logger
  }

  /** Sends when what was given for this node before has been sent. A failure is logged; who cares, catches it in `send`. */
  send(node: string, send: () => Promise<unknown>): void {
    const before = this.#tails.get(node) ?? Promise.resolve()
    const sent = before.then(send).then(
      () => {},
      error =>
        this.#logger.warn({ node, reason: asGemmeshError(error).message }, 'a message was not delivered'),
    )
    this.#tails.set(node, sent)
  }

  /** Resolves when all is sent, or has failed. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values())
  }
}
