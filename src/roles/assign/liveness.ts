/**
 * A process that dies does not say so, but its connections end at once. When one ends by which a slave's heartbeats came, its
 * address is called: refused means that nothing listens there any more, and its units are handed on without waiting for a
 * lease. Anything else proves nothing: connections end for many reasons, and a machine that is gone does not answer at all.
 */
import { connect, Socket } from 'node:net'
import type { Member } from '../../protocol/messages.ts'
import type { Caller } from '../../transport/answers.ts'

export interface LivenessOptions {
  /** Where calls come from. */
  readonly ip: string
  readonly addressOf: (slave: string) => { readonly ip: string; readonly port: number } | undefined
  readonly isPresent: (slave: Member) => boolean
  /** Nothing listens where the slave did. */
  readonly onGone: (slave: Member, reason: string) => void
}

/** The kernel ends a dead process' connections in no certain order: its port may still be open for a moment. */
const callsAfterMs = [0, 100, 500, 2000] as const
const callMs = 1000

export class Liveness {
  readonly #options: LivenessOptions
  /** Whose heartbeats came last by each connection that is open. */
  readonly #slaves = new Map<Socket, Member>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isClosed = false

  constructor(options: LivenessOptions) {
    this.#options = options
  }

  /** It registered, or sent a heartbeat. Where that came from the same process, or from a test, it came by no connection. */
  heard(slave: Member, { socket }: Caller): void {
    if (!(socket instanceof Socket) || this.#isClosed) return
    const isNew = !this.#slaves.has(socket)
    this.#slaves.set(socket, { name: slave.name, incarnation: slave.incarnation })
    if (isNew) socket.once('close', () => this.#ended(socket))
  }

  /** Connections that end from now on are this master's own doing. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #ended(socket: Socket): void {
    const slave = this.#slaves.get(socket)
    this.#slaves.delete(socket)
    if (slave !== undefined) this.#call(slave, 0)
  }

  #call(slave: Member, call: number): void {
    const { ip, addressOf, isPresent, onGone } = this.#options
    const address = addressOf(slave.name)
    if (this.#isClosed || address === undefined || !isPresent(slave)) return
    const later = () => {
      const afterMs = callsAfterMs[call + 1]
      if (afterMs === undefined || this.#isClosed) return
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#call(slave, call + 1)
      }, afterMs).unref()
      this.#timers.add(timer)
    }
    const socket = connect({ host: address.ip, port: address.port, localAddress: ip, timeout: callMs })
    socket.unref()
    socket.once('connect', () => socket.destroy())
    socket.once('timeout', () => socket.destroy())
    let isGone = false
    socket.once('error', error => {
      isGone = 'code' in error && error.code === 'ECONNREFUSED'
    })
    socket.once('close', () => {
      if (!isGone) later()
      else if (!this.#isClosed && isPresent(slave))
        onGone(slave, `${address.ip}:${address.port} refuses the connection: its process has ended`)
    })
  }
}
