/**
 * A proxy between nodes that hurts a part of the requests that pass. It knows where requests and answers begin and end,
 * and nothing of what they say. It dials from the caller's own address, as nodes know each other by theirs.
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Head, HttpReader } from './http-reader.ts'
import type { Hurt, ProxyOptions } from './hurts.ts'
import { Passage } from './passage.ts'

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
