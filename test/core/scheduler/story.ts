/** A scheduler told event by event; instructions come back as short lines, and the invariants hold after each event. */

import { unitsOf } from '../../../src/core/plan/units.ts'
import type { UnitFigures, UnitRef } from '../../../src/core/scheduler.ts'
import {
  type Event,
  type Instruction,
  Scheduler,
  type SchedulerOptions,
  type SlaveSnapshot,
} from '../../../src/core/scheduler.ts'

export const epoch = 7

export const figuresOf = (computeMs = 100, fetchedBytes = 1000): UnitFigures => ({
  fetchMs: 1,
  computeMs,
  sendMs: 1,
  fetchedBytes,
  blocksFetched: 2,
  blocksCached: 1,
  variant: 'wide',
  processor: 'c0de',
})

export const refOf = (job: string, unit: number, attempt = 1): UnitRef => ({ job, unit, attempt, epoch })

/** `assign gamma j/0#1`: unit 0 of job j, attempt 1. */
export function terse(instruction: Instruction): string {
  switch (instruction.type) {
    case 'open-job':
      return `open ${instruction.job}: ${Array.from(unitsOf(instruction.plan), ({ slave }) => slave).join(' ')}`
    case 'assign-unit': {
      const { job, unit, attempt } = instruction.ref
      return `assign ${instruction.slave} ${job}/${unit}#${attempt}`
    }
    case 'cancel-units':
      return `cancel ${instruction.slave} ${instruction.job}/${instruction.units.join(',')}`
    case 'wake-at':
      return `wake at ${instruction.at}`
    case 'fail-job':
      return `fail ${instruction.job} ${instruction.code}`
    case 'abort-job':
      return `abort ${instruction.job}`
    case 'finish-job':
      return `finish ${instruction.job}`
    case 'report-slave':
      return `report ${instruction.slave} ${instruction.news}`
  }
}

/**
 * Slaves gamma, delta and epsilon of performance 1, 1, 1 unless said otherwise; units of 64x64; heartbeats each second,
 * leases of 10 s, 2 units at hand; nobody is suspected, so that a story need not tell every heartbeat. `now` moves when a story
 * moves it, through the wakes that the scheduler asked for.
 */
export class Story {
  now = 0
  #wakeAt = Number.POSITIVE_INFINITY
  readonly #handed = new Map<string, UnitRef>()
  /** All that was reported, with its time. */
  readonly news: (readonly [at: number, line: string])[] = []
  instructions: readonly Instruction[] = []
  readonly scheduler: Scheduler

  constructor(options: Partial<SchedulerOptions> = {}) {
    this.scheduler = new Scheduler({
      slaves: ['gamma', 'delta', 'epsilon'].map(name => ({ name, performance: 1 })),
      epoch,
      heartbeatMs: 1000,
      leaseMs: 10_000,
      attempts: 4,
      unitsAtHand: 2,
      unitEdge: 64,
      planGraceMs: 3000,
      measuredPerformance: false,
      suspicionThreshold: 1e6,
      ...options,
    })
  }

  on(event: Event): string[] {
    this.instructions = this.scheduler.handle(event, this.now)
    this.scheduler.assertInvariants()
    if (event.type === 'tick') this.#wakeAt = Number.POSITIVE_INFINITY
    for (const one of this.instructions) {
      if (one.type === 'wake-at') this.#wakeAt = one.at
      if (one.type === 'assign-unit') this.#handed.set(one.slave, one.ref)
      if (one.type === 'report-slave') this.news.push([this.now, `${one.slave} ${one.news}`])
    }
    return this.instructions.map(terse)
  }

  /** The same without the wake and the reports, for stories that are not about time. */
  told(event: Event): string[] {
    return this.on(event).filter(line => !/^(wake|report)/.test(line))
  }

  /** Of the latest event: `gamma excluded`. */
  reports(): string[] {
    return this.instructions.flatMap(one => (one.type === 'report-slave' ? [`${one.slave} ${one.news}`] : []))
  }

  at(now: number): this {
    while (this.#wakeAt < now) {
      this.now = this.#wakeAt
      this.on({ type: 'tick' })
    }
    this.now = now
    return this
  }

  register(slave: string, incarnation = `${slave}-1`): string[] {
    return this.told({ type: 'slave-registered', slave, incarnation, threads: 2, memoryBytes: 1024 })
  }

  submit(job: string, shape: readonly [m: number, n: number, k: number]): string[] {
    return this.told({ type: 'job-submitted', job, shape, dtype: 'float32', description: { name: job } })
  }

  opened(job: string, placed: readonly number[] = []): string[] {
    return this.told({ type: 'job-opened', job, placed })
  }

  /** All slaves registered, one job of `units` units in one row of C opened. What was handed out. */
  running(units: number, ...slaves: string[]): string[] {
    for (const slave of slaves) this.register(slave)
    this.submit('j', [64, 64 * units, 10])
    if (slaves.length < 3) {
      this.now += 3000
      this.on({ type: 'tick' })
    }
    return this.opened('j')
  }

  heartbeat(slave: string, running: readonly UnitRef[] = [], incarnation = `${slave}-1`): string[] {
    return this.told({ type: 'slave-heartbeat', slave, incarnation, running })
  }

  lost(slave: string, reason = 'connection refused'): string[] {
    return this.told({ type: 'slave-lost', slave, reason })
  }

  done(slave: string, ref: UnitRef, figures = figuresOf()): string[] {
    return this.told({ type: 'unit-done', slave, ref, figures })
  }

  placed(slave: string, ref: UnitRef): string[] {
    return this.told({ type: 'unit-placed', slave, ref })
  }

  failed(slave: string, ref: UnitRef, message = 'out of luck'): string[] {
    return this.told({ type: 'unit-failed', slave, ref, code: 'GEMMESH_UNIT_FAILED', message })
  }

  refused(slave: string, ref: UnitRef): string[] {
    return this.told({ type: 'unit-refused', slave, ref, reason: 'no room' })
  }

  sealed(job: string): string[] {
    return this.told({ type: 'job-sealed', job, bytes: 1234 })
  }

  /** Placed and done, in the usual order. What came of both. */
  finish(slave: string, ref: UnitRef): string[] {
    return [...this.placed(slave, ref), ...this.done(slave, ref)]
  }

  state(job = 'j'): string | undefined {
    return this.scheduler.jobView(job)?.state
  }

  slave(name: string): SlaveSnapshot | undefined {
    return this.scheduler.slaveViews().find(slave => slave.name === name)
  }

  slaveState(name: string): string | undefined {
    return this.slave(name)?.state
  }

  /** What the slave was handed last. */
  lastAttempt(name: string): UnitRef | undefined {
    return this.#handed.get(name)
  }
}
