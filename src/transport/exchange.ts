/** One request and its answer, whatever carries them: what HTTP and memory have in common. */
import type { ByteSource } from '../protocol/bulk.ts'
import type { ByteStream } from '../protocol/encode-chunks.ts'

export interface ExchangeRequest {
  readonly origin: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  /** Media type of the body. */
  readonly contentType?: string
  /** Of head and body, as message-checksum has it. */
  readonly checksum: string
  /** All of the body, or a stream of it, read only as fast as it is sent. */
  readonly body?: Uint8Array | ByteStream
  /** Of bulk data: it must not hold up messages. */
  readonly bulk: boolean
  /** From the last byte of the request to the first of the answer; also how long the body may stand still before. */
  readonly answerMs: number
  readonly signal: AbortSignal | undefined
}

export interface ExchangeAnswer {
  readonly status: number
  readonly contentType: string
  /** As message-checksum has it; undefined where whoever answered sent none. */
  readonly checksum: string | undefined
  /** To be called once, always: the connection is busy until then. Leaving early, by an error, ends the transfer. */
  readonly body: ByteSource
}

/** Rejects with GEMMESH_NODE_UNREACHABLE, with what the request's own body throws, or with the reason of its signal. */
export type Exchange = (request: ExchangeRequest) => Promise<ExchangeAnswer>
