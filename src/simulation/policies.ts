/**
 * What schedulers are compared with, each told and heard like ours, with the same units, slaves and links. All fetch ahead:
 * a slave gets its next chunk when one unit of the last is left.
 *
 * - `static`: each slave gets its share by performance at once, and nothing after that
 * - `first-come`: chunks of one unit, in their order
 * - `guided`: 1/p of what is left (C. Polychronopoulos and D. Kuck, "Guided self-scheduling", IEEE ToC C-36, 1987)
 * - `factoring`: batches of half of what is left, cut into p chunks (S. Hummel, E. Schonberg and L. Flynn, CACM 35, 1992)
 * - `weighted-factoring`: the same, a slave's chunk in proportion to its performance (S. Hummel et al., SPAA 1996)
 */

import { unitAt } from '../core/plan/units.ts'
import { type Plan, planJob } from '../core/plan.ts'
import type { Event, Instruction } from '../core/scheduler.ts'
import { defaultBlockEdge, type Master } from './options.ts'

export const policyNames = ['static', 'first-come', 'guided', 'factoring', 'weighted-factoring'] as const
export type PolicyName = (typeof policyNames)[number]

const blocks = { rows: defaultBlockEdge, columns: defaultBlockEdge, depth: defaultBlockEdge }

export interface PolicyOptions {
  readonly slaves: readonly { readonly name: string; readonly performance: number }[]
  readonly unitEdge: number
}

/** A master of one job at a time, for slaves that stay. */
export class PolicyMaster implements Master {
  readonly #policy: PolicyName
  readonly #options: PolicyOptions
  readonly #weight: number
  readonly #performances: ReadonlyMap<string, number>
  readonly #atHand = new Map<string, number>()
  #plan: Plan | undefined
  #next = 0
  /** What is left of factoring's batch: chunks, and units in all. */
  #chunks = 0
  #batch = 0

  constructor(policy: PolicyName, options: PolicyOptions) {
    this.#policy = policy
    this.#options = options
    this.#weight = options.slaves.reduce((sum, { performance }) => sum + performance, 0)
    this.#performances = new Map(options.slaves.map(({ name, performance }) => [name, performance]))
  }

  handle(event: Event): readonly Instruction[] {
    switch (event.type) {
      case 'job-submitted':
        this.#plan = this.#planFor(event)
        return [{ type: 'open-job', job: event.job, plan: this.#plan, ask: 1 }]
      case 'job-opened':
        return this.#policy === 'static' ? this.#handShares() : this.#handFirst()
      case 'unit-placed':
        return this.#refill(event.slave)
      case 'job-sealed':
        return [{ type: 'finish-job', job: event.job }]
      default:
        return []
    }
  }

  /** Only `static` knows of shares; the others hand out one row of units after the other. */
  #planFor({ job, shape, dtype }: Extract<Event, { type: 'job-submitted' }>): Plan {
    const { slaves, unitEdge } = this.#options
    const all = [{ name: 'all', performance: 1 }]
    const shared = this.#policy === 'static' ? slaves : all
    return planJob({ job, shape, dtype, slaves: shared, unitEdge, blocks })
  }

  #handShares(): Instruction[] {
    return (this.#plan?.shares ?? []).flatMap(({ slave, firstUnit, units }) =>
      Array.from({ length: units }, (_, index) => this.#hand(slave, firstUnit + index)).flat(),
    )
  }

  #handFirst(): Instruction[] {
    const { slaves } = this.#options
    const first = slaves.flatMap(({ name }) => this.#handChunk(name))
    return [...first, ...slaves.flatMap(({ name }) => this.#ahead(name))]
  }

  #refill(slave: string): Instruction[] {
    this.#atHand.set(slave, (this.#atHand.get(slave) ?? 1) - 1)
    return this.#policy === 'static' ? [] : this.#ahead(slave)
  }

  #ahead(slave: string): Instruction[] {
    return (this.#atHand.get(slave) ?? 0) <= 1 ? this.#handChunk(slave) : []
  }

  #handChunk(slave: string): Instruction[] {
    const units = this.#plan?.units ?? 0
    const size = Math.min(units - this.#next, this.#chunkSize(slave, units - this.#next))
    const instructions: Instruction[] = []
    for (let i = 0; i < size; i++) instructions.push(...this.#hand(slave, this.#next++))
    return instructions
  }

  #chunkSize(slave: string, left: number): number {
    const { slaves } = this.#options
    switch (this.#policy) {
      case 'guided':
        return Math.ceil(left / slaves.length)
      case 'factoring':
      case 'weighted-factoring':
        return this.#factored(slave, left)
      default:
        return 1
    }
  }

  #factored(slave: string, left: number): number {
    const { slaves } = this.#options
    if (this.#chunks === 0) {
      this.#chunks = slaves.length
      this.#batch = left / 2
    }
    this.#chunks--
    const performance = this.#performances.get(slave) ?? 0
    const part = this.#policy === 'factoring' ? 1 / slaves.length : performance / this.#weight
    return Math.max(1, Math.round(this.#batch * part))
  }

  #hand(slave: string, unit: number): Instruction[] {
    const planned = this.#plan && unitAt(this.#plan, unit)
    if (this.#plan === undefined || planned === undefined) return []
    this.#atHand.set(slave, (this.#atHand.get(slave) ?? 0) + 1)
    const ref = { job: this.#plan.job, unit, attempt: 1, epoch: 1 }
    const { tile, depth } = planned
    return [{ type: 'assign-unit', slave, ref, tile, depth, leaseMs: 10_000 }]
  }
}
