/** How a client goes on without its masters: what fails because one is away is tried again until it is back. */
import { setTimeout as delay } from 'node:timers/promises'
import { GemmeshError } from '../errors.ts'
import { Unreachable } from './unreachable.ts'

/** A master that does not answer, or does so again. */
export interface Waiting {
  readonly node: 'master-assign' | 'master-combine'
  readonly origin: string
  /** Such as `connect ECONNREFUSED 10.0.0.1:7710`. */
  readonly reason: string
  /** It answers again. */
  readonly isBack: boolean
}

export interface PatienceOptions {
  /** For how long a master that was there may be away, in ms; five minutes by default, 0: not at all. */
  readonly patienceMs?: number | undefined
  /** Hears once that a master does not answer, and once that it does again. */
  readonly onWaiting?: ((waiting: Waiting) => void) | undefined
}

/** A master that is started anew is back within seconds; a machine, within minutes. */
const defaultPatienceMs = 5 * 60_000
const [firstPauseMs, longestPauseMs] = [50, 2000]

export class Patience {
  readonly #assign: string
  readonly #patienceMs: number
  readonly #onWaiting: (waiting: Waiting) => void
  readonly #ending = new AbortController()
  /** Why each master that is away does not answer, by its origin. */
  readonly #away = new Map<string, string>()

  /** `assign`: the origin of master-assign; whoever else does not answer is master-combine. */
  constructor(
    assign: string,
    { patienceMs = defaultPatienceMs, onWaiting = () => {} }: PatienceOptions = {},
  ) {
    this.#assign = assign
    this.#patienceMs = patienceMs
    this.#onWaiting = onWaiting
  }

  /**
   * What `call` gives, once it comes through; it has to be one that may be made again. GEMMESH_MASTER_UNREACHABLE where the master is
   * away for longer than may be, and what `call` throws else.
   */
  async through<T>(call: () => Promise<T>, theirs?: AbortSignal): Promise<T> {
    const signals = [this.#ending.signal, ...(theirs === undefined ? [] : [theirs])]
    let since: number | undefined
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        const answer = await call()
        if (since !== undefined) this.#sayBack()
        return answer
      } catch (error) {
        this.#ending.signal.throwIfAborted()
        // Any other error is an answer.
        if (!(error instanceof Unreachable) && since !== undefined) this.#sayBack()
        if (!(error instanceof Unreachable) || this.#patienceMs === 0) throw error
        since ??= performance.now()
        const waitedMs = performance.now() - since
        if (waitedMs >= this.#patienceMs) throw this.#tired(error, waitedMs)
        this.#sayAway(error)
      }
      // Clients that lost their master together do not come back together.
      const signal = AbortSignal.any(signals)
      await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(error => {
        throw this.#ending.signal.aborted ? this.#ending.signal.reason : error
      })
    }
  }

  /** What waits, fails now. */
  end(): void {
    this.#ending.abort(new GemmeshError('GEMMESH_INTERRUPTED', 'the connection to the cluster was closed'))
  }

  #node(origin: string): Waiting['node'] {
    return origin === this.#assign ? 'master-assign' : 'master-combine'
  }

  #sayAway({ origin, reason }: Unreachable): void {
    if (this.#away.has(origin)) return
    this.#away.set(origin, reason)
    this.#onWaiting({ node: this.#node(origin), origin, reason, isBack: false })
  }

  #sayBack(): void {
    for (const [origin, reason] of this.#away)
      this.#onWaiting({ node: this.#node(origin), origin, reason, isBack: true })
    this.#away.clear()
  }

  #tired({ origin, reason, cause }: Unreachable, waitedMs: number): GemmeshError {
    const seconds = Math.round(waitedMs / 1000)
    return new GemmeshError(
      'GEMMESH_MASTER_UNREACHABLE',
      `${this.#node(origin)} at ${origin} did not answer for ${seconds} s (${reason}). What it accepted goes on when it is started again.`,
      { cause },
    )
  }
}
