/**
 * A small world around the scheduler: slaves that compute, a master-combine that places, and a network that loses,
 * doubles and reorders what they say. It keeps its own books from the instructions alone, and checks them.
 */
import type { Plan } from '../../../src/core/plan.ts'
import type { Event, Instruction, UnitRef } from '../../../src/core/scheduler.ts'
import { Scheduler } from '../../../src/core/scheduler.ts'
import { epoch, figuresOf } from './story.ts'

export const names = ['gamma', 'delta', 'epsilon'] as const
type Name = (typeof names)[number]

interface CombineJob {
  readonly unitsTotal: number
  readonly placed: Set<number>
}

const keyOf = ({ job, unit }: Pick<UnitRef, 'job' | 'unit'>): string => `${job}/${unit}`

export class World {
  now = 0
  readonly unitsAtHand: number
  scheduler: Scheduler
  epoch = epoch
  /** Said, and not heard yet. */
  readonly network: Event[] = []
  readonly heard: Event[] = []
  readonly #held = new Map<Name, Map<string, UnitRef>>(names.map(name => [name, new Map()]))
  readonly #incarnations = new Map<Name, number>()
  readonly #combine = new Map<string, CombineJob>()
  /** From the instructions alone: what takes up a slot of whom. */
  readonly #slots = new Map<string, Map<string, UnitRef>>(names.map(name => [name, new Map()]))
  readonly #attempts = new Map<string, number>()
  readonly #ended = new Set<string>()
  readonly #jobs: string[] = []

  /** What master-assign has on its disk: the plans of jobs that were opened, whatever became of the question. */
  readonly #plans = new Map<string, Plan>()
  readonly #shapes = new Map<string, readonly [m: number, n: number, k: number]>()
  readonly #start: () => Scheduler

  constructor({ unitsAtHand, attempts }: { unitsAtHand: number; attempts: number }) {
    this.unitsAtHand = unitsAtHand
    this.#start = () =>
      new Scheduler({
        slaves: names.map((name, i) => ({ name, performance: i + 1 })),
        epoch: this.epoch,
        heartbeatMs: 1000,
        leaseMs: 10_000,
        attempts,
        unitsAtHand,
        unitEdge: 8,
        planGraceMs: 3000,
        measuredPerformance: true,
        jobsKept: 100,
      })
    this.scheduler = this.#start()
  }

  /** master-assign dies and is started anew: all that it has is its journal. What was said to it meanwhile is lost, or late. */
  restartAssign(): void {
    this.epoch++
    this.scheduler = this.#start()
    for (const [job, { placed }] of this.#combine)
      for (const unit of placed) this.#placedBefore.add(keyOf({ job, unit }))
    // Their calls ended with the process that made them.
    for (const list of [this.network, this.heard])
      list.splice(
        0,
        list.length,
        ...list.filter(({ type }) => type !== 'job-opened' && type !== 'job-open-failed'),
      )
    for (const slots of this.#slots.values()) slots.clear()
    this.#attempts.clear()
    for (const job of this.#jobs) {
      if (this.#ended.has(job)) continue
      const [shape, plan] = [this.#shapes.get(job) ?? ([0, 0, 0] as const), this.#plans.get(job)]
      this.hear({ type: 'job-recovered', job, shape, dtype: 'float64', ...(plan && { plan }) })
    }
  }

  /** master-combine dies and is started anew, with all that it placed; it says so. */
  restartCombine(): void {
    for (const [job, { placed }] of this.#combine) this.say({ type: 'units-placed', job, units: [...placed] })
  }

  /** Somebody removed what it has of jobs that are not complete; messages of before may still be under way. */
  loseFolder(): void {
    for (const [job, { placed, unitsTotal }] of this.#combine)
      if (placed.size < unitsTotal) this.#combine.delete(job)
    this.#lost = true
  }

  /** From then on tiles are computed twice. */
  #lost = false
  /** When master-assign was last started anew. */
  readonly #placedBefore = new Set<string>()

  get jobs(): readonly string[] {
    return this.#jobs
  }

  /** Units in the hands of a slave, as the slave sees it. */
  held(name: Name): UnitRef[] {
    return [...(this.#held.get(name)?.values() ?? [])]
  }

  hear(event: Event): void {
    this.heard.push(event)
    const instructions = this.scheduler.handle(event, this.now)
    this.scheduler.assertInvariants()
    this.#bookEvent(event)
    for (const instruction of instructions) this.#carryOut(instruction)
    this.#check()
  }

  say(event: Event): void {
    this.network.push(event)
  }

  submit(m: number, n: number): void {
    const job = `job${this.#jobs.length}`
    this.#jobs.push(job)
    this.#shapes.set(job, [m, n, 4])
    this.hear({ type: 'job-submitted', job, shape: [m, n, 4], dtype: 'float64' })
  }

  /** A process of the slave starts: what an older one held is forgotten. */
  start(name: Name): void {
    const incarnation = (this.#incarnations.get(name) ?? 0) + 1
    this.#incarnations.set(name, incarnation)
    this.#held.get(name)?.clear()
    this.register(name)
  }

  register(name: Name): void {
    const incarnation = `${name}-${this.#incarnations.get(name) ?? 0}`
    this.hear({ type: 'slave-registered', slave: name, incarnation, threads: 1, memoryBytes: 1 })
  }

  /** `progress` of each unit; without, something was done for all of them. */
  heartbeat(name: Name, progress?: number): void {
    const incarnation = `${name}-${this.#incarnations.get(name) ?? 0}`
    if (this.scheduler.standing(name, incarnation) === 'gone') this.register(name)
    const running = this.held(name)
    const counts = progress === undefined ? {} : { progress: running.map(() => progress) }
    this.hear({ type: 'slave-heartbeat', slave: name, incarnation, running, ...counts })
  }

  /** The slave sends the tile, master-combine places it once, and both tell. */
  deliver(name: Name, ref: UnitRef): void {
    const job = this.#combine.get(ref.job)
    if (job === undefined) {
      this.drop(name, ref)
      this.say({ type: 'unit-failed', slave: name, ref, code: 'GEMMESH_JOB_UNKNOWN', message: 'not open' })
      return
    }
    job.placed.add(ref.unit)
    this.drop(name, ref)
    this.say({ type: 'unit-placed', slave: name, ref })
    this.say({ type: 'unit-done', slave: name, ref, figures: figuresOf(1 + ref.unit) })
    if (job.placed.size === job.unitsTotal) this.saySealed(ref.job)
  }

  drop(name: Name, ref: UnitRef): void {
    const held = this.#held.get(name)
    if (held?.get(keyOf(ref))?.attempt === ref.attempt) held.delete(keyOf(ref))
  }

  /** What master-combine says until it is heard. */
  sayAllSealed(): void {
    for (const [job, { unitsTotal, placed }] of this.#combine)
      if (placed.size === unitsTotal) this.saySealed(job)
  }

  saySealed(job: string): void {
    this.say({ type: 'job-sealed', job, bytes: 1 })
  }

  #carryOut(instruction: Instruction): void {
    switch (instruction.type) {
      case 'open-job': {
        const { job, plan, ask } = instruction
        const before = this.#plans.get(job) ?? plan
        if (JSON.stringify(before) !== JSON.stringify(plan)) throw new Error(`${job} has another plan`)
        this.#plans.set(job, plan)
        const known = this.#combine.get(job) ?? { unitsTotal: plan.units, placed: new Set<number>() }
        this.#combine.set(job, known)
        this.say({ type: 'job-opened', job, ask, placed: [...known.placed] })
        if (known.placed.size === known.unitsTotal) this.saySealed(job)
        break
      }
      case 'assign-unit': {
        const { slave, ref } = instruction
        const before = this.#attempts.get(keyOf(ref)) ?? 0
        if (this.#lost ? ref.attempt <= before : ref.attempt !== before + 1)
          throw new Error(`${keyOf(ref)}: attempt ${ref.attempt} after ${before}`)
        if (!this.#lost && this.#placedBefore.has(keyOf(ref)))
          throw new Error(`${keyOf(ref)} is handed out, but was placed before the restart`)
        this.#attempts.set(keyOf(ref), ref.attempt)
        if (this.#ended.has(ref.job)) throw new Error(`${keyOf(ref)} is handed out, but its job has ended`)
        this.#slots.get(slave)?.set(keyOf(ref), ref)
        for (const name of names) if (name === slave) this.#held.get(name)?.set(keyOf(ref), ref)
        break
      }
      case 'cancel-units': {
        const { slave, job, units } = instruction
        for (const unit of units) {
          this.#slots.get(slave)?.delete(keyOf({ job, unit }))
          for (const name of names) if (name === slave) this.#held.get(name)?.delete(keyOf({ job, unit }))
        }
        break
      }
      case 'abort-job':
        this.#combine.delete(instruction.job)
        break
      case 'finish-job':
      case 'fail-job':
        this.#ended.add(instruction.job)
        break
      case 'wake-at':
        if (instruction.at <= this.now)
          throw new Error(`asked to be woken at ${instruction.at}, now is ${this.now}`)
    }
  }

  #bookEvent(event: Event): void {
    if (event.type === 'job-cancelled') this.#ended.add(event.job)
    if (!('ref' in event)) return
    for (const slots of this.#slots.values()) {
      const taken = slots.get(keyOf(event.ref))
      // Placed is placed, whoever still computes it.
      const ends = event.type === 'unit-placed' || taken?.attempt === event.ref.attempt
      if (ends && event.ref.epoch === this.epoch) slots.delete(keyOf(event.ref))
    }
  }

  #check(): void {
    for (const { name, state, unitsOpen } of this.scheduler.slaveViews()) {
      const slots = this.#slots.get(name)
      if (slots === undefined) continue
      if (state !== 'present') slots.clear()
      for (const [key, { job }] of slots) if (this.#ended.has(job)) slots.delete(key)
      if (unitsOpen > this.unitsAtHand) throw new Error(`${name} holds ${unitsOpen} units`)
    }
    for (const view of this.scheduler.jobViews()) {
      const { job, state, unitsPlaced, unitsTotal, elementsPlaced, shape } = view
      if (unitsPlaced > unitsTotal)
        throw new Error(`${job}: ${unitsPlaced} of ${unitsTotal} units are placed`)
      if (state === 'done' && elementsPlaced !== shape[0] * shape[1])
        throw new Error(`${job} is not complete`)
      const really = this.#combine.get(job)
      if (state === 'done' && really?.placed.size !== unitsTotal)
        throw new Error(`${job} is done, but not placed`)
      const credited = view.slaves.reduce((sum, slave) => sum + slave.unitsPlaced, 0)
      if (credited > unitsPlaced) throw new Error(`${job}: ${credited} units are credited of ${unitsPlaced}`)
    }
  }
}
