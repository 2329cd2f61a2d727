/** The masters' links, which all slaves share, and what becomes of messages on their way. */
import type { Random } from './random.ts'

export interface LinkModel {
  /** Of master-assign, from which blocks come, and of master-combine, to which tiles go; each way. */
  readonly gbitPerSecond: number
}

/** What may befall a message; each is a probability. */
export interface Faults {
  readonly lost: number
  readonly doubled: number
  /** By up to `delayMs`. */
  readonly delayed: number
  readonly delayMs: number
}

const noFaults: Faults = { lost: 0, doubled: 0, delayed: 0, delayMs: 0 }

const bytesPerMs = (gbitPerSecond: number): number => (gbitPerSecond * 1e9) / 8 / 1000

/** One direction of a link: what is sent goes one after the other. */
export class Lane {
  readonly #bytesPerMs: number
  #freeAt = 0
  bytes = 0

  constructor({ gbitPerSecond }: LinkModel) {
    this.#bytesPerMs = bytesPerMs(gbitPerSecond)
  }

  /** When the last of the bytes has passed. */
  pass(now: number, bytes: number): number {
    this.bytes += bytes
    this.#freeAt = Math.max(now, this.#freeAt) + bytes / this.#bytesPerMs
    return this.#freeAt
  }
}

/** Bytes stream through both lanes at once, so the slower one decides. */
export const through = (now: number, bytes: number, a: Lane, b: Lane): number =>
  Math.max(a.pass(now, bytes), b.pass(now, bytes))

/** After how long each copy of a message arrives: none, one or two. */
export function deliveries(random: Random, latencyMs: number, faults: Faults = noFaults): number[] {
  const late = () => latencyMs + (random.chance(faults.delayed) ? random.next() * faults.delayMs : 0)
  if (random.chance(faults.lost)) return []
  return random.chance(faults.doubled) ? [late(), late()] : [late()]
}
