/** The Link between machines: HTTP/1.1 over kept connections, a few for messages and a few for bulk data. */
import { Readable } from 'node:stream'
import { Agent } from 'undici'
import { GemmeshError } from '../errors.ts'
import { limits } from '../protocol/limits.ts'
import type { ExchangeAnswer, ExchangeRequest } from './exchange.ts'
import { ExchangeLink } from './exchange-link.ts'
import { Traffic } from './traffic.ts'
import { unreachable } from './unreachable.ts'

export interface HttpLinkOptions {
  /** Calls come from this address, so that a node on 127.0.0.4 is seen as 127.0.0.4. */
  readonly localAddress?: string | undefined
  readonly traffic?: Traffic
  readonly connectMs?: number
  readonly answerMs?: number
  readonly idleMs?: number
}

export class HttpLink extends ExchangeLink {
  readonly #messages: Agent
  readonly #bulk: Agent

  constructor(options: HttpLinkOptions = {}) {
    const {
      localAddress,
      traffic = new Traffic(),
      connectMs = limits.connectMs,
      idleMs = limits.idleMs,
    } = options
    const agent = () =>
      new Agent({
        connect: { timeout: connectMs },
        ...(localAddress === undefined ? {} : { localAddress }),
        connections: limits.connectionsPerOrigin,
        pipelining: 1,
        headersTimeout: limits.acknowledgeMs,
        bodyTimeout: idleMs,
        keepAliveTimeout: limits.keepAliveMs,
        keepAliveMaxTimeout: limits.keepAliveMs,
      })
    const [messages, bulk] = [agent(), agent()]
    super(
      request => exchange(request.bulk ? bulk : messages, request, localAddress),
      traffic,
      options.answerMs,
    )
    this.#messages = messages
    this.#bulk = bulk
  }

  override async close(): Promise<void> {
    await Promise.all([this.#messages.destroy(), this.#bulk.destroy()])
  }
}

/** A stream that remembers why it failed: its error must not be taken for one of the connection. */
class Source {
  failure: unknown
  readonly #bytes: AsyncIterable<Uint8Array>

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#bytes = bytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#bytes
    } catch (error) {
      this.failure = error
      throw error
    }
  }
}

async function exchange(
  agent: Agent,
  { origin, method, path, contentType, body, answerMs, signal }: ExchangeRequest,
  localAddress: string | undefined,
): Promise<ExchangeAnswer> {
  const whole = body instanceof Uint8Array ? body : null
  const source = body === undefined || body instanceof Uint8Array ? undefined : new Source(body)
  const failed = (error: unknown): unknown => {
    if (source?.failure !== undefined) return source.failure
    if (signal?.aborted) return signal.reason
    return error instanceof GemmeshError ? error : unreachable(origin, error, localAddress)
  }
  try {
    const answer = await agent.request({
      origin,
      method,
      path,
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      // One view ahead, not sixteen: what waits in front of a slow receiver stays small.
      body: source ? Readable.from(source, { objectMode: true, highWaterMark: 1 }) : whole,
      headersTimeout: answerMs,
      ...(signal ? { signal } : {}),
    })
    return {
      status: answer.statusCode,
      contentType: String(answer.headers['content-type'] ?? ''),
      body: (async function* () {
        try {
          yield* answer.body
        } catch (error) {
          throw failed(error)
        }
      })(),
    }
  } catch (error) {
    throw failed(error)
  }
}
