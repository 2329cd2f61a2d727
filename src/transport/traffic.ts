/** Counts payload bytes by kind: how a node proves what passed through it, and what did not. */
const trafficKinds = ['block', 'tile', 'processor', 'message', 'upload', 'result'] as const
export type TrafficKind = (typeof trafficKinds)[number]

export interface TrafficCount {
  inBytes: number
  outBytes: number
}

export class Traffic {
  readonly #counts: Record<TrafficKind, TrafficCount> = {
    block: { inBytes: 0, outBytes: 0 },
    tile: { inBytes: 0, outBytes: 0 },
    processor: { inBytes: 0, outBytes: 0 },
    message: { inBytes: 0, outBytes: 0 },
    upload: { inBytes: 0, outBytes: 0 },
    result: { inBytes: 0, outBytes: 0 },
  }
  #damaged = 0

  countIn(kind: TrafficKind, bytes: number): void {
    this.#counts[kind].inBytes += bytes
  }

  countOut(kind: TrafficKind, bytes: number): void {
    this.#counts[kind].outBytes += bytes
  }

  /** Something arrived whose checksum differs. */
  countDamaged(times = 1): void {
    this.#damaged += times
  }

  /** Messages, blocks and tiles that arrived damaged, and were refused. */
  get damaged(): number {
    return this.#damaged
  }

  /** The counts as they are now; bytes of failed transfers count too, they did pass. */
  snapshot(): Readonly<Record<TrafficKind, Readonly<TrafficCount>>> {
    return structuredClone(this.#counts)
  }
}
