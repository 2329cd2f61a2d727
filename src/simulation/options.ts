/** What a simulation is given, and what it answers. */
import type { Dtype } from '../core/matrix.ts'
import type { Event, Instruction } from '../core/scheduler.ts'
import type { SimulatedSlave } from './cluster.ts'
import type { Faults, LinkModel } from './network.ts'

export const heartbeatMs = 1000
export const defaultBlockEdge = 512

export interface SimulatedJob {
  readonly job: string
  readonly shape: readonly [m: number, n: number, k: number]
  readonly dtype: Dtype
  readonly priority?: number
  /** 0 where absent. */
  readonly submittedAtMs?: number
  readonly cancelledAtMs?: number
}

/** Whatever hands out units: the scheduler, or what it is compared with. */
export interface Master {
  handle(event: Event, now: number): readonly Instruction[]
  assertInvariants?(): void
}

export interface SimulationOptions {
  readonly seed: number
  readonly slaves: readonly SimulatedSlave[]
  readonly jobs: readonly SimulatedJob[]
  readonly masterLink: LinkModel
  readonly unitEdge: number
  /** 512 where absent. */
  readonly blockEdge?: number
  /** Jobs may be cut along k. */
  readonly cutsDepth?: boolean
  readonly unitsLimit?: number
  readonly unitsAtHand?: number
  readonly faults?: Faults
  /** The scheduler, where absent. */
  readonly master?: Master
  /** Checks the invariants after each event of the master; it takes time that grows with the units. */
  readonly checked?: boolean
  /** Reads a clock, to know how long the master takes; ms. */
  readonly stopwatch?: () => number
}

export interface SimulatedJobReport {
  readonly job: string
  readonly state: 'done' | 'failed' | 'cancelled' | 'unfinished'
  readonly units: number
  /** From its submission to its last tile placed; undefined where it was not done. */
  readonly makespanMs?: number
  readonly message?: string
}

export interface SimulationReport {
  readonly seed: number
  readonly jobs: readonly SimulatedJobReport[]
  /** From the start to the last tile of the last job. */
  readonly makespanMs: number
  /** All jobs' flops over the true speeds of the slaves that are there: without transfer, latency or waiting. */
  readonly idealMs: number
  readonly overIdeal: number
  readonly units: number
  /** Units handed out, those handed out again among them. */
  readonly attempts: number
  readonly master: {
    /** Messages and timers that master-assign handled. */
    readonly events: number
    /** Only with a stopwatch. */
    readonly busyMs?: number
    /** Of blocks that master-assign sent, and tiles that master-combine took. */
    readonly sentBytes: number
    readonly receivedBytes: number
  }
  /** Of all that happened, in its order. */
  readonly trace: string
}
