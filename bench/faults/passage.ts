/** One request and its answer between a node and another, hurt on their way as was drawn. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { Head, HttpReader } from './http-reader.ts'
import type { Hurt, ProxyOptions } from './hurts.ts'
import type { Random } from './random.ts'

const longestLatencyMs = 300
/** Most half-open connections are reset after a while, as a router that lost its table does; one in twenty never is. */
const halfOpenMs = [100, 2000] as const
const forEverPart = 1 / 20
const slicedBytes = 2048
interface Crossing {
  readonly caller: Socket
  readonly node: Socket
  readonly requests: HttpReader
  readonly answers: HttpReader
  readonly head: Head
  readonly hurt: Hurt | undefined
  readonly options: ProxyOptions
}

/** One request and its answer on their way. */
export class Passage {
  readonly #crossing: Crossing
  /** Where a doubled request goes a second time. */
  twin: Socket | undefined

  constructor(crossing: Crossing) {
    this.#crossing = crossing
  }

  /** False where the connection is of no more use. */
  async pass(): Promise<boolean> {
    const { hurt, options } = this.#crossing
    if (hurt === 'latency') await delay(options.random.between(1, longestLatencyMs))
    const [sent, answered] = await Promise.all([this.#request(), this.#answer()])
    return sent && answered
  }

  async #request(): Promise<boolean> {
    const { node, requests, head, hurt, options } = this.#crossing
    const { bodyBytes = 0 } = head
    const whole = head.bytes.length + bodyBytes
    const at =
      hurt === 'corrupt-request'
        ? this.#placeInRequest()
        : hurt === 'cut-request'
          ? options.random.below(whole)
          : undefined
    const pieces = joined(head.bytes, requests.body(bodyBytes))
    const kept: Buffer[] = []
    if (!(await this.#carry(pieces, hurt === 'half-open-request' ? undefined : node, at, kept))) return false
    if (this.twin !== undefined) void repeat(this.twin, kept)
    return true
  }

  async #answer(): Promise<boolean> {
    const { caller, answers, head: asked, hurt, options } = this.#crossing
    const { random, counts } = options
    if (hurt === 'half-open-request') return this.#halfOpen()
    const head = await answers.head()
    if (head === undefined) return false
    if (hurt === 'corrupt-request' && / 2\d\d /.test(head.firstLine)) {
      counts.accepted++
      counts.acceptedLines.push(`${asked.firstLine} -> ${head.firstLine}`)
    }
    if (hurt === 'half-open-answer') return this.#halfOpen()
    const { bodyBytes } = head
    const whole = head.bytes.length + (bodyBytes ?? 0)
    const at =
      hurt === 'corrupt-answer'
        ? placeInAnswer(head, random)
        : hurt === 'cut-answer'
          ? random.below(whole)
          : undefined
    if (!(await this.#carry(joined(head.bytes, answers.body(bodyBytes)), caller, at))) return false
    // A damaged request may have been two to the node, or half of one.
    return bodyBytes !== undefined && hurt !== 'corrupt-request'
  }

  /** Passes the pieces on, damaged at the byte `at`; false where the connection is cut there instead. To nobody: only reads. */
  async #carry(
    pieces: AsyncIterable<Buffer>,
    to: Socket | undefined,
    at = -1,
    kept?: Buffer[],
  ): Promise<boolean> {
    const { hurt, options } = this.#crossing
    let offset = 0
    for await (const piece of pieces) {
      let bytes = piece
      const isHere = at >= offset && at < offset + piece.length
      if (isHere) {
        if (to !== undefined && (hurt === 'cut-request' || hurt === 'cut-answer')) {
          await write(to, bytes.subarray(0, at - offset))
          return this.#cut()
        }
        bytes = flipped(bytes, at - offset, options.random)
      }
      offset += piece.length
      if (to === undefined) continue
      if (hurt === 'doubled') kept?.push(Buffer.from(bytes))
      await (hurt === 'slices' ? writeSliced(to, bytes) : write(to, bytes))
      // Only now: what comes when the caller has hung up already, nobody reads.
      if (isHere) options.counts.corrupted++
    }
    return true
  }

  /** In the line that says what is asked, or in the body: what nobody reads is no damage. */
  #placeInRequest(): number {
    const { head, options } = this.#crossing
    const { bytes, firstLine, bodyBytes = 0 } = head
    const inBody = bodyBytes > 0 && options.random.next() < 0.7
    return inBody ? bytes.length + options.random.below(bodyBytes) : options.random.below(firstLine.length)
  }

  #cut(): false {
    const { caller, node, options } = this.#crossing
    const hard = options.random.next() < 0.5
    for (const socket of [caller, node])
      if (hard) socket.resetAndDestroy()
      else socket.destroy()
    return false
  }

  /** Both sides believe in the connection, and nothing passes any more. */
  async #halfOpen(): Promise<boolean> {
    const { caller, options } = this.#crossing
    const { random } = options
    const gone = once(caller, 'close')
    if (random.next() < forEverPart) await gone
    else await Promise.race([delay(random.between(...halfOpenMs)), gone])
    return this.#cut()
  }
}

/** In the body; where there is none, in the digits of the checksum. */
function placeInAnswer({ bytes, bodyBytes = 0 }: Head, random: Random): number {
  if (bodyBytes > 0) return bytes.length + random.below(bodyBytes)
  const checksum = bytes.toString('latin1').indexOf('gemmesh-checksum: ')
  return checksum < 0 ? -1 : checksum + 'gemmesh-checksum: '.length + random.below(8)
}

function flipped(bytes: Buffer, at: number, random: Random): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << random.below(8)), at)
  return copy
}

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}

async function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed) throw new Error('the connection has ended')
  if (socket.write(bytes)) return
  const closed = once(socket, 'close')
  await Promise.race([once(socket, 'drain'), closed])
}

async function writeSliced(socket: Socket, bytes: Buffer): Promise<void> {
  const sliced = bytes.subarray(0, slicedBytes)
  for (const byte of sliced) {
    await write(socket, Buffer.of(byte))
    await nextTurn()
  }
  if (bytes.length > sliced.length) await write(socket, bytes.subarray(sliced.length))
}

/** Sends the same request once more; its answer is nobody's. */
async function repeat(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  socket.resume()
  try {
    for (const piece of pieces) await write(socket, piece)
    await Promise.race([once(socket, 'data'), once(socket, 'close')])
    await delay(10)
  } catch {
    // The node is gone: it gets it once.
  } finally {
    socket.destroy()
  }
}
