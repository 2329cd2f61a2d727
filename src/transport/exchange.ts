/** One request and its answer, whatever carries them: what HTTP and memory have in common. */
export interface ExchangeRequest {
  readonly origin: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  /** Media type of the body. */
  readonly contentType?: string
  /** All of the body, or a stream of it, read only as fast as it is sent. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>
  /** Of bulk data: it must not hold up messages. */
  readonly bulk: boolean
  /** From the last byte of the request to the first of the answer. */
  readonly answerMs: number
  readonly signal: AbortSignal | undefined
}

export interface ExchangeAnswer {
  readonly status: number
  readonly contentType: string
  /** To be read to its end, or left early, which ends the transfer. Throws coded errors. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Rejects with GEMMESH_NODE_UNREACHABLE, with what the request's own body throws, or with the reason of its signal. */
export type Exchange = (request: ExchangeRequest) => Promise<ExchangeAnswer>
