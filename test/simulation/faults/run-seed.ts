/** One run: a cluster lives through what its seed brings, has to finish when that is over, and is looked at to the end. */

import type { Logger } from 'pino'
import { origin } from '../../../src/config.ts'
import { Jobs } from './jobs.ts'
import { drawScenario, type Scenario, type Troubles } from './scenario.ts'
import type { Seams } from './seams.ts'
import { Sim } from './sim.ts'
import { SimMaster, silentLogger } from './sim-masters.ts'
import { fairWeather, SimNetwork } from './sim-network.ts'
import { SimSlave } from './sim-slave.ts'
import { SimMatrices } from './stores.ts'
import { Troublemaker } from './troublemaker.ts'
import { User } from './user.ts'
import { Watch } from './watch.ts'

export interface RunOptions {
  readonly troubles?: Troubles
  /** A planted bug. */
  readonly planted?: (sim: Sim) => Seams
  readonly log?: ((line: string) => void) | undefined
  readonly logger?: Logger | undefined
}

export interface RunReport {
  readonly seed: number
  /** Promises that were broken. */
  readonly faults: readonly string[]
  /** Of all that happened. */
  readonly hash: string
  readonly events: number
  readonly simulatedMs: number
  readonly jobs: number
  readonly tiles: number
  readonly crashes: number
  readonly damaged: number
  readonly lies: number
}

/** Everything has to be finished so long after the troubles. */
const patienceMs = 15 * 60_000
const eventsLimit = 400_000

export async function runSeed(seed: number, options: RunOptions = {}): Promise<RunReport> {
  const sim = new Sim(seed, options.log)
  const scenario = drawScenario(sim, options.troubles ?? {})
  const world = new SimulatedCluster(sim, scenario, options)
  const unhandled = (reason: unknown) =>
    sim.fault(
      `a rejection that nobody handles: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
    )
  process.on('unhandledRejection', unhandled)
  try {
    await world.live()
  } finally {
    process.off('unhandledRejection', unhandled)
  }
  const { network, slaves, watch, troublemaker } = world
  return {
    seed,
    faults: sim.faults,
    hash: sim.trace.hash,
    events: sim.events,
    simulatedMs: sim.now,
    jobs: scenario.users.length,
    tiles: watch.tilesAcknowledged,
    crashes: troublemaker.crashes,
    damaged: network.damaged,
    lies: slaves.reduce((sum, { lied }) => sum + lied.size, 0),
  }
}

class SimulatedCluster {
  readonly sim: Sim
  readonly network: SimNetwork
  readonly watch: Watch
  readonly slaves: readonly SimSlave[]
  readonly troublemaker: Troublemaker
  readonly #scenario: Scenario
  readonly #masters: readonly SimMaster[]
  readonly #users: readonly User[]

  constructor(sim: Sim, scenario: Scenario, { planted, logger = silentLogger }: RunOptions) {
    const { cluster, isOneMaster } = scenario
    this.sim = sim
    this.#scenario = scenario
    this.network = new SimNetwork(sim)
    const matrices = new SimMatrices()
    for (const [id, matrix] of scenario.matrices) matrices.add(id, matrix)
    const jobs = new Jobs(matrices)
    this.watch = new Watch(sim, jobs, scenario.calmAtMs)
    const seams: readonly Seams[] = [...(planted === undefined ? [] : [planted(sim)]), this.watch]
    for (const seam of seams) seam.network?.(this.network)
    const { network, watch } = this
    const parts = { sim, network, cluster, matrices, seams, logger }
    const assign = new SimMaster(cluster.assign.name, isOneMaster ? ['combine', 'assign'] : ['assign'], parts)
    const combine = isOneMaster ? assign : new SimMaster(cluster.combine.name, ['combine'], parts)
    watch.combineDisk = combine.disk
    watch.assignMaster = assign
    this.#masters = isOneMaster ? [assign] : [assign, combine]
    this.slaves = cluster.slaves.map((address, index) => {
      const nature = scenario.natures[index] ?? { msPerProduct: 1, liesOften: 0 }
      return new SimSlave(address, nature, sim, network, cluster)
    })
    const world = {
      ...{ sim, network, jobs, assign, combine },
      assignOrigin: origin(cluster.assign),
      combineOrigin: origin(cluster.combine),
      accepted: (id: string) => watch.jobAccepted(id),
    }
    this.#users = scenario.users.map((plan, index) => new User(`user${index + 1}`, plan, world))
    this.troublemaker = new Troublemaker({
      sim,
      network,
      scenario,
      masters: this.#masters,
      slaves: this.slaves,
    })
  }

  async live(): Promise<void> {
    const { sim, network } = this
    const { calmAtMs, weather } = this.#scenario
    for (const node of [...this.#masters, ...this.slaves])
      sim.later(sim.random.next() * 500, () => node.start())
    for (const user of this.#users) user.live()
    network.weather = weather
    this.troublemaker.begin()
    sim.later(calmAtMs, () => {
      network.weather = fairWeather
      this.troublemaker.end()
    })
    const isOver = () => this.#users.every(user => user.isOver)
    if (!(await sim.run(isOver, calmAtMs + patienceMs, eventsLimit))) return this.#stuck()
    // What is still on its way comes to its end; and then all nodes lose their power.
    await sim.run(() => false, sim.now + 90_000, sim.events + 50_000)
    await this.#check('a minute later')
    this.watch.whenAllHaveEnded()
    for (const master of this.#masters) master.crash(true)
    for (const node of this.#masters) node.start()
    await this.#check('after all masters were started anew')
    this.watch.whenAllHaveEnded()
    this.watch.atTheEnd(this.slaves)
  }

  async #check(when: string): Promise<void> {
    const { sim } = this
    let isOver = false
    Promise.all(this.#users.map(user => user.checkAgain(when))).then(() => {
      isOver = true
    })
    if (!(await sim.run(() => isOver, sim.now + 600_000, sim.events + 50_000)))
      sim.fault(`the masters did not answer for ten minutes ${when}`)
  }

  #stuck(): void {
    const { sim } = this
    const left = this.#users.filter(user => !user.isOver)
    const views = left.map(({ name, id }) => {
      const master = this.#masters[0]
      const view = id === undefined ? undefined : master?.users?.jobs().find(job => job.id === id)
      return `${name} ${id ?? 'not accepted'} ${view === undefined ? '' : `${view.state} ${view.unitsPlaced}/${view.unitsTotal} ${view.reason ?? ''}`}`
    })
    sim.fault(`stuck after ${sim.events} events: ${views.join('; ')}`)
  }
}
