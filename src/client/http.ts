/** HTTP to a master: JSON in and out, problems as GemmeshError, files streamed both ways. */
import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import { fileReferenceType } from '../api/schemas/file-reference-type.ts'
import type { FileReference, Health } from '../api/schemas.ts'
import { asGemmeshError, type ErrorCode, GemmeshError, isErrorCode } from '../errors.ts'
import { Patience, type PatienceOptions } from './patience.ts'
import { connectTimeoutMs, Unreachable, unreachable } from './unreachable.ts'

const healthTimeoutMs = 5_000
/** How long an answer or a stream may be silent. It follows progress, not size: a long transfer never trips it. */
const silenceTimeoutMs = 60_000

type Answer = Dispatcher.ResponseData

/** Of a file of `totalBytes`, the bytes from `offset` on. */
export interface FilePart {
  readonly offset: number
  readonly totalBytes: number
  readonly body: AsyncIterable<Uint8Array>
}

export class MasterHttp {
  readonly origin: string
  readonly #agent: Agent
  readonly #patience: Patience

  constructor(origin: string, patience?: PatienceOptions) {
    this.origin = parseOrigin(origin)
    this.#patience = new Patience(this.origin, patience)
    this.#agent = new Agent({
      connect: { timeout: connectTimeoutMs },
      connections: 4,
      pipelining: 1,
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
    })
  }

  /** A call that may be made again, with the patience that there is for masters that are away. */
  patiently<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#patience.through(call, signal)
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
    return this.#read<T>(answer)
  }

  /** Who answers there. A node that is there but frozen is as good as none: it has seconds, not a minute. */
  async health(answerMs: number = healthTimeoutMs): Promise<Health> {
    const answer = await this.#send(new URL('/healthz', this.origin), {
      method: 'GET',
      headersTimeout: answerMs,
    })
    return this.#read<Health>(answer)
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
    return this.#read<T>(answer)
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
    return this.#read<T>(answer)
  }

  /**
   * A file from `offset` on, following the one redirect from master-assign to master-combine; where the server sends all of it,
   * from its beginning. The body ends with GEMMESH_MASTER_UNREACHABLE where the connection is cut.
   */
  async part(path: string, offset: number): Promise<FilePart> {
    const answer = await this.#follow(path, offset > 0 ? { range: `bytes=${offset}-` } : {})
    const { headers, statusCode, body } = answer
    if (statusCode !== 206)
      return { offset: 0, totalBytes: Number(headers['content-length']), body: this.#cuttable(body) }
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(String(headers['content-range'])) ?? []
    return { offset: Number(start), totalBytes: Number(total), body: this.#cuttable(body) }
  }

  /** JSON, following the one redirect from master-assign to master-combine. */
  async followedJson<T>(path: string): Promise<T> {
    return this.#read<T>(await this.#follow(path))
  }

  /** The file's own place, where its node is on this machine; else undefined. Nothing of it is sent. */
  async reference(path: string): Promise<FileReference | undefined> {
    const answer = await this.#follow(path, { accept: fileReferenceType })
    if (String(answer.headers['content-type']).startsWith(fileReferenceType))
      return this.#read<FileReference>(answer)
    await answer.body.dump()
    return undefined
  }

  /** Removes what is there, following the one redirect from master-assign to master-combine. */
  async discard(path: string): Promise<void> {
    const answer = await this.#follow(path, {}, 'DELETE')
    await answer.body.dump()
  }

  async #follow(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    method: 'GET' | 'DELETE' = 'GET',
  ): Promise<Answer> {
    let url = new URL(path, this.origin)
    for (let hop = 0; hop < 3; hop++) {
      const answer = await this.#send(url, { method, headers })
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
    this.#patience.end()
    return this.#agent.destroy()
  }

  /** The master validates its answers against the same schemas that T comes from. */
  async #read<T>(answer: Answer): Promise<T> {
    let text: string
    try {
      text = await answer.body.text()
    } catch (error) {
      throw unreachable(this.origin, error)
    }
    return JSON.parse(text) as T
  }

  async *#cuttable(body: Readable): AsyncGenerator<Uint8Array> {
    try {
      yield* body
    } catch (error) {
      throw unreachable(this.origin, error)
    }
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
  let code: ErrorCode | undefined
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
  // A node that is about to end answers so, without a code of ours.
  if (code === undefined && answer.statusCode === 503) return new Unreachable(url.origin, 'it shuts down')
  return new GemmeshError(code ?? 'GEMMESH_INTERNAL', message, { faults })
}
