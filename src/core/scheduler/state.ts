/** All that the scheduler knows. Only the functions that handle an event change it. */
import type { ErrorCode } from '../../errors.ts'
import type { Rectangle } from '../geometry.ts'
import type { JobState } from '../job.ts'
import type { Dtype } from '../matrix.ts'
import type { SlaveState } from '../membership.ts'
import { Performance } from '../performance.ts'
import { deviationsAt, leastSilence, type PhiAccrual } from '../phi-accrual.ts'
import { type Plan, type PlanOutline, planJob, unitsLimit } from '../plan.ts'
import type { Semiring } from '../semiring.ts'
import { Bag, type Bagged } from './bag.ts'
import { Leases } from './leases.ts'
import type { Attempt, Ledger } from './ledger.ts'
import type { Instruction, SchedulerOptions } from './messages.ts'
import type { JobPace } from './pace.ts'
import { type Heard, Silence, unheard } from './silence.ts'
import type { JobTransfers } from './transfers.ts'

export interface SlaveRecord extends Heard<SlaveRecord>, Bagged {
  readonly name: string
  state: SlaveState
  incarnation: string | undefined
  threads: number | undefined
  memoryBytes: number | undefined
  /** The attempts that take up its slots, in the order in which it got them: it computes the first of them. */
  readonly atHand: Attempt[]
  flopsAtHand: number
  /** When it could begin with the first of them. */
  servedSince: number
  /** It said that it had no room; until then nothing is offered to it. */
  refusesUntil: number
  /** Of its heartbeats, since it is a member; undefined before the first. */
  pulse: PhiAccrual | undefined
  isSuspected: boolean
  /** In a row: since a tile of it was placed. */
  failures: number
  /** Because of them nothing is offered to it until then. */
  restsUntil: number
  /** Units that it computed wrong, as `job/unit`. */
  readonly wrongUnits: Set<string>
  readonly history: string[]
}

/** What one slave did for one job. */
export interface Tally {
  unitsPlaced: number
  /** 2*rows*columns*depth of its units that are placed; of k = 0, as if it were 1. */
  flopsPlaced: number
  fetchedBytes: number
  computeMs: number
  /** The same of the units that computeMs was spent on; 0 where k is. */
  flopsComputed: number
  variant: string
  processor: string
}

export interface Awaited {
  readonly slave: string
  readonly attempt: number
  readonly tile: Rectangle
  readonly flops: number
}

/** master-combine was asked to open the job. */
export interface Opening {
  readonly plan: Plan
  tries: number
  /** Of the question that is under way: its answer names it. */
  ask: number
  /** When to ask again, after it could not be reached; undefined while its answer is awaited. */
  retryAt: number | undefined
  /** Units that it said it had placed since it was asked: its answer may not know of them. */
  readonly placed: Set<number>
  fault: string | undefined
}

export interface JobRecord extends Heard<JobRecord> {
  readonly job: string
  readonly shape: readonly [m: number, n: number, k: number]
  readonly dtype: Dtype
  readonly semiring: Semiring
  /** Higher goes first. */
  readonly priority: number
  readonly description: unknown
  readonly submittedAt: number
  /** In order of submission. */
  readonly ordinal: number
  readonly pace: JobPace
  readonly transfers: JobTransfers
  /** Handed out so far, beginning with what the others of its priority had got when it was opened. */
  flopsServed: number
  /** Second attempts at units of which the first was out. */
  doubles: number
  state: JobState
  /** master-combine had no room for its tiles: nothing is handed out until then. */
  pause:
    | { readonly ms: number; readonly until: number; readonly reason: string; isOver?: boolean }
    | undefined
  /** Units that nobody who is there computes right, and how long they wait for somebody else. */
  readonly hopes: Map<number, number>
  opening: Opening | undefined
  /** While running or sealing, and while what master-combine has is asked; a job that ended keeps its figures alone. */
  ledger: Ledger | undefined
  outline: PlanOutline | undefined
  unitsPlaced: number
  flopsPlaced: number
  startedAt: number | undefined
  endedAt: number | undefined
  readonly tallies: Map<string, Tally>
  /** By unit: placed by this attempt, whose slave has not sent its figures yet. They may come after the job ended. */
  readonly awaited: Map<number, Awaited>
  resultBytes: number | undefined
  fault: { readonly code: ErrorCode; readonly message: string } | undefined
  readonly history: string[]
}

/** When phi is looked at, and from when on there is something to see. */
export interface Suspicion {
  /** Standard deviations beyond the mean at which phi reaches the threshold. */
  readonly deviations: number
  /** No silence below is suspicious. */
  readonly leastMs: number
  /** Nobody can be suspected before. */
  nextAt: number
}

export interface State {
  readonly options: Required<Omit<SchedulerOptions, 'performance'>>
  readonly performance: Performance
  /** By name, in the configuration's order. */
  readonly slaves: ReadonlyMap<string, SlaveRecord>
  /** Present, not draining, with a free slot. */
  readonly idle: Bag<SlaveRecord>
  /** Those of the idle ones that there may be something for. */
  readonly asking: Set<SlaveRecord>
  /** There may be something for all of them. */
  wanted: boolean
  /** When some of them have to look whether others are late. */
  lookAgainAt: number
  /** They have no room, or rest. */
  readonly refusing: Set<SlaveRecord>
  readonly silentSlaves: Silence<SlaveRecord>
  readonly suspicion: Suspicion
  readonly leases: Leases<Attempt>
  presentCount: number
  excludedCount: number
  /** When a slave last came or went, and when the first of those present came. */
  membershipChangedAt: number
  quorumAt: number
  /** Not ended, in order of submission; `waiting` are those of them that are. */
  readonly jobs: Map<string, JobRecord>
  readonly waiting: Set<JobRecord>
  /** Units of these are handed out. */
  readonly running: Set<JobRecord>
  /** Every tile is placed; when master-combine is asked about each of them, if nothing is heard before. */
  readonly sealing: Silence<JobRecord>
  readonly paused: Set<JobRecord>
  /** Those with units that wait for somebody who is not there. */
  readonly hoping: Set<JobRecord>
  jobsSubmitted: number
  /** Questions to master-combine, so far. */
  asks: number
  /** Ended, oldest first; bounded. */
  readonly ended: Map<string, JobRecord>
  now: number
  /** When the shell was last asked to wake the scheduler; Infinity when that has passed. */
  wakeAt: number
  /** Silence counts from then on: before, this process itself stood still. */
  judgesFrom: number
}

/** One event being handled. */
export interface Turn {
  readonly state: State
  readonly now: number
  readonly instructions: Instruction[]
}

export const defaultLimits = {
  jobsLimit: 1000,
  jobsKept: 256,
  unitsLimit,
  plan: planJob,
  suspicionThreshold: 8,
  restMs: 1000,
  restLimitMs: 60_000,
} as const

export function emptyState(options: SchedulerOptions): State {
  const record = (name: string): SlaveRecord => ({
    name,
    state: 'absent',
    incarnation: undefined,
    threads: undefined,
    memoryBytes: undefined,
    atHand: [],
    flopsAtHand: 0,
    servedSince: 0,
    refusesUntil: 0,
    pulse: undefined,
    isSuspected: false,
    failures: 0,
    restsUntil: 0,
    wrongUnits: new Set(),
    ...unheard,
    bagIndex: -1,
    history: [],
  })
  const { heartbeatMs, suspicionThreshold = defaultLimits.suspicionThreshold } = options
  const deviations = deviationsAt(suspicionThreshold)
  return {
    options: { ...defaultLimits, ...options },
    performance:
      options.performance ??
      new Performance({ slaves: options.slaves, measured: options.measuredPerformance }),
    slaves: new Map(options.slaves.map(({ name }) => [name, record(name)])),
    idle: new Bag(),
    asking: new Set(),
    wanted: false,
    lookAgainAt: Number.POSITIVE_INFINITY,
    refusing: new Set(),
    silentSlaves: new Silence(options.leaseMs),
    suspicion: {
      deviations,
      leastMs: leastSilence(heartbeatMs, deviations),
      nextAt: Number.POSITIVE_INFINITY,
    },
    leases: new Leases(),
    presentCount: 0,
    excludedCount: 0,
    membershipChangedAt: Number.NEGATIVE_INFINITY,
    quorumAt: Number.NEGATIVE_INFINITY,
    jobs: new Map(),
    waiting: new Set(),
    running: new Set(),
    sealing: new Silence(options.leaseMs),
    paused: new Set(),
    hoping: new Set(),
    jobsSubmitted: 0,
    asks: 0,
    ended: new Map(),
    now: Number.NEGATIVE_INFINITY,
    wakeAt: Number.POSITIVE_INFINITY,
    judgesFrom: Number.NEGATIVE_INFINITY,
  }
}

/** Errors tell this much of what happened before. */
const historyLimit = 16

export function note(history: string[], now: number, what: string): void {
  history.push(`${what} at ${now} ms`)
  if (history.length > historyLimit) history.shift()
}
