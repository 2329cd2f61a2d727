/** The world in which the scheduler is told and obeyed: modelled slaves, a modelled network, and a clock that jumps. */
import { bytesPerElement } from '../core/matrix.ts'
import { planJob } from '../core/plan.ts'
import { type Event, type Instruction, Scheduler, type UnitFigures, type UnitRef } from '../core/scheduler.ts'
import { GemmeshError } from '../errors.ts'
import { Comings, type ComingsWorld } from './comings.ts'
import { EventQueue } from './event-queue.ts'
import { deliveries, type Faults, Lane } from './network.ts'
import {
  defaultBlockEdge,
  heartbeatMs,
  type Master,
  type SimulatedJob,
  type SimulatedJobReport,
  type SimulationOptions,
} from './options.ts'
import { Random } from './random.ts'
import { SlaveModel, type SlaveWorld } from './slave-model.ts'
import { Trace } from './trace.ts'

/** A slave says again what was not heard, so many times. */
const triesLimit = 5
const retryMs = 250
/** A simulation ends after so many events at the latest. */
const eventsPerUnitLimit = 2000

interface JobRecord {
  readonly facts: SimulatedJob
  readonly shape: readonly [m: number, n: number, k: number]
  readonly elementBytes: number
  units: number
  readonly placed: Set<number>
  isOpen: boolean
  state: SimulatedJobReport['state']
  lastPlacedAt: number
  message: string | undefined
}

export class Simulation implements SlaveWorld, ComingsWorld {
  readonly random: Random
  readonly blockEdge: number
  readonly toSlaves: Lane
  readonly toCombine: Lane
  now = 0
  readonly #options: SimulationOptions
  readonly #master: Master
  readonly #queue = new EventQueue<() => void>()
  readonly #slaves: ReadonlyMap<string, SlaveModel>
  readonly #ordinals: ReadonlyMap<string, number>
  readonly jobs: ReadonlyMap<string, JobRecord>
  readonly trace = new Trace()
  readonly #comings = new Comings(this)
  #wakeOrdinal = 0
  #open: number
  events = 0
  attempts = 0
  busyMs = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    this.random = new Random(options.seed)
    this.blockEdge = options.blockEdge ?? defaultBlockEdge
    this.toSlaves = new Lane(options.masterLink)
    this.toCombine = new Lane(options.masterLink)
    this.#master = options.master ?? schedulerOf(options)
    this.#slaves = new Map(options.slaves.map(facts => [facts.name, new SlaveModel(facts, this)]))
    this.#ordinals = new Map(options.slaves.map(({ name }, ordinal) => [name, ordinal]))
    this.jobs = new Map(options.jobs.map(facts => [facts.job, recordOf(facts)]))
    this.#open = options.jobs.length
  }

  run(): void {
    for (const slave of this.#slaves.values()) this.#comings.schedule(slave)
    for (const { facts } of this.jobs.values()) {
      const { submittedAtMs = 0, cancelledAtMs, ...job } = facts
      this.later(submittedAtMs, () => this.tell({ type: 'job-submitted', ...job }))
      if (cancelledAtMs !== undefined) this.later(cancelledAtMs, () => this.#cancel(job.job))
    }
    let steps = 0
    for (let due = this.#queue.take(); due !== undefined && this.#open > 0; due = this.#queue.take()) {
      this.now = due.at
      due.what()
      if (++steps > this.#stepsLimit) break
    }
  }

  get #stepsLimit(): number {
    let units = this.#slaves.size
    for (const job of this.jobs.values()) units += job.units
    return units * eventsPerUnitLimit
  }

  get faults(): Faults | undefined {
    return this.#options.faults
  }

  isMember(slave: string, incarnation: string): boolean {
    return !(this.#master instanceof Scheduler) || this.#master.standing(slave, incarnation) !== 'gone'
  }

  later(atMs: number, action: () => void): void {
    this.#queue.add(atMs, action)
  }

  job(job: string): JobRecord {
    const record = this.jobs.get(job)
    if (record === undefined) throw new GemmeshError('GEMMESH_INTERNAL', `job ${job} is not simulated`)
    return record
  }

  tileArrived(slave: SlaveModel, ref: UnitRef, figures: UnitFigures): void {
    const job = this.job(ref.job)
    const { name, latencyMs } = slave.facts
    if (job.isOpen && !job.placed.has(ref.unit)) {
      job.placed.add(ref.unit)
      job.lastPlacedAt = this.now
    }
    if (job.isOpen) this.#say(name, { type: 'unit-placed', slave: name, ref }, 0.1)
    if (job.isOpen && job.placed.size === job.units) this.#seal(ref.job)
    const { incarnation } = slave
    this.later(this.now + latencyMs, () => {
      if (slave.incarnation !== incarnation || !slave.holds(ref)) return
      slave.forget(ref)
      this.#say(name, { type: 'unit-done', slave: name, ref, figures }, latencyMs)
      this.#comings.leaveWhenDone(slave)
    })
  }

  #seal(job: string): void {
    this.later(this.now + 0.1, () => this.tell({ type: 'job-sealed', job, bytes: 0 }))
  }

  #cancel(job: string): void {
    const record = this.job(job)
    if (record.state !== 'unfinished') return
    this.#end(record, 'cancelled')
    this.tell({ type: 'job-cancelled', job })
  }

  #end(record: JobRecord, state: SimulatedJobReport['state']): void {
    if (record.state !== 'unfinished') return
    record.state = state
    record.isOpen = false
    this.#open--
  }

  /** From a slave, or about it: said again when it gets lost. */
  #say(slave: string, event: Event, latencyMs: number, tries = 1): void {
    const arrivals = deliveries(this.random, latencyMs, this.#options.faults)
    for (const afterMs of arrivals) this.later(this.now + afterMs, () => this.tell(event))
    if (arrivals.length === 0 && tries < triesLimit)
      this.later(this.now + retryMs, () => this.#say(slave, event, latencyMs, tries + 1))
  }

  tell(event: Event): void {
    this.events++
    this.#note(event)
    const { stopwatch, checked } = this.#options
    const begun = stopwatch?.() ?? 0
    const instructions = this.#master.handle(event, this.now)
    if (stopwatch !== undefined) this.busyMs += stopwatch() - begun
    if (checked === true) this.#master.assertInvariants?.()
    for (const instruction of instructions) this.#carryOut(instruction)
  }

  #note(event: Event): void {
    const slave = 'slave' in event ? (this.#ordinals.get(event.slave) ?? -1) : -1
    const ref = 'ref' in event ? event.ref : undefined
    this.trace.add(this.now, event.type.length, slave, ref?.unit ?? -1, ref?.attempt ?? -1)
  }

  #carryOut(instruction: Instruction): void {
    switch (instruction.type) {
      case 'open-job':
        this.#openJob(instruction.job, instruction.plan.units)
        break
      case 'assign-unit': {
        this.attempts++
        const { slave, ref, tile, depth } = instruction
        this.#send(slave, model => model.accept(ref, tile, depth))
        break
      }
      case 'cancel-units': {
        const { slave, job, units } = instruction
        this.#send(slave, model => {
          model.cancel(job, units)
          this.#comings.leaveWhenDone(model)
        })
        break
      }
      case 'wake-at': {
        const ordinal = ++this.#wakeOrdinal
        this.later(instruction.at, () => {
          if (ordinal === this.#wakeOrdinal) this.tell({ type: 'tick' })
        })
        break
      }
      case 'finish-job':
        this.#end(this.job(instruction.job), 'done')
        break
      case 'fail-job':
        this.job(instruction.job).message = instruction.message
        this.#end(this.job(instruction.job), 'failed')
        break
      case 'abort-job':
        this.job(instruction.job).isOpen = false
    }
  }

  /** To a slave: what gets lost on the way is noticed by nobody but the lease. */
  #send(slave: string, action: (model: SlaveModel) => void): void {
    const model = this.#slaves.get(slave)
    if (model === undefined) return
    const { incarnation } = model
    for (const afterMs of deliveries(this.random, model.facts.latencyMs, this.#options.faults)) {
      this.later(this.now + afterMs, () => {
        if (model.isUp && model.incarnation === incarnation) action(model)
      })
    }
  }

  #openJob(job: string, units: number): void {
    const record = this.job(job)
    record.units = units
    record.isOpen = true
    this.later(this.now + 0.2, () => this.tell({ type: 'job-opened', job, placed: [] }))
    if (units === 0) this.#seal(job)
  }
}

function recordOf(facts: SimulatedJob): JobRecord {
  return {
    facts,
    shape: facts.shape,
    elementBytes: bytesPerElement[facts.dtype],
    units: 0,
    placed: new Set(),
    isOpen: false,
    state: 'unfinished',
    lastPlacedAt: 0,
    message: undefined,
  }
}

/** As a node's: with the configuration's defaults. */
function schedulerOf({
  slaves,
  unitEdge,
  unitsAtHand,
  unitsLimit,
  blockEdge = defaultBlockEdge,
  cutsDepth = false,
}: SimulationOptions): Scheduler {
  const blocks = { rows: blockEdge, columns: blockEdge, depth: blockEdge }
  return new Scheduler({
    plan: request => planJob({ ...request, blocks, cutsDepth }),
    slaves: slaves.map(({ name, performance }) => ({ name, performance })),
    epoch: 1,
    heartbeatMs,
    leaseMs: 10_000,
    attempts: 4,
    unitsAtHand: unitsAtHand ?? 2,
    unitEdge,
    planGraceMs: 0,
    measuredPerformance: false,
    ...(unitsLimit !== undefined && { unitsLimit }),
  })
}
