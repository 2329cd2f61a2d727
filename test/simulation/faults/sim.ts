/**
 * One process in which whole clusters live and die: a clock that jumps from event to event, chance from a seed, and a
 * trace that proves a replay. After each event everything that it set off is let run to its end, so that the order of
 * things depends on the seed alone.
 */
import { EventQueue } from '../../../src/simulation/event-queue.ts'
import { Random } from '../../../src/simulation/random.ts'
import { Trace } from '../../../src/simulation/trace.ts'

/** 2026-01-01 */
const wallStartMs = 1_767_225_600_000

/** A process of a node. What a dead one was about never happens: its timers, calls and promises are silent for ever. */
export class Life {
  readonly name: string
  alive = true
  readonly #endings: (() => void)[] = []

  constructor(name: string) {
    this.name = name
  }

  /** Called once, when it dies. */
  onEnd(ending: () => void): void {
    this.#endings.push(ending)
  }

  end(): void {
    if (!this.alive) return
    this.alive = false
    for (const ending of this.#endings) ending()
  }
}

export class Sim {
  readonly random: Random
  readonly trace = new Trace()
  now = 0
  /** How far the clock of the wall was set from where it should be. */
  wallJumpMs = 0
  events = 0
  /** What went against the promises, as it was found. */
  readonly faults: string[] = []
  /** Empty where they were called off. */
  readonly #queue = new EventQueue<{ what: (() => void) | undefined }>()
  readonly #log: ((line: string) => void) | undefined

  constructor(seed: number, log?: (line: string) => void) {
    this.random = new Random(seed)
    this.#log = log
  }

  /** Milliseconds since 1970, on the clock that somebody may set. */
  wallNow(): number {
    return wallStartMs + this.now + this.wallJumpMs
  }

  /** Calls once, after so long; what it returns calls it off. */
  later(delayMs: number, what: () => void): () => void {
    const event: { what: (() => void) | undefined } = { what }
    this.#queue.add(this.now + Math.max(0, delayMs), event)
    return () => {
      event.what = undefined
    }
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise(resolve => {
      this.later(delayMs, resolve)
    })
  }

  integer(low: number, high: number): number {
    return low + Math.floor(this.random.next() * (high - low + 1))
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random.next() * items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  /** Adds to the trace what happened: its name, and figures. */
  note(what: string, ...figures: readonly number[]): void {
    let sum = 0
    for (let index = 0; index < what.length; index++) sum = (Math.imul(sum, 31) + what.charCodeAt(index)) | 0
    this.trace.add(this.now, sum / 1000, ...figures)
    this.#log?.(`${this.now.toFixed(1).padStart(10)} ${what} ${figures.join(' ')}`)
  }

  say(line: () => string): void {
    this.#log?.(`${this.now.toFixed(1).padStart(10)} ${line()}`)
  }

  /** One of the promises is broken. */
  fault(message: string): void {
    if (this.faults.length < 20) this.faults.push(`at ${this.now.toFixed(1)} ms: ${message}`)
    this.say(() => `FAULT ${message}`)
  }

  /** Runs until `isOver`, nothing is left to happen, or this time of the clock; false for the last. */
  async run(isOver: () => boolean, untilMs: number, eventsLimit: number): Promise<boolean> {
    await turn()
    while (!isOver()) {
      const due = this.#queue.take()
      if (due === undefined) return isOver()
      const { what } = due.what
      if (what === undefined) continue
      if (due.at > untilMs || this.events >= eventsLimit) {
        this.#queue.add(due.at, due.what)
        return false
      }
      this.now = due.at
      this.events++
      what()
      await turn()
    }
    return true
  }
}

/** Lets all that can run without an event of the clock run. */
const turn = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve)
  })
