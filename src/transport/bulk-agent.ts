/** Kept connections for bulk data, a few to each node; who finds none free waits in line. */
import { GemmeshError } from '../errors.ts'
import { limits } from '../protocol/limits.ts'
import { BulkConnection, type BulkOptions, type BulkOwner } from './bulk-connection.ts'
import type { ExchangeAnswer, ExchangeRequest } from './exchange.ts'
import { unreachable } from './unreachable.ts'

/** The connections to one node. Those who wait are as many as its callers ask for at a time. */
class Origin implements BulkOwner {
  readonly #origin: string
  readonly #options: BulkOptions
  readonly #onUnused: () => void
  readonly #open = new Set<BulkConnection>()
  readonly #free = new Set<BulkConnection>()
  readonly #waiting = new Set<PromiseWithResolvers<BulkConnection>>()

  constructor(origin: string, options: BulkOptions, onUnused: () => void) {
    this.#origin = origin
    this.#options = options
    this.#onUnused = onUnused
  }

  async exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
    request.signal?.throwIfAborted()
    const connection = this.#takeFree() ?? this.#connect() ?? (await this.#turn(request.signal))
    return connection.exchange(request)
  }

  onFree(connection: BulkConnection): void {
    const next = this.#nextInLine()
    if (next) next.resolve(connection)
    else this.#free.add(connection)
  }

  onClosed(connection: BulkConnection): void {
    this.#open.delete(connection)
    this.#free.delete(connection)
    const next = this.#nextInLine()
    const instead = next && this.#connect()
    if (instead) next.resolve(instead)
    if (this.#open.size === 0) this.#onUnused()
  }

  destroy(reason: unknown): void {
    for (const { reject } of this.#waiting) reject(reason)
    this.#waiting.clear()
    for (const connection of this.#open) connection.destroy(reason)
  }

  #takeFree(): BulkConnection | undefined {
    // One that its other side has just ended is still among them.
    const connection = [...this.#free].findLast(({ usable }) => usable)
    if (connection) this.#free.delete(connection)
    return connection
  }

  #connect(): BulkConnection | undefined {
    if (this.#open.size >= limits.connectionsPerOrigin) return undefined
    const connection = new BulkConnection(this.#origin, this.#options, this)
    this.#open.add(connection)
    return connection
  }

  /** Out of the line at once: several connections may become free before who waited hears of the first. */
  #nextInLine(): PromiseWithResolvers<BulkConnection> | undefined {
    const [next] = this.#waiting
    if (next) this.#waiting.delete(next)
    return next
  }

  async #turn(signal: AbortSignal | undefined): Promise<BulkConnection> {
    const turn = Promise.withResolvers<BulkConnection>()
    // Who has been given a connection already takes it, and gives it back.
    const abort = () => this.#waiting.delete(turn) && turn.reject(signal?.reason)
    this.#waiting.add(turn)
    signal?.addEventListener('abort', abort)
    const connection = await turn.promise.finally(() => signal?.removeEventListener('abort', abort))
    if (signal?.aborted) {
      this.onFree(connection)
      throw signal.reason
    }
    return connection
  }
}

export class BulkAgent {
  readonly #options: BulkOptions
  readonly #origins = new Map<string, Origin>()
  #closed = false

  constructor(options: BulkOptions) {
    this.#options = options
  }

  async exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
    const { origin: name } = request
    if (this.#closed) throw ending(name)
    return this.#originOf(name).exchange(request)
  }

  /** Ends at once: what is under way rejects. */
  close(): void {
    this.#closed = true
    for (const [name, origin] of this.#origins) origin.destroy(ending(name))
  }

  #originOf(name: string): Origin {
    const known = this.#origins.get(name)
    if (known) return known
    if (URL.parse(name)?.protocol !== 'http:')
      throw new GemmeshError(
        'GEMMESH_NODE_UNREACHABLE',
        `${name} is no address of a node: http://ip:port is.`,
      )
    const origin = new Origin(name, this.#options, () => this.#origins.delete(name))
    this.#origins.set(name, origin)
    return origin
  }
}

const ending = (origin: string): GemmeshError =>
  unreachable(origin, Object.assign(new Error('closed'), { code: 'LINK_CLOSED' }))
