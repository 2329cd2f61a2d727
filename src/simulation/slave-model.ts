/**
 * A slave as the scheduler's instructions meet it: it pulls the blocks it lacks, computes one unit at a time in the order
 * of arrival, and sends tiles while it computes the next.
 */
import { area, type Interval, lengthOf, type Rectangle } from '../core/geometry.ts'
import type { UnitFigures, UnitRef } from '../core/scheduler.ts'
import { computedAt, type SimulatedSlave } from './cluster.ts'
import { Lane, through } from './network.ts'
import type { Random } from './random.ts'

/** The world around the slave. */
export interface SlaveWorld {
  readonly now: number
  readonly random: Random
  /** Of blocks, along rows and columns of C. */
  readonly blockEdge: number
  readonly toSlaves: Lane
  readonly toCombine: Lane
  later(atMs: number, action: () => void): void
  job(job: string): {
    readonly shape: readonly [m: number, n: number, k: number]
    readonly elementBytes: number
  }
  /** master-combine has the tile. */
  tileArrived(slave: SlaveModel, ref: UnitRef, figures: UnitFigures): void
}

interface Held {
  readonly ref: UnitRef
  readonly tile: Rectangle
  readonly depth: Interval
  /** When the last of its blocks is there. */
  fetchedAt: number
  /** As slaves say it: of the time in which blocks came, what was not another unit's. */
  fetchMs: number
  fetchedBytes: number
  computeMs: number
  stage: 'fetching' | 'ready' | 'computing' | 'sending' | 'over'
}

/** The blocks of a row of blocks of A, or a column of blocks of B, in one layer. */
interface Panel {
  /** Rows of A, or columns of B. */
  readonly lines: number
  /** When the first of them is there. */
  firstAt: number | undefined
  lastAt: number | undefined
}

const keyOf = ({ job, unit }: UnitRef): string => `${job}/${unit}`

export class SlaveModel {
  readonly facts: SimulatedSlave
  readonly #world: SlaveWorld
  readonly #held = new Map<string, Held>()
  readonly #panels = new Map<string, Panel>()
  readonly #down: Lane
  readonly #up: Lane
  #process = 0
  /** When all that it asked for is there. */
  #fetchedAt = 0
  #computing: Held | undefined
  isUp = false
  isDraining = false
  fetchedBytes = 0

  constructor(facts: SimulatedSlave, world: SlaveWorld) {
    this.facts = facts
    this.#world = world
    this.#down = new Lane(facts)
    this.#up = new Lane(facts)
  }

  get incarnation(): string {
    return `${this.facts.name}-${this.#process}`
  }

  get running(): UnitRef[] {
    return Array.from(this.#held.values(), ({ ref }) => ref)
  }

  start(): void {
    this.#process++
    this.isUp = true
  }

  /** The process ends; whatever it was about never happens. */
  stop(): void {
    for (const held of this.#held.values()) held.stage = 'over'
    this.isUp = false
    this.#held.clear()
    this.#panels.clear()
    this.#computing = undefined
  }

  accept(ref: UnitRef, tile: Rectangle, depth: Interval): void {
    const known = this.#held.get(keyOf(ref))
    if (!this.isUp || known?.ref.attempt === ref.attempt) return
    const held: Held = {
      ref,
      tile,
      depth,
      fetchedAt: 0,
      fetchMs: 0,
      fetchedBytes: 0,
      computeMs: 0,
      stage: 'fetching',
    }
    this.#held.set(keyOf(ref), held)
    this.#world.later(this.#fetch(held), () => {
      if (held.stage !== 'fetching') return
      held.stage = 'ready'
      this.#computeNext()
    })
  }

  cancel(job: string, units: readonly number[]): void {
    for (const unit of units) {
      const held = this.#held.get(`${job}/${unit}`)
      if (held === undefined) continue
      held.stage = 'over'
      this.#held.delete(`${job}/${unit}`)
      if (this.#computing !== held) continue
      this.#computing = undefined
      this.#computeNext()
    }
  }

  /** The slave's part is over: it was told that its tile is placed, or refused. */
  forget(ref: UnitRef): void {
    if (this.#held.get(keyOf(ref))?.ref === ref) this.#held.delete(keyOf(ref))
  }

  holds(ref: UnitRef): boolean {
    return this.#held.get(keyOf(ref))?.ref === ref
  }

  #computeNext(): void {
    if (this.#computing !== undefined) return
    for (const held of this.#held.values()) {
      if (held.stage !== 'ready') continue
      this.#compute(held)
      return
    }
  }

  #compute(held: Held): void {
    const { random, now } = this.#world
    const { elementBytes } = this.#world.job(held.ref.job)
    const k = lengthOf(held.depth)
    const elements = area(held.tile)
    held.stage = 'computing'
    this.#computing = held
    const flops = 2 * elements * k * random.noise(this.facts.noise)
    // Blocks that arrive while it computes are multiplied as they come; of the last ones, all is still to do.
    const lastStepAt = computedAt(this.facts, held.fetchedAt, flops / this.#steps(k))
    const doneAt = computedAt(this.facts, now, flops)
    held.computeMs = doneAt - now
    this.#world.later(Math.max(doneAt, lastStepAt), () => {
      if (held.stage !== 'computing') return
      held.stage = 'sending'
      this.#computing = undefined
      this.#send(held, elements * elementBytes)
      this.#computeNext()
    })
  }

  #send(held: Held, bytes: number): void {
    const { now, toCombine } = this.#world
    const arrivesAt = through(now, bytes, this.#up, toCombine) + this.facts.latencyMs
    this.#world.later(arrivesAt, () => {
      if (held.stage === 'sending') this.#world.tileArrived(this, held.ref, figuresOf(held))
    })
  }

  /** Pulls the panels of rows of A and columns of B that it was not sent yet; when there is enough to begin with. */
  #fetch(held: Held): number {
    const { row, rows, column, columns } = held.tile
    const { now } = this.#world
    const { job } = held.ref
    const { shape, elementBytes } = this.#world.job(job)
    const [m, n] = shape
    const k = lengthOf(held.depth)
    const layer = `${job} ${held.depth.start}`
    const panels = [
      ...this.#panelsOf(`${layer} A`, row, rows, m),
      ...this.#panelsOf(`${layer} B`, column, columns, n),
    ]
    // Step by step along k: the first blocks of all panels come before the others of any.
    const missing = panels.filter(({ firstAt }) => firstAt === undefined)
    const lineBytes = k * elementBytes
    const firstPart = 1 / this.#steps(k)
    for (const panel of missing) panel.firstAt = this.#pull(panel.lines * lineBytes * firstPart)
    for (const panel of missing) panel.lastAt = this.#pull(panel.lines * lineBytes * (1 - firstPart))
    held.fetchedAt = Math.max(now, ...panels.map(({ lastAt = now }) => lastAt))
    held.fetchMs = Math.max(0, held.fetchedAt - Math.max(now, this.#fetchedAt))
    held.fetchedBytes = missing.reduce((sum, { lines }) => sum + lines * lineBytes, 0)
    this.#fetchedAt = Math.max(this.#fetchedAt, held.fetchedAt)
    return Math.max(now, ...panels.map(({ firstAt = now }) => firstAt))
  }

  #pull(bytes: number): number {
    this.fetchedBytes += bytes
    const { now, toSlaves } = this.#world
    return through(now, bytes, toSlaves, this.#down) + 2 * this.facts.latencyMs
  }

  /** What it was sent, it keeps. */
  *#panelsOf(operand: string, start: number, length: number, whole: number): Generator<Panel> {
    const { blockEdge } = this.#world
    for (let block = Math.floor(start / blockEdge); block * blockEdge < start + length; block++) {
      const key = `${operand} ${block}`
      const lines = Math.min(blockEdge, whole - block * blockEdge)
      const panel = this.#panels.get(key) ?? { lines, firstAt: undefined, lastAt: undefined }
      this.#panels.set(key, panel)
      yield panel
    }
  }

  /** Blocks along k. */
  #steps(k: number): number {
    return Math.max(1, Math.ceil(k / this.#world.blockEdge))
  }
}

function figuresOf({ fetchMs, computeMs, fetchedBytes }: Held): UnitFigures {
  const counts = { sendMs: 0, blocksFetched: 0, blocksCached: 0, variant: 'modelled', processor: '' }
  return { fetchMs, computeMs, fetchedBytes, ...counts }
}
