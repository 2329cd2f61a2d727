/** HTTP to a master: JSON in and out, problems as GemmeshError, files streamed both ways. */
import type { Readable } from 'node:stream'
import { Agent, type Dispatcher, errors } from 'undici'
import type { FileReference, Health } from '../api/schemas.ts'
import { fileReferenceType } from '../api/schemas.ts'
import { asGemmeshError, type ErrorCode, GemmeshError, isErrorCode } from '../errors.ts'

/** How long a master may take to accept a connection; one that is there takes milliseconds. */
const connectTimeoutMs = 3_000
const healthTimeoutMs = 5_000
/** How long an answer or a stream may be silent. It follows progress, not size: a long transfer never trips it. */
const silenceTimeoutMs = 60_000

type Answer = Dispatcher.ResponseData

export class MasterHttp {
  readonly origin: string
  readonly #agent: Agent

  constructor(origin: string) {
    this.origin = parseOrigin(origin)
    this.#agent = new Agent({
      connect: { timeout: connectTimeoutMs },
      connections: 4,
      pipelining: 1,
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
    })
  }

  async json<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const answer = await this.#send(new URL(path, this.origin), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    })
    // The master validates its answers against the same schemas that T comes from.
    return (await answer.body.json()) as T
  }

  /** Who answers there. A node that is there but frozen is as good as none: it has seconds, not a minute. */
  async health(answerMs: number = healthTimeoutMs): Promise<Health> {
    const answer = await this.#send(new URL('/healthz', this.origin), {
      method: 'GET',
      headersTimeout: answerMs,
    })
    return (await answer.body.json()) as Health
  }

  async put<T>(path: string, body: Readable, bytes?: number): Promise<T> {
    const answer = await this.#send(new URL(path, this.origin), {
      method: 'PUT',
      body,
      headers: {
        'content-type': 'application/octet-stream',
        ...(bytes === undefined ? {} : { 'content-length': String(bytes) }),
      },
      headersTimeout: 0, // the answer comes when all is stored; TCP and bodyTimeout notice a master that is gone
    })
    return (await answer.body.json()) as T
  }

  /** Begins an upload that may be cut; its address. */
  async beginUpload(): Promise<string> {
    const answer = await this.#send(new URL('/v1/matrices', this.origin), {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'upload-complete': '?0' },
    })
    await answer.body.dump()
    return String(answer.headers.location)
  }

  /** How far an upload is. GEMMESH_UPLOAD_UNKNOWN. */
  async uploadOffset(place: string): Promise<number> {
    try {
      const answer = await this.#send(new URL(place, this.origin), { method: 'HEAD' })
      await answer.body.dump()
      return Number(answer.headers['upload-offset'])
    } catch (error) {
      // An answer to HEAD has no body that says more than its status.
      if (asGemmeshError(error).code === 'GEMMESH_MASTER_UNREACHABLE') throw error
      throw new GemmeshError('GEMMESH_UPLOAD_UNKNOWN', asGemmeshError(error).message, { cause: error })
    }
  }

  /** The rest of an upload, and the answer to all of it. */
  async sendPart<T>(place: string, offsetBytes: number, body: Readable, bytes: number): Promise<T> {
    const answer = await this.#send(new URL(place, this.origin), {
      method: 'PATCH',
      body,
      headers: {
        'content-type': 'application/partial-upload',
        'content-length': String(bytes),
        'upload-complete': '?1',
        'upload-offset': String(offsetBytes),
      },
      headersTimeout: 0,
    })
    return (await answer.body.json()) as T
  }

  /** A file's bytes, following the one redirect from master-assign to master-combine. */
  async stream(path: string): Promise<Readable> {
    return (await this.#follow(path)).body
  }

  /** JSON, following the one redirect from master-assign to master-combine. */
  async followedJson<T>(path: string): Promise<T> {
    return (await (await this.#follow(path)).body.json()) as T
  }

  /** The file's own place, where its node is on this machine; else undefined. Nothing of it is sent. */
  async reference(path: string): Promise<FileReference | undefined> {
    const { headers, body } = await this.#follow(path, { accept: fileReferenceType })
    if (String(headers['content-type']).startsWith(fileReferenceType))
      return (await body.json()) as FileReference
    await body.dump()
    return undefined
  }

  async #follow(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    let url = new URL(path, this.origin)
    for (let hop = 0; hop < 3; hop++) {
      const answer = await this.#send(url, { method: 'GET', headers })
      if (answer.statusCode < 300) return answer
      await answer.body.dump()
      url = new URL(String(answer.headers.location), url)
    }
    throw new GemmeshError(
      'GEMMESH_MESSAGE_INVALID',
      `${this.origin}${path} redirects more than twice; expected one redirect to master-combine`,
    )
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  async #send(url: URL, options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>): Promise<Answer> {
    let answer: Answer
    try {
      answer = await this.#agent.request({ ...options, origin: url.origin, path: url.pathname + url.search })
    } catch (error) {
      throw unreachable(url.origin, error)
    }
    if (answer.statusCode < 400) return answer
    throw await problem(answer, url)
  }
}

function parseOrigin(origin: string): string {
  const url = URL.parse(origin)
  if (url?.protocol === 'http:') return url.origin
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `the master's address is ${JSON.stringify(origin)}: expected one such as http://10.0.0.1:7710`,
  )
}

async function problem(answer: Answer, url: URL): Promise<GemmeshError> {
  const text = await answer.body.text()
  let code: ErrorCode = 'GEMMESH_INTERNAL'
  let message = `${url.href} answered ${answer.statusCode}: ${text.slice(0, 200)}`
  let faults: string[] = []
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) {
      if ('code' in parsed && isErrorCode(parsed.code)) code = parsed.code
      if ('detail' in parsed && typeof parsed.detail === 'string') message = parsed.detail
      if ('faults' in parsed && Array.isArray(parsed.faults)) faults = parsed.faults.map(String)
    }
  } catch {
    // Not JSON: whatever answered is no master; the message above says what it sent.
  }
  return new GemmeshError(code, message, { faults })
}

function unreachable(origin: string, error: unknown): GemmeshError {
  if (error instanceof GemmeshError) return error
  // An aggregate of refused connections (localhost on IPv4 and IPv6) has its cause in `errors`.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const cause =
    first instanceof errors.ConnectTimeoutError
      ? `no connection within ${connectTimeoutMs} ms`
      : first instanceof errors.HeadersTimeoutError
        ? 'it accepts connections, but does not answer'
        : first instanceof Error
          ? first.message
          : String(first)
  return new GemmeshError(
    'GEMMESH_MASTER_UNREACHABLE',
    `no master answers at ${origin} (${cause}). Is it running there? Start it with: gemmesh node --config FILE --name NAME`,
    { cause: error },
  )
}
