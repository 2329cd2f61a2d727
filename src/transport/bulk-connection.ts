/**
 * One HTTP/1.1 connection for bulk data: one exchange at a time, sent from views and received into one buffer that is
 * used again and again. A general client gives every 64 KiB a buffer of its own, which costs more than moving the bytes:
 * docs/adr/0008 has the figures.
 */
import { connect, type Socket } from 'node:net'
import { GemmeshError } from '../errors.ts'
import type { Take } from '../protocol/bulk.ts'
import { limits } from '../protocol/limits.ts'
import type { ExchangeAnswer, ExchangeRequest } from './exchange.ts'
import { ResponseReader } from './http-response.ts'
import { checksumHeader } from './message-checksum.ts'
import { unreachable } from './unreachable.ts'
import { writeGroups } from './write-groups.ts'

export interface BulkOptions {
  /** Calls come from this address. */
  readonly localAddress?: string | undefined
  readonly connectMs: number
  readonly idleMs: number
}

/** Who is told what becomes of a connection. */
export interface BulkOwner {
  /** It may be used for the next exchange. */
  onFree(connection: BulkConnection): void
  /** It never may again. */
  onClosed(connection: BulkConnection): void
}

/** What is waited for, which is what silence means. */
type Phase = 'next exchange' | 'sending' | 'answer' | 'body'

/** The exchange under way. */
class Current {
  readonly request: ExchangeRequest
  readonly reader = new ResponseReader()
  readonly headRead = Promise.withResolvers<void>()
  readonly taker = Promise.withResolvers<Take>()
  readonly ended = Promise.withResolvers<void>()
  take: Take | undefined
  sent = false

  constructor(request: ExchangeRequest) {
    this.request = request
    for (const { promise } of [this.headRead, this.taker, this.ended]) promise.catch(() => {}) // whoever asks is told
  }

  reject(error: unknown): void {
    for (const { reject } of [this.headRead, this.taker, this.ended]) reject(error)
  }
}

export class BulkConnection {
  readonly #origin: string
  readonly #options: BulkOptions
  readonly #owner: BulkOwner
  readonly #socket: Socket
  #phase: Phase = 'next exchange'
  #current: Current | undefined
  /** What the taker of the body is at; no more is read before it has settled. It never rejects. */
  #taking: Promise<void> | undefined

  constructor(origin: string, options: BulkOptions, owner: BulkOwner) {
    this.#origin = origin
    this.#options = options
    this.#owner = owner
    const { hostname, port } = new URL(origin)
    this.#socket = connect({
      host: hostname,
      port: Number(port || 80),
      noDelay: true,
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
      onread: {
        buffer: new Uint8Array(limits.receiveBufferBytes),
        callback: (size, buffer) => this.#arrived(buffer.subarray(0, size)),
      },
    })
    this.#socket
      .on('connect', () => this.#watch(this.#phase))
      .on('timeout', () => this.#silent())
      .on('error', error => this.#fail(this.#unreachable(error)))
      .on('end', () => this.#over())
      .on('close', () => {
        this.#over()
        owner.onClosed(this)
      })
  }

  get usable(): boolean {
    return !this.#socket.destroyed
  }

  /** One request; the promise is that of an Exchange. */
  async exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
    if (!this.usable) throw this.#unreachable(coded('ECONNRESET', 'the connection ended before it was used'))
    const current = new Current(request)
    this.#current = current
    const abort = () => this.#fail(request.signal?.reason)
    request.signal?.addEventListener('abort', abort)
    current.ended.promise.catch(() => {}).then(() => request.signal?.removeEventListener('abort', abort))
    void this.#send(current)
    await current.headRead.promise
    return {
      status: current.reader.head?.status ?? 0,
      contentType: current.reader.head?.headers.get('content-type') ?? '',
      checksum: current.reader.head?.headers.get(checksumHeader),
      body: take => {
        current.take = take
        current.taker.resolve(take)
        return current.ended.promise
      },
    }
  }

  /** Ends it, and what is under way with `reason`. */
  destroy(reason: unknown): void {
    this.#fail(reason)
  }

  async #send(current: Current): Promise<void> {
    const { body } = current.request
    let sourceFailed = false
    const watched = async function* (groups: AsyncIterable<readonly Uint8Array[]>) {
      try {
        yield* groups
      } catch (error) {
        sourceFailed = true
        throw error
      }
    }
    this.#watch('sending')
    try {
      this.#socket.write(headText(this.#origin, current.request))
      if (body instanceof Uint8Array) this.#socket.write(body)
      else if (body) await writeGroups(this.#socket, { ...body, groups: watched(body.groups) })
      current.sent = true
      if (this.#phase === 'sending') this.#watch('answer')
    } catch (error) {
      if (this.#current === current) this.#fail(sourceFailed ? error : this.#unreachable(error))
    }
  }

  /** False holds the other side back. */
  #arrived(bytes: Uint8Array): boolean {
    const current = this.#current
    try {
      if (!current) throw this.#unreachable(coded('UNASKED', 'it sent what nobody asked for'))
      const taking = this.#feed(current, bytes)
      if (!taking) return true
      this.#taking = taking
        .catch((error: unknown) => this.#fail(error))
        .then(() => {
          this.#taking = undefined
          this.#socket.resume()
        })
      return false
    } catch (error) {
      this.#fail(error)
      return false
    }
  }

  #feed(current: Current, bytes: Uint8Array): void | Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { taken, body } = current.reader.read(bytes.subarray(at))
      at += taken
      if (current.reader.head && this.#phase !== 'body') {
        this.#watch('body')
        current.headRead.resolve()
      }
      if (!body) continue
      const taking = current.take ? current.take(body) : current.taker.promise.then(take => take(body))
      if (this.#current !== current) return undefined // it was aborted meanwhile
      if (taking)
        return taking.then(() =>
          this.#current === current ? this.#feed(current, bytes.subarray(at)) : undefined,
        )
    }
    if (current.reader.complete) this.#finish(current)
    return undefined
  }

  #finish(current: Current): void {
    this.#current = undefined
    current.ended.resolve()
    // An answer that comes before all is sent leaves a body that nobody reads.
    if (!current.sent || !current.reader.head?.keepsAlive) this.#socket.destroy()
    else {
      this.#watch('next exchange')
      this.#owner.onFree(this)
    }
  }

  /** The first reason counts; it is told when nothing of this exchange is used any more. */
  #fail(error: unknown): void {
    const current = this.#current
    this.#current = undefined
    this.#socket.destroy()
    if (!current) return
    if (this.#taking && current.take) void this.#taking.then(() => current.reject(error))
    else current.reject(error)
  }

  /** The other side has ended the connection. */
  #over(): void {
    const current = this.#current
    if (current?.reader.end()) this.#finish(current)
    else this.#fail(this.#unreachable(coded('ECONNRESET', 'the connection ended before the answer did')))
  }

  #watch(phase: Phase): void {
    this.#phase = phase
    const { connectMs, idleMs } = this.#options
    // Who takes what is sent may have a slow disk, and so as long as for the answer.
    const answerMs = this.#current?.request.answerMs ?? limits.answerMs
    const ms = { 'next exchange': limits.keepAliveMs, sending: answerMs, answer: answerMs, body: idleMs }[
      phase
    ]
    this.#socket.setTimeout(this.#socket.connecting ? connectMs : ms)
  }

  /** Nothing has moved for the time of this phase. When it is this side's turn, the silence is its own. */
  #silent(): void {
    const code = this.#faultOfSilence()
    if (code === undefined) this.#watch(this.#phase)
    else this.#fail(this.#unreachable(coded(code, `silent for too long: ${this.#phase}`)))
  }

  #faultOfSilence(): string | undefined {
    if (this.#socket.connecting) return 'CONNECT_TIMEOUT'
    switch (this.#phase) {
      case 'next exchange':
        return 'LINK_CLOSED' // it is not needed; nobody is told
      case 'sending':
        return this.#socket.writableLength > 0 ? 'SEND_TIMEOUT' : undefined
      case 'answer':
        return 'ANSWER_TIMEOUT'
      case 'body':
        return this.#taking ? undefined : 'BODY_TIMEOUT'
    }
  }

  #unreachable(cause: unknown): GemmeshError {
    return cause instanceof GemmeshError
      ? cause
      : unreachable(this.#origin, cause, this.#options.localAddress)
  }
}

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code })

function headText(origin: string, { method, path, contentType, checksum, body }: ExchangeRequest): string {
  if (!/^\/[\x21-\x7e]*$/.test(path))
    throw new GemmeshError('GEMMESH_INTERNAL', `${JSON.stringify(path)} is no path of a request`)
  const bytes = body instanceof Uint8Array ? body.length : body?.bytes
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${new URL(origin).host}`,
    `${checksumHeader}: ${checksum}`,
    ...(contentType === undefined ? [] : [`content-type: ${contentType}`]),
    ...(bytes === undefined ? [] : [`content-length: ${bytes}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
