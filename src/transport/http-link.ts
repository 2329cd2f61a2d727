/** The Link between machines: HTTP/1.1 over kept connections, a few for messages and a few for bulk data. */
import { Agent, errors } from 'undici'
import { GemmeshError } from '../errors.ts'
import { limits } from '../protocol/limits.ts'
import { BulkAgent } from './bulk-agent.ts'
import { byteSource } from './byte-source.ts'
import type { ExchangeAnswer, ExchangeRequest } from './exchange.ts'
import { ExchangeLink } from './exchange-link.ts'
import { checksumHeader, damaged } from './message-checksum.ts'
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
  readonly #bulk: BulkAgent

  constructor(options: HttpLinkOptions = {}) {
    const {
      localAddress,
      traffic = new Traffic(),
      connectMs = limits.connectMs,
      idleMs = limits.idleMs,
    } = options
    const messages = new Agent({
      connect: { timeout: connectMs },
      ...(localAddress === undefined ? {} : { localAddress }),
      connections: limits.connectionsPerOrigin,
      pipelining: 1,
      headersTimeout: limits.acknowledgeMs,
      bodyTimeout: idleMs,
      keepAliveTimeout: limits.keepAliveMs,
      keepAliveMaxTimeout: limits.keepAliveMs,
    })
    const bulk = new BulkAgent({ localAddress, connectMs, idleMs })
    super(
      request => (request.bulk ? bulk.exchange(request) : exchangeMessage(messages, request, localAddress)),
      traffic,
      options.answerMs,
    )
    this.#messages = messages
    this.#bulk = bulk
  }

  override async close(): Promise<void> {
    this.#bulk.close()
    await this.#messages.destroy()
  }
}

async function exchangeMessage(
  agent: Agent,
  { origin, method, path, contentType, checksum, body, answerMs, signal }: ExchangeRequest,
  localAddress: string | undefined,
): Promise<ExchangeAnswer> {
  const failed = (error: unknown): unknown => {
    if (signal?.aborted) return signal.reason
    if (error instanceof errors.HTTPParserError) return damaged(`the answer of ${origin}${path}`)
    return error instanceof GemmeshError ? error : unreachable(origin, error, localAddress)
  }
  try {
    const answer = await agent.request({
      origin,
      method,
      path,
      headers: {
        [checksumHeader]: checksum,
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      body: body instanceof Uint8Array ? body : null, // streams are bulk data
      headersTimeout: answerMs,
      ...(signal ? { signal } : {}),
    })
    return {
      status: answer.statusCode,
      contentType: String(answer.headers['content-type'] ?? ''),
      checksum: answer.headers[checksumHeader]?.toString(),
      body: async take => {
        try {
          await byteSource(answer.body, failed)(take)
        } finally {
          answer.body.destroy() // left early: the rest is not read
        }
      },
    }
  } catch (error) {
    throw failed(error)
  }
}
