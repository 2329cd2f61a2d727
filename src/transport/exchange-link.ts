/** A Link over any Exchange: encodes, decodes, counts, and turns faults back into errors. */
import { GemmeshError } from '../errors.ts'
import type { BulkSink, Payload, Received } from '../protocol/bulk.ts'
import { decodeChunks } from '../protocol/decode-chunks.ts'
import { encodeChunks } from '../protocol/encode-chunks.ts'
import { errorOfFault } from '../protocol/faults.ts'
import { limits } from '../protocol/limits.ts'
import { type BulkHeader, Fault } from '../protocol/messages.ts'
import { mediaTypes, type ReplyOf, type RequestOf, type RouteName, routeOf } from '../protocol/routes.ts'
import { countedPayload, countedSink } from './counted.ts'
import type { Exchange, ExchangeAnswer, ExchangeRequest } from './exchange.ts'
import type { Link, LinkOptions } from './link.ts'
import { checkAnswerHead, checkBody, damaged, requestChecksum } from './message-checksum.ts'
import { readAll } from './read-all.ts'
import { isDamage, resendDamaged } from './resend-damaged.ts'
import type { Traffic } from './traffic.ts'

type Request = Omit<ExchangeRequest, 'checksum'>

export class ExchangeLink implements Link {
  readonly #exchange: Exchange
  readonly #traffic: Traffic
  readonly #answerMs: number

  constructor(exchange: Exchange, traffic: Traffic, answerMs: number = limits.answerMs) {
    this.#exchange = exchange
    this.#traffic = traffic
    this.#answerMs = answerMs
  }

  async call<R extends RouteName>(
    origin: string,
    name: R,
    message: RequestOf<R>,
    options: LinkOptions = {},
  ): Promise<ReplyOf<R>> {
    const route = routeOf(name)
    const body = route.request.encode(message)
    if (body.length > route.limitBytes)
      throw new GemmeshError(
        'GEMMESH_MESSAGE_INVALID',
        `${route.request.name} has ${body.length} bytes, the limit is ${route.limitBytes}: send less in one message.`,
      )
    const request = {
      origin,
      method: 'POST',
      path: route.path,
      contentType: mediaTypes.message,
      body,
      bulk: false,
      answerMs: this.#answerMs,
      signal: options.signal,
    } as const
    return resendDamaged(async () => {
      this.#traffic.countOut('message', body.length)
      const answer = await this.#ask(request)
      await this.#expect(request, answer, mediaTypes.message)
      return route.reply.decode(await this.#read(request, answer))
    })
  }

  async pull(origin: string, path: string, sink: BulkSink, options: LinkOptions = {}): Promise<Received> {
    const answer = await this.#get(origin, path, mediaTypes.chunks, options)
    return this.#counted(() => decodeChunks(answer.body, countedSink(this.#traffic, sink)))
  }

  async push(
    origin: string,
    path: string,
    header: BulkHeader,
    payload: Payload,
    options: LinkOptions = {},
  ): Promise<void> {
    const body = encodeChunks(header, countedPayload(this.#traffic, header, payload))
    const request = { origin, method: 'PUT', path, contentType: mediaTypes.chunks, body } as const
    const answerMs = Math.max(this.#answerMs, limits.acknowledgeMs)
    const answer = await this.#ask({ ...request, bulk: true, answerMs, signal: options.signal })
    await readAll(answer.body, limits.messageBytes, whatAnswers(request))
  }

  async fetchBytes(
    origin: string,
    path: string,
    limitBytes: number,
    options: LinkOptions = {},
  ): Promise<Uint8Array> {
    const answer = await this.#get(origin, path, mediaTypes.processor, options)
    const bytes = await readAll(answer.body, limitBytes, `${origin}${path}`)
    this.#traffic.countIn('processor', bytes.length)
    return bytes
  }

  async close(): Promise<void> {}

  async #get(
    origin: string,
    path: string,
    contentType: string,
    { signal }: LinkOptions,
  ): Promise<ExchangeAnswer> {
    const request = { origin, method: 'GET', path } as const
    const answer = await this.#ask({ ...request, bulk: true, answerMs: this.#answerMs, signal })
    await this.#expect(request, answer, contentType)
    return answer
  }

  /** The answer, where it is a good one; a fault is thrown. */
  async #ask(request: Request): Promise<ExchangeAnswer> {
    const { method, path, contentType, body } = request
    const whole = body instanceof Uint8Array ? body : undefined
    const contentLength = body instanceof Uint8Array ? body.length : body?.bytes
    const head = { method, path, contentType, contentLength }
    const answer = await this.#counted(async () => {
      const answer = await this.#exchange({ ...request, checksum: requestChecksum(head, whole) })
      const { status, checksum, contentType: answered } = answer
      try {
        if (checksum !== undefined) checkAnswerHead(checksum, status, answered, whatAnswers(request))
      } catch (error) {
        return await leave(answer, error)
      }
      return answer
    })
    const { status } = answer
    if (status >= 200 && status < 300) return answer
    if (answer.contentType !== mediaTypes.message) return await leave(answer, strange(request, answer))
    throw errorOfFault(Fault.decode(await this.#read(request, answer)))
  }

  /** All of a message. */
  async #read(request: Request, { body, checksum }: ExchangeAnswer): Promise<Uint8Array> {
    const what = whatAnswers(request)
    const bytes = await readAll(body, limits.messageBytes, what)
    this.#traffic.countIn('message', bytes.length)
    return this.#counted(async () => {
      if (checksum !== undefined) checkBody(checksum, bytes, what)
      return bytes
    })
  }

  /** Damage that `work` meets is counted. */
  async #counted<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isDamage(error)) this.#traffic.countDamaged()
      throw error
    }
  }

  async #expect(
    request: Pick<ExchangeRequest, 'origin' | 'method' | 'path'>,
    answer: ExchangeAnswer,
    contentType: string,
  ): Promise<void> {
    if (answer.contentType !== contentType) await leave(answer, strange(request, answer))
  }
}

const whatAnswers = ({ origin, path }: Pick<Request, 'origin' | 'path'>): string =>
  `the answer of ${origin}${path}`

/** Throws `error`, the answer unread: the transfer ends. */
async function leave(answer: ExchangeAnswer, error: unknown): Promise<never> {
  await answer.body(() => {
    throw error
  })
  throw error
}

/** The error for an answer that no gemmesh node gives, or gives only while it starts or ends. */
function strange(
  { origin, method, path }: Pick<ExchangeRequest, 'origin' | 'method' | 'path'>,
  { status, contentType }: ExchangeAnswer,
): GemmeshError {
  // No node sends what is no request: so it was damaged on its way.
  if (status === 400) return damaged(`${method} ${origin}${path}`)
  const what = `${origin} answered ${status} (${contentType || 'no content type'}) to ${method} ${path}`
  return status >= 500
    ? new GemmeshError('GEMMESH_NODE_UNREACHABLE', `${what}: it may be starting or ending, try again.`)
    : new GemmeshError('GEMMESH_PROTOCOL_MISMATCH', `${what}: is it a gemmesh node of the same version?`)
}
