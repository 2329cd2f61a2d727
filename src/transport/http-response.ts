/**
 * Reads one HTTP/1.1 response (RFC 9112) out of bytes in pieces of any size; views in, views out, nothing is gathered but
 * the head. It exists because of what general clients cost: see docs/adr/0008.
 */
import { GemmeshError } from '../errors.ts'

export interface ResponseHead {
  readonly status: number
  /** By name in lower case; of a field that comes twice, the values are joined by commas. */
  readonly headers: ReadonlyMap<string, string>
  /** The connection may be used again when the response is complete. */
  readonly keepsAlive: boolean
}

/** How the end of the body is found. */
type Framing = 'length' | 'chunked' | 'until-close'

const headLimitBytes = 16 * 1024
const chunkLineLimitBytes = 1024
const lineEnd = '\r\n'

const malformed = (what: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_PROTOCOL_MISMATCH',
    `What answered does not speak HTTP/1.1: ${what}. Is it a gemmesh node?`,
  )

export class ResponseReader {
  #head: ResponseHead | undefined
  #complete = false
  #framing: Framing = 'length'
  /** Bytes of the body, or of its chunk, that are still to come. */
  #restBytes = 0
  /** Text that has no end yet: the head, or a line between chunks. */
  #text = ''
  /** What comes when the data of a chunk is over. */
  #next: 'size' | 'after-data' | 'trailer' = 'size'

  /** Known when the head is complete. */
  get head(): ResponseHead | undefined {
    return this.#head
  }

  /** All of the response was read. */
  get complete(): boolean {
    return this.#complete
  }

  /**
   * Reads on, as far as the end of a piece of the body: `taken` bytes of the input, at least one, are done with. Throws
   * GEMMESH_PROTOCOL_MISMATCH where it is no such response.
   */
  read(bytes: Uint8Array): { readonly taken: number; readonly body?: Uint8Array } {
    if (this.#complete) throw malformed('bytes follow a complete answer')
    if (!this.#head) return { taken: this.#readHead(bytes) }
    if (this.#framing === 'until-close') return { taken: bytes.length, body: bytes }
    if (this.#framing === 'chunked' && this.#restBytes === 0) return { taken: this.#readChunkLine(bytes) }
    const body = bytes.subarray(0, this.#restBytes)
    this.#restBytes -= body.length
    if (this.#restBytes === 0) {
      if (this.#framing === 'length') this.#complete = true
      else this.#next = 'after-data'
    }
    return { taken: body.length, body }
  }

  /** The connection has ended: true where that is the end of the response, too. */
  end(): boolean {
    if (this.#head && this.#framing === 'until-close') this.#complete = true
    return this.#complete
  }

  #readHead(bytes: Uint8Array): number {
    const before = this.#text.length
    this.#text += latin1(bytes.subarray(0, headLimitBytes))
    const end = this.#text.indexOf(lineEnd + lineEnd, Math.max(0, before - 3))
    if (end < 0) {
      if (!'HTTP/1.'.startsWith(this.#text.slice(0, 7)))
        throw malformed('its first line is not a status line')
      if (this.#text.length >= headLimitBytes)
        throw malformed(`its head is longer than ${headLimitBytes} bytes`)
      return this.#text.length - before
    }
    const head = parseHead(this.#text.slice(0, end))
    this.#text = ''
    if (head.status >= 200) this.#begin(head) // else it is interim, and another head follows
    return end + 4 - before
  }

  #begin(head: ResponseHead): void {
    const { status, headers } = head
    const coding = headers.get('transfer-encoding')
    const length = headers.get('content-length')
    if (status === 204 || status === 304) this.#complete = true
    else if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw malformed(`the transfer coding ${JSON.stringify(coding)}`)
      this.#framing = 'chunked'
    } else if (length !== undefined) {
      this.#restBytes = /^\d{1,15}$/.test(length) ? Number(length) : Number.NaN
      if (Number.isNaN(this.#restBytes)) throw malformed(`the content length ${JSON.stringify(length)}`)
      this.#complete = this.#restBytes === 0
    } else this.#framing = 'until-close'
    this.#head = this.#framing === 'until-close' ? { ...head, keepsAlive: false } : head
  }

  /** The line with the size of a chunk, the empty one after its data, or one after the last chunk. */
  #readChunkLine(bytes: Uint8Array): number {
    const before = this.#text.length
    this.#text += latin1(bytes.subarray(0, chunkLineLimitBytes))
    const end = this.#text.indexOf(lineEnd)
    if (end < 0) {
      if (this.#text.length >= chunkLineLimitBytes) throw malformed('a line between chunks has no end')
      return this.#text.length - before
    }
    const line = this.#text.slice(0, end)
    this.#text = ''
    if (this.#next === 'after-data') {
      if (line !== '') throw malformed('a chunk is longer than it says')
      this.#next = 'size'
    } else if (this.#next === 'trailer') this.#complete = line === ''
    else this.#beginChunk(line)
    return end + lineEnd.length - before
  }

  #beginChunk(line: string): void {
    const size = /^([0-9a-fA-F]{1,12})[ \t]*(;|$)/.exec(line)?.[1]
    if (size === undefined) throw malformed(`the chunk size ${JSON.stringify(line)}`)
    this.#restBytes = Number.parseInt(size, 16)
    if (this.#restBytes === 0) this.#next = 'trailer'
  }
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

function parseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split(lineEnd)
  const [, minor, status] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/.exec(statusLine) ?? []
  if (minor === undefined) throw malformed(`its first line is ${JSON.stringify(statusLine.slice(0, 80))}`)
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined || value === undefined)
      throw malformed(`a header is ${JSON.stringify(line.slice(0, 80))}`)
    const before = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`)
  }
  const connection = (headers.get('connection') ?? '').toLowerCase().split(/[ \t,]+/)
  const keepsAlive = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive')
  return { status: Number(status), headers, keepsAlive }
}
