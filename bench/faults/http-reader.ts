/** Heads and bodies of HTTP/1.1 out of a socket, for a proxy that has to know where a request ends. */
import type { Socket } from 'node:net'

export interface Head {
  readonly bytes: Buffer
  /** 'PUT /x HTTP/1.1' or 'HTTP/1.1 204 No Content'. */
  readonly firstLine: string
  /** undefined: until the connection ends. */
  readonly bodyBytes: number | undefined
}

const headEnd = '\r\n\r\n'
const headLimitBytes = 64 * 1024

export class HttpReader {
  readonly #pieces: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.#pieces = socket[Symbol.asyncIterator]()
  }

  /** Undefined where the connection ended before another one began. */
  async head(): Promise<Head | undefined> {
    let end = this.#rest.indexOf(headEnd)
    while (end < 0) {
      if (this.#rest.length > headLimitBytes) throw new Error('a head without an end')
      const piece = await this.#next()
      if (piece === undefined) return undefined
      this.#rest = Buffer.concat([this.#rest, piece])
      end = this.#rest.indexOf(headEnd)
    }
    const bytes = this.#rest.subarray(0, end + headEnd.length)
    this.#rest = this.#rest.subarray(bytes.length)
    const text = bytes.toString('latin1')
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    const firstLine = text.slice(0, text.indexOf('\r\n'))
    const isRequest = !firstLine.startsWith('HTTP/')
    const isEmpty = / 204 /.test(firstLine) || (isRequest && length === undefined)
    return { bytes, firstLine, bodyBytes: isEmpty ? 0 : length === undefined ? undefined : Number(length) }
  }

  /** The next `bytes` bytes, or all until the end, piece by piece; fewer where the connection ends. */
  async *body(bytes: number = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      const piece = this.#rest.length > 0 ? this.#rest : await this.#next()
      if (piece === undefined) return
      const part = piece.subarray(0, left)
      this.#rest = piece.subarray(part.length)
      left -= part.length
      yield part
    }
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#pieces.next()
    return done ? undefined : value
  }
}
