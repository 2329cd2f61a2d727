/** Brings about what the scenario says goes wrong, until it is told to end; then everybody is up, and everything heals. */
import { Random } from '../../../src/simulation/random.ts'
import type { Scenario } from './scenario.ts'
import type { Sim } from './sim.ts'
import type { SimMaster } from './sim-masters.ts'
import type { SimNetwork } from './sim-network.ts'
import type { SimSlave } from './sim-slave.ts'

export interface TroublemakerParts {
  readonly sim: Sim
  readonly network: SimNetwork
  readonly scenario: Scenario
  readonly masters: readonly SimMaster[]
  readonly slaves: readonly SimSlave[]
}

export class Troublemaker {
  readonly #parts: TroublemakerParts
  /** Its own, so that what it does depends little on what others draw. */
  readonly #random: Random
  #isOver = false
  #walls: (() => void)[] = []
  /** The slave that does not recover. */
  readonly #lost: SimSlave | undefined
  crashes = 0

  constructor(parts: TroublemakerParts) {
    this.#parts = parts
    this.#random = new Random(Math.floor(parts.sim.random.next() * 2 ** 32))
    this.#lost = parts.scenario.isOneLost ? parts.slaves[0] : undefined
    for (const master of parts.masters) master.disk.onStep = what => this.#step(master, what)
  }

  begin(): void {
    const { sim, scenario, masters, slaves } = this.#parts
    const { counts } = scenario
    const times = (count: number, trouble: () => void) => {
      for (let index = 0; index < count; index++)
        sim.later(this.#random.next() * scenario.calmAtMs, () => {
          if (!this.#isOver) trouble()
        })
    }
    times(counts.masterCrashes, () => this.#crashMaster(this.#pick(masters)))
    times(counts.slaveCrashes, () => this.#crashSlave(this.#pick(slaves)))
    times(counts.freezes, () => this.#freeze(this.#pick(slaves)))
    times(counts.walls, () => this.#wall())
    times(counts.fullDisks, () => this.#disk(this.#pick(masters), 'isFull'))
    times(counts.failedFlushes, () => {
      this.#pick(masters).disk.failsNext = true
    })
    times(counts.slowDisks, () => this.#disk(this.#pick(masters), 'isSlow'))
    times(counts.wallJumps, () => {
      sim.wallJumpMs = this.#random.between(-1, 1) * 400 * 24 * 3_600_000
      sim.note('the clock of the wall jumps')
    })
    if (scenario.counts.masterCrashes > 2 && this.#random.chance(0.3)) times(1, () => this.#crashAll())
  }

  end(): void {
    const { sim, masters, slaves } = this.#parts
    this.#isOver = true
    for (const wall of this.#walls) wall()
    for (const master of masters) {
      master.disk.isFull = false
      master.disk.isSlow = false
      master.disk.failsNext = false
      master.start()
    }
    for (const slave of slaves) {
      // One stays as it is for ever: nobody may wait for it.
      if (slave === this.#lost) slave.state = this.#random.chance(0.5) ? 'frozen' : 'hung'
      else slave.state = 'well'
      slave.start()
    }
    sim.note('calm')
  }

  /** A master may die at any step, not only between them. */
  #step(master: SimMaster, what: string): void {
    const { sim, scenario } = this.#parts
    if (this.#isOver || !this.#random.chance(scenario.stepCrash)) return
    sim.note(`dies ${what}`)
    this.#crashMaster(master)
  }

  #crashMaster(master: SimMaster): void {
    if (!master.isUp) return
    this.crashes++
    master.crash(this.#parts.scenario.power && this.#random.chance(0.5))
    this.#again(() => master.start())
  }

  #crashSlave(slave: SimSlave): void {
    if (!slave.isUp) return
    this.crashes++
    slave.crash()
    this.#again(() => slave.start())
  }

  #crashAll(): void {
    for (const master of this.#parts.masters) this.#crashMaster(master)
    for (const slave of this.#parts.slaves) this.#crashSlave(slave)
  }

  #freeze(slave: SimSlave): void {
    slave.state = this.#random.chance(0.5) ? 'frozen' : 'hung'
    this.#again(() => {
      slave.state = 'well'
    })
  }

  #wall(): void {
    const { network, masters, slaves } = this.#parts
    const machines = [...masters.map(({ machine }) => machine), ...slaves.map(({ address }) => address.name)]
    const isOne = machines.map(() => this.#random.chance(0.4))
    const end = network.part(
      machines.filter((_, index) => isOne[index] === true),
      machines.filter((_, index) => isOne[index] !== true),
    )
    this.#walls.push(end)
    this.#again(end)
  }

  #disk(master: SimMaster, trouble: 'isFull' | 'isSlow'): void {
    master.disk[trouble] = true
    this.#again(() => {
      master.disk[trouble] = false
    })
  }

  /** After a while, of any order of magnitude. */
  #again(heal: () => void): void {
    this.#parts.sim.later(20 * 1000 ** this.#random.next(), heal)
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#random.next() * items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
}
