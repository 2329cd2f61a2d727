/** What the scheduler is told, what it tells its shell to do, and what it is set to. Plain values; times in ms. */
import type { ErrorCode } from '../../errors.ts'
import type { Interval, Rectangle } from '../geometry.ts'
import type { Dtype } from '../matrix.ts'
import type { OwnRates, Performance } from '../performance.ts'
import type { Plan, PlanRequest } from '../plan.ts'
import type { Semiring } from '../semiring.ts'

/** One handing-out of one work unit; `attempt` counts from 1. */
export interface UnitRef {
  readonly job: string
  readonly unit: number
  readonly attempt: number
  readonly epoch: number
}

/** What a slave says of a unit it computed. */
export interface UnitFigures {
  readonly fetchMs: number
  readonly computeMs: number
  readonly sendMs: number
  readonly fetchedBytes: number
  readonly blocksFetched: number
  readonly blocksCached: number
  readonly variant: string
  /** SHA-256 of the processor, hex. */
  readonly processor: string
}

export type Event =
  // from slaves
  | {
      readonly type: 'slave-registered'
      readonly slave: string
      /** New at each start of the slave's process. */
      readonly incarnation: string
      readonly threads: number
      readonly memoryBytes: number
      /** What it measured of itself; it registers again when it has. */
      readonly own?: OwnRates | undefined
    }
  | {
      readonly type: 'slave-heartbeat'
      readonly slave: string
      readonly incarnation: string
      readonly running: readonly UnitRef[]
      /**
       * One number for each of them: another one than the last time says that something has been done for the unit since, and
       * renews its lease. Without, every heartbeat does.
       */
      readonly progress?: readonly number[]
    }
  /**
   * It is about to leave: of its units at hand it finishes the oldest, the others are cancelled and handed on, and it gets
   * no more. Said again it changes nothing; a new incarnation is not bound by it.
   */
  | { readonly type: 'slave-draining'; readonly slave: string; readonly incarnation: string }
  /** It left by its own will: what it held is handed on at once, and nobody is blamed. */
  | { readonly type: 'slave-left'; readonly slave: string; readonly incarnation: string }
  /** A connection to it, to this process of it where that is known, was refused or reset. */
  | {
      readonly type: 'slave-lost'
      readonly slave: string
      readonly incarnation?: string
      readonly reason: string
    }
  /** It answered that it has no room for the unit. */
  | { readonly type: 'unit-refused'; readonly slave: string; readonly ref: UnitRef; readonly reason: string }
  | {
      readonly type: 'unit-done'
      readonly slave: string
      readonly ref: UnitRef
      readonly figures: UnitFigures
    }
  | {
      readonly type: 'unit-failed'
      readonly slave: string
      readonly ref: UnitRef
      readonly code: string
      readonly message: string
    }
  // from users
  | {
      readonly type: 'job-submitted'
      readonly job: string
      readonly shape: readonly [m: number, n: number, k: number]
      readonly dtype: Dtype
      /** plus-times where absent. */
      readonly semiring?: Semiring
      /** Higher goes first, whenever a slave has a free slot; 0 where absent. Any finite number. */
      readonly priority?: number
      /** The shell's own; the scheduler hands it back in its views. */
      readonly description?: unknown
    }
  | { readonly type: 'job-cancelled'; readonly job: string }
  // from the journal, before anything else
  /** It was accepted before a restart: it is never refused. One that has a plan is opened with that very plan again. */
  | {
      readonly type: 'job-recovered'
      readonly job: string
      readonly shape: readonly [m: number, n: number, k: number]
      readonly dtype: Dtype
      readonly semiring?: Semiring
      readonly priority?: number
      readonly description?: unknown
      readonly plan?: Plan
      /** When its first unit was handed out, on this start's clock, if it was; may lie before that clock's beginning. */
      readonly startedAt?: number
      /** Why it cannot go on: it fails. */
      readonly fault?: { readonly code: ErrorCode; readonly message: string } | undefined
    }
  // from master-combine
  /** `placed`: the units it has. `ask` of the instruction; an answer to an earlier one changes nothing. */
  | {
      readonly type: 'job-opened'
      readonly job: string
      readonly ask?: number
      readonly placed: readonly number[]
    }
  /** It was started anew, and has these units; others may have been placed since it said so. */
  | { readonly type: 'units-placed'; readonly job: string; readonly units: readonly number[] }
  | {
      readonly type: 'job-open-failed'
      readonly job: string
      readonly ask?: number
      readonly code: string
      readonly message: string
    }
  | { readonly type: 'unit-placed'; readonly slave: string; readonly ref: UnitRef }
  | {
      readonly type: 'tile-refused'
      readonly slave: string
      readonly ref: UnitRef
      readonly code: string
      readonly message: string
    }
  | {
      readonly type: 'job-sealed'
      readonly job: string
      readonly bytes: number
    }
  | {
      readonly type: 'seal-failed'
      readonly job: string
      readonly code: string
      readonly message: string
    }
  /** What its tiles are compared with cannot be made, or not be sent. */
  | {
      readonly type: 'references-failed'
      readonly job: string
      readonly code: string
      readonly message: string
    }
  // from the clock
  | { readonly type: 'tick' }

/** What the shell has to do. What goes to one slave about one unit has to reach it in this order. */
export type Instruction =
  /**
   * To master-combine; answered by job-opened or job-open-failed. Comes again after the latter, and where it is not certain
   * what master-combine has of the job; always with the same plan. `ask` is another one each time.
   */
  | { readonly type: 'open-job'; readonly job: string; readonly plan: Plan; readonly ask: number }
  | {
      readonly type: 'assign-unit'
      readonly slave: string
      readonly ref: UnitRef
      readonly tile: Rectangle
      /** Of k: what is summed for the tile. */
      readonly depth: Interval
      readonly leaseMs: number
    }
  | {
      readonly type: 'cancel-units'
      readonly slave: string
      readonly job: string
      readonly units: readonly number[]
    }
  /** To master-combine: the job will not be finished; drop what is placed. */
  | { readonly type: 'abort-job'; readonly job: string }
  | { readonly type: 'finish-job'; readonly job: string }
  | {
      readonly type: 'fail-job'
      readonly job: string
      readonly code: ErrorCode
      readonly message: string
    }
  /** To be logged. */
  | {
      readonly type: 'report-slave'
      readonly slave: string
      readonly news: SlaveNews
      readonly message: string
    }
  /**
   * Send a tick at this time. Replaces the wake before. A tick too early or too late does no harm: it is answered with
   * the next wake.
   */
  | { readonly type: 'wake-at'; readonly at: number }

/**
 * - `suspected`, `trusted`: silent for longer than its heartbeats lead to expect; heard again
 * - `resting`: failed several times in a row
 * - `lost`: gone without having said so; what it held is handed on
 * - `excluded`, `readmitted`: sent a wrong tile; what it was checked with turned out to be wrong
 */
export type SlaveNews = 'suspected' | 'trusted' | 'resting' | 'lost' | 'excluded' | 'readmitted'

export interface SchedulerOptions {
  /** As configured; performance on any relative scale. */
  readonly slaves: readonly { readonly name: string; readonly performance: number }[]
  /** Of this start of master-assign; messages of other epochs change nothing. */
  readonly epoch: number
  readonly heartbeatMs: number
  /**
   * How long a slave may be silent before its units are handed on; and how long nothing may be done for one of them, at least:
   * three times as long as it is expected to take where that is longer.
   */
  readonly leaseMs: number
  /** Failures of one unit that fail its job, on three slaves where there are so many. */
  readonly attempts: number
  /** Of phi: from there on a silent slave gets no new units; 8. */
  readonly suspicionThreshold?: number
  /** How long a slave rests after its second failure in a row, and at most, as the time doubles with each; 1000 and 60,000. */
  readonly restMs?: number
  readonly restLimitMs?: number
  /** Units a slave holds at a time: about two, one computing and one fetching. */
  readonly unitsAtHand: number
  readonly unitEdge: number
  /** How long a job waits for configured slaves that have not registered. */
  readonly planGraceMs: number
  readonly measuredPerformance: boolean
  /** Of these slaves, with what was measured before; without it nothing was, and `measuredPerformance` says what counts. */
  readonly performance?: Performance
  /** Jobs that have not ended, at most; 1000. */
  readonly jobsLimit?: number
  /** Ended jobs whose summary is kept, at most; 256. */
  readonly jobsKept?: number
  /** Units of one job, at most about; they grow where there would be more. 2^18. */
  readonly unitsLimit?: number
  /** Plans a job for the slaves that are present; planJob. A pure function of the request, as far as a job is concerned. */
  readonly plan?: (request: PlanRequest) => Plan
}
