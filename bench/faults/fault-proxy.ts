/**
 * A proxy between nodes that hurts a part of the requests that pass. It knows where requests and answers begin and end,
 * and nothing of what they say. It dials from the caller's own address, as nodes know each other by theirs.
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { type Head, HttpReader } from './http-reader.ts'
import type { Random } from './random.ts'

export const hurts = [
  'latency',
  'cut-request',
  'cut-answer',
  'half-open-request',
  'half-open-answer',
  'slices',
  'corrupt-request',
  'corrupt-answer',
  'doubled',
] as const
export type Hurt = (typeof hurts)[number]

export interface ProxyCounts {
  requests: number
  readonly hurt: Record<Hurt, number>
  /** Flipped bits that were passed on, and those requests among them that were answered as if nothing had happened. */
  corrupted: number
  accepted: number
  /** What those were. */
  readonly acceptedLines: string[]
}

export interface ProxyOptions {
  readonly random: Random
  /** Of the requests between nodes, from 0 to 1. */
  readonly rate: number
  readonly counts: ProxyCounts
  /** Which of them are dealt out. */
  readonly hurts: readonly Hurt[]
}

export const emptyCounts = (): ProxyCounts => ({
  requests: 0,
  hurt: {
    latency: 0,
    'cut-request': 0,
    'cut-answer': 0,
    'half-open-request': 0,
    'half-open-answer': 0,
    slices: 0,
    'corrupt-request': 0,
    'corrupt-answer': 0,
    doubled: 0,
  },
  corrupted: 0,
  accepted: 0,
  acceptedLines: [],
})

const longestLatencyMs = 300
/** Most half-open connections are reset after a while, as a router that lost its table does; one in twenty never is. */
const halfOpenMs = [100, 2000] as const
const forEverPart = 1 / 20
const slicedBytes = 2048
/** Larger requests are not doubled: they would have to be kept. */
const doubledBytes = 4 * 2 ** 20

export class FaultProxy {
  readonly #options: ProxyOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #target: { readonly host: string; readonly port: number }

  private constructor(options: ProxyOptions, target: { host: string; port: number }) {
    this.#options = options
    this.#target = target
    this.#server = createServer({ noDelay: true }, socket => void this.#relay(socket))
  }

  /** At ip:port, for a node at `host`:port. */
  static async open(ip: string, port: number, host: string, options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options, { host, port })
    proxy.#server.listen(port, ip)
    await once(proxy.#server, 'listening')
    return proxy
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #dial(from: string | undefined): Socket {
    return this.#kept(connect({ ...this.#target, noDelay: true, ...(from && { localAddress: from }) }))
  }

  #kept(socket: Socket): Socket {
    this.#sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
    return socket
  }

  async #relay(caller: Socket): Promise<void> {
    this.#kept(caller)
    const node = this.#dial(caller.remoteAddress)
    const end = () => {
      caller.destroy()
      node.destroy()
    }
    // What one side ends, ends on the other, as if there were no proxy.
    node.on('error', () => caller.resetAndDestroy())
    caller.on('close', end)
    node.on('close', end)
    try {
      const [requests, answers] = [new HttpReader(caller), new HttpReader(node)]
      for (;;) {
        const head = await requests.head()
        if (head === undefined) break
        const hurt = this.#draw(head)
        const passage = new Passage({ caller, node, requests, answers, head, hurt, options: this.#options })
        if (hurt === 'doubled') passage.twin = this.#dial(caller.remoteAddress)
        if (!(await passage.pass())) break
      }
    } catch {
      // One of the two connections failed: both end.
    }
    end()
  }

  #draw({ firstLine, bodyBytes = 0 }: Head): Hurt | undefined {
    const { random, rate, counts, hurts } = this.#options
    if (!firstLine.includes(' /mesh/')) return undefined
    counts.requests++
    if (random.next() >= rate) return undefined
    const hurt = random.pick(hurts)
    const dealt = hurt === 'doubled' && bodyBytes > doubledBytes ? 'latency' : hurt
    counts.hurt[dealt]++
    return dealt
  }
}

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
class Passage {
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
    const { random, counts } = options
    const { bodyBytes = 0 } = head
    const whole = head.bytes.length + bodyBytes
    const at =
      hurt === 'corrupt-request' ? this.#placeInRequest() : hurt === 'cut-request' ? random.below(whole) : -1
    const kept: Buffer[] = []
    let offset = 0
    for await (const piece of joined(head.bytes, requests.body(bodyBytes))) {
      let bytes = piece
      if (at >= offset && at < offset + bytes.length) {
        if (hurt === 'cut-request') {
          await write(node, bytes.subarray(0, at - offset))
          return this.#cut()
        }
        counts.corrupted++
        bytes = flipped(bytes, at - offset, random)
      }
      offset += piece.length
      if (hurt === 'half-open-request') continue
      if (hurt === 'doubled') kept.push(Buffer.from(bytes))
      await (hurt === 'slices' ? writeSliced(node, bytes) : write(node, bytes))
    }
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
          : -1
    let offset = 0
    for await (const piece of joined(head.bytes, answers.body(bodyBytes))) {
      let bytes = piece
      if (at >= offset && at < offset + bytes.length) {
        if (hurt === 'cut-answer') {
          await write(caller, bytes.subarray(0, at - offset))
          return this.#cut()
        }
        counts.corrupted++
        bytes = flipped(bytes, at - offset, random)
      }
      offset += piece.length
      await (hurt === 'slices' ? writeSliced(caller, bytes) : write(caller, bytes))
    }
    // A damaged request may have been two to the node, or half of one.
    return bodyBytes !== undefined && hurt !== 'corrupt-request'
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
