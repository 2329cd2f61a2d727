/** Read-only snapshots of jobs and slaves, for the users' API. Times are the scheduler's own, in ms. */
import type { ErrorCode } from '../../errors.ts'
import type { JobState } from '../job.ts'
import type { Dtype } from '../matrix.ts'
import type { SlaveState } from '../membership.ts'
import type { PlanOutline } from '../plan.ts'
import type { JobRecord, SlaveRecord, State, Tally } from './state.ts'

export interface JobSnapshot {
  readonly job: string
  readonly state: JobState
  /** What a waiting job waits for. */
  readonly reason?: string
  readonly dtype: Dtype
  readonly shape: readonly [m: number, n: number, k: number]
  readonly priority: number
  /** As it was submitted. */
  readonly description: unknown
  readonly submittedAt: number
  /** When the first unit was handed out. */
  readonly startedAt?: number
  readonly endedAt?: number
  readonly unitsTotal: number
  readonly unitsPlaced: number
  /** Of C; one that is cut along k counts by the part of k that is summed. */
  readonly elementsPlaced: number
  readonly plan?: PlanOutline
  /** Those that did something, in the configuration's order. */
  readonly slaves: readonly SlaveTally[]
  readonly resultBytes?: number
  readonly fault?: { readonly code: ErrorCode; readonly message: string }
}

export interface SlaveTally extends Readonly<Omit<Tally, 'flopsPlaced'>> {
  readonly name: string
  readonly elementsPlaced: number
}

export interface SlaveSnapshot {
  readonly name: string
  readonly state: SlaveState
  /** The configuration's figure; the measured one of a job's dtype stands in its plan. */
  readonly performance: number
  readonly incarnation?: string
  readonly threads?: number
  readonly memoryBytes?: number
  /** Units in its hands. */
  readonly unitsOpen: number
  /** Why it gets no units, though it is present or comes back. */
  readonly reason?: string
}

export function viewJob(state: State, record: JobRecord): JobSnapshot {
  const { job, dtype, shape, priority, description, submittedAt, startedAt, endedAt } = record
  const { outline, resultBytes, fault } = record
  const elementsOf = (flops: number) => Math.round(flops / (2 * Math.max(1, shape[2])))
  return {
    job,
    state: record.state,
    ...reasonOf(state, record),
    dtype,
    shape,
    priority,
    description,
    submittedAt,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    unitsTotal: outline?.units ?? 0,
    unitsPlaced: record.unitsPlaced,
    elementsPlaced: elementsOf(record.flopsPlaced),
    ...(outline !== undefined && { plan: outline }),
    slaves: [...state.slaves.keys()].flatMap(name => {
      const tally = record.tallies.get(name)
      if (tally === undefined) return []
      const { flopsPlaced, ...figures } = tally
      return [{ name, elementsPlaced: elementsOf(flopsPlaced), ...figures }]
    }),
    ...(resultBytes !== undefined && { resultBytes }),
    ...(fault !== undefined && { fault }),
  }
}

export function viewSlave(state: State, slave: SlaveRecord): SlaveSnapshot {
  const { name, incarnation, threads, memoryBytes } = slave
  return {
    name,
    state: slave.state,
    performance: state.performance.prior(name),
    ...(incarnation !== undefined && { incarnation }),
    ...(threads !== undefined && { threads }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    unitsOpen: slave.atHand.length,
    ...whyIdle(state, slave),
  }
}

function whyIdle({ now }: State, slave: SlaveRecord): { readonly reason?: string } {
  if (slave.state === 'excluded')
    return { reason: `it sent a wrong tile of ${[...slave.wrongUnits].join(', ')}` }
  if (slave.isSuspected) return { reason: 'it has been silent for longer than usual' }
  if (slave.restsUntil <= now) return {}
  const ms = Math.ceil(slave.restsUntil - now)
  return { reason: `it failed ${slave.failures} times in a row, and rests for ${ms} ms` }
}

function reasonOf(state: State, record: JobRecord): { readonly reason?: string } {
  const { pause } = record
  if (record.state === 'waiting') return { reason: waitsFor(state, record) }
  if (record.state !== 'running') return {}
  if (pause !== undefined) {
    const ms = Math.max(0, Math.ceil(pause.until - state.now))
    return { reason: `master-combine to have room (${pause.reason}); it is tried again in ${ms} ms` }
  }
  return state.presentCount === 0 ? { reason: waitsFor(state, record) } : {}
}

const namesLimit = 5

function waitsFor(state: State, { opening }: JobRecord): string {
  if (opening?.fault !== undefined)
    return `master-combine to open the job, which it did not yet: ${opening.fault}`
  if (opening !== undefined) return 'master-combine to open the job'
  const missing = [...state.slaves.values()].filter(
    slave => slave.state !== 'present' && slave.state !== 'excluded',
  )
  if (missing.length === 0) return 'a slave: all are excluded, as they sent wrong tiles'
  const names = missing.slice(0, namesLimit).map(slave => slave.name)
  if (missing.length > namesLimit) names.push(`${missing.length - namesLimit} more`)
  const list = names.join(', ')
  if (state.presentCount === 0) return `a slave to register: ${list}`
  return `${list} to register, for at most ${state.options.planGraceMs} ms`
}
