/**
 * Whether another node still says anything. Requests to one node wait for each other in line, so what counts is its latest word to
 * any of them.
 */
import { GemmeshError } from '../../errors.ts'

export class Silence {
  readonly #limitMs: number
  readonly #now: () => number
  /** By origin. */
  readonly #heardAt = new Map<string, number>()

  constructor(limitMs: number, now: () => number = () => performance.now()) {
    this.#limitMs = limitMs
    this.#now = now
  }

  heard(origin: string): void {
    this.#heardAt.set(origin, this.#now())
  }

  /** Does `action`; its signal is aborted where `origin` was not heard for `limitMs` meanwhile. */
  async during<T>(origin: string, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limitMs = this.#limitMs
    const begunAt = this.#now()
    const ending = new AbortController()
    const look = () => {
      const since = Math.max(begunAt, this.#heardAt.get(origin) ?? begunAt)
      const leftMs = since + limitMs - this.#now()
      if (leftMs > 0) timer = setTimeout(look, leftMs)
      else
        ending.abort(
          new GemmeshError('GEMMESH_NODE_UNREACHABLE', `${origin} has been silent for ${limitMs} ms.`),
        )
    }
    let timer = setTimeout(look, limitMs)
    try {
      return await action(ending.signal)
    } finally {
      clearTimeout(timer)
    }
  }
}
