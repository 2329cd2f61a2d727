/**
 * The Link of a node whose roles call each other, too: what goes to a role of this process is a function call, and no
 * traffic. Only messages do: the masters, which may share a process, have no block or tile for each other.
 */
import { asGemmeshError } from '../errors.ts'
import type { BulkSink, Payload, Received } from '../protocol/bulk.ts'
import type { BulkHeader } from '../protocol/messages.ts'
import { type ReplyOf, type RequestOf, type RouteName, routeOf } from '../protocol/routes.ts'
import type { Answers } from './answers.ts'
import type { Link, LinkOptions } from './link.ts'

/** The roles of this process that can be called now, by their origins. */
export type Neighbours = ReadonlyMap<string, Answers>

export class ColocatedLink implements Link {
  readonly #neighbours: Neighbours
  readonly #remote: Link
  readonly #ip: string

  /** Who answers sees calls come from `ip`. */
  constructor(neighbours: Neighbours, remote: Link, ip: string) {
    this.#neighbours = neighbours
    this.#remote = remote
    this.#ip = ip
  }

  async call<R extends RouteName>(
    origin: string,
    name: R,
    message: RequestOf<R>,
    options: LinkOptions = {},
  ): Promise<ReplyOf<R>> {
    const route = routeOf(name)
    const answer = this.#neighbours.get(origin)?.get(route.path)
    if (answer === undefined) return this.#remote.call(origin, name, message, options)
    const { signal } = options
    signal?.throwIfAborted()
    const body = route.request.encode(message)
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal?.reason)
    signal?.addEventListener('abort', abort)
    try {
      // Not before the caller has returned: it may be in the middle of what the answer changes.
      const reply = Promise.resolve().then(() => answer(body, { ip: this.#ip }))
      return route.reply.decode(await Promise.race([reply, aborted.promise]))
    } catch (error) {
      throw signal?.aborted ? signal.reason : asGemmeshError(error)
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  pull(origin: string, path: string, sink: BulkSink, options?: LinkOptions): Promise<Received> {
    return this.#remote.pull(origin, path, sink, options)
  }

  push(
    origin: string,
    path: string,
    header: BulkHeader,
    payload: Payload,
    options?: LinkOptions,
  ): Promise<void> {
    return this.#remote.push(origin, path, header, payload, options)
  }

  fetchBytes(origin: string, path: string, limitBytes: number, options?: LinkOptions): Promise<Uint8Array> {
    return this.#remote.fetchBytes(origin, path, limitBytes, options)
  }

  close(): Promise<void> {
    return this.#remote.close()
  }
}
