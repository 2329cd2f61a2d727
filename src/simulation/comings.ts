/** How slaves come and go: they start, say that they live, drain, die and come back. */
import type { Event } from '../core/scheduler.ts'
import { deliveries, type Faults } from './network.ts'
import { heartbeatMs } from './options.ts'
import type { Random } from './random.ts'
import type { SlaveModel } from './slave-model.ts'

export interface ComingsWorld {
  readonly now: number
  readonly random: Random
  readonly faults: Faults | undefined
  later(atMs: number, action: () => void): void
  /** master-assign hears it now. */
  tell(event: Event): void
  isMember(slave: string, incarnation: string): boolean
}

export class Comings {
  readonly #world: ComingsWorld

  constructor(world: ComingsWorld) {
    this.#world = world
  }

  schedule(slave: SlaveModel): void {
    const { joinsAtMs = 0, drainsAtMs, crashesAtMs, returnsAtMs } = slave.facts
    this.#world.later(joinsAtMs, () => this.#start(slave))
    if (drainsAtMs !== undefined) this.#world.later(drainsAtMs, () => this.#drain(slave))
    if (crashesAtMs !== undefined) this.#world.later(crashesAtMs, () => slave.stop())
    if (returnsAtMs !== undefined && crashesAtMs !== undefined)
      this.#world.later(returnsAtMs, () => this.#start(slave))
  }

  #start(slave: SlaveModel): void {
    slave.start()
    this.#register(slave)
    const { incarnation } = slave
    const beat = () => {
      if (!slave.isUp || slave.incarnation !== incarnation) return
      this.#beat(slave)
      this.#world.later(this.#world.now + heartbeatMs, beat)
    }
    this.#world.later(this.#world.now + heartbeatMs * (0.5 + this.#world.random.next() / 2), beat)
  }

  #register({ facts: { name }, incarnation }: SlaveModel): void {
    this.#world.tell({ type: 'slave-registered', slave: name, incarnation, threads: 1, memoryBytes: 2 ** 32 })
  }

  #beat(slave: SlaveModel): void {
    const { name, latencyMs } = slave.facts
    const { incarnation } = slave
    const message: Event = { type: 'slave-heartbeat', slave: name, incarnation, running: slave.running }
    for (const afterMs of deliveries(this.#world.random, latencyMs, this.#world.faults)) {
      this.#world.later(this.#world.now + afterMs, () => {
        if (this.#world.isMember(name, incarnation)) this.#world.tell(message)
        else if (slave.isUp && slave.incarnation === incarnation && !slave.isDraining) this.#register(slave)
      })
    }
  }

  #drain(slave: SlaveModel): void {
    slave.isDraining = true
    const { incarnation, facts } = slave
    this.#world.tell({ type: 'slave-draining', slave: facts.name, incarnation })
    this.leaveWhenDone(slave)
  }

  leaveWhenDone(slave: SlaveModel): void {
    if (!slave.isDraining || !slave.isUp || slave.running.length > 0) return
    const { incarnation, facts } = slave
    slave.stop()
    this.#world.later(this.#world.now + facts.latencyMs, () =>
      this.#world.tell({ type: 'slave-left', slave: facts.name, incarnation }),
    )
  }
}
