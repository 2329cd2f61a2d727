/**
 * A slave by its messages: it registers, says that it lives, takes units, pulls blocks, multiplies whole numbers, sends tiles.
 * It may be slow, stand still, or give wrong tiles.
 */
import { type Cluster, origin, type SlaveAddress } from '../../../src/config.ts'
import { asGemmeshError, GemmeshError } from '../../../src/errors.ts'
import { faultOf } from '../../../src/protocol/faults.ts'
import { protocolVersion } from '../../../src/protocol/limits.ts'
import type { CancelUnits, UnitRef, WorkUnit } from '../../../src/protocol/messages.ts'
import { mediaTypes, routeOf, tilePath } from '../../../src/protocol/routes.ts'
import { retry } from '../../../src/roles/retry.ts'
import type { World } from '../../../src/roles/world.ts'
import { ExchangeLink } from '../../../src/transport/exchange-link.ts'
import type { Link } from '../../../src/transport/link.ts'
import { Traffic } from '../../../src/transport/traffic.ts'
import { BlockShelf } from './block-shelf.ts'
import { tileOf } from './product.ts'
import { Life, type Sim } from './sim.ts'
import type { Arriving, Served, SimNetwork } from './sim-network.ts'
import { worldOf } from './sim-world.ts'

export const lies = ['flip', 'zero', 'stale', 'swapped', 'constant'] as const
export type Lie = (typeof lies)[number]

export interface SlaveNature {
  /** For a multiplication and an addition, in ms. */
  readonly msPerProduct: number
  /** What it does to tiles, and how often: 0 to 1. */
  readonly lie?: Lie | undefined
  readonly liesOften: number
}

/** The longest piece of a unit, far below any lease. */
const pieceMs = 500

interface Held {
  readonly ref: UnitRef
  readonly abort: AbortController
  progress: number
}

export class SimSlave {
  readonly address: SlaveAddress
  readonly nature: SlaveNature
  readonly #sim: Sim
  readonly #network: SimNetwork
  readonly #cluster: Cluster
  #starts = 0
  life: Life | undefined
  /** It answers nobody and does nothing, as a stopped process; or it does nothing, but says that it lives. */
  state: 'well' | 'frozen' | 'hung' = 'well'
  /** Tiles that it gave wrong, by unit: `job/unit/attempt`. */
  readonly lied = new Set<string>()

  constructor(address: SlaveAddress, nature: SlaveNature, sim: Sim, network: SimNetwork, cluster: Cluster) {
    this.address = address
    this.nature = nature
    this.#sim = sim
    this.#network = network
    this.#cluster = cluster
  }

  get isUp(): boolean {
    return this.life?.alive === true
  }

  start(): void {
    if (this.isUp) return
    const life = new Life(`${this.address.name}#${++this.#starts}`)
    this.life = life
    this.#sim.note(`start ${life.name}`)
    const slave = new SlaveProcess(this, life, this.#sim, this.#network, this.#cluster)
    this.#network.listen(origin(this.address), {
      life,
      machine: this.address.name,
      serve: request => slave.serve(request),
    })
    slave.keepMembership()
  }

  crash(): void {
    if (!this.isUp) return
    this.#sim.note(`kill ${this.life?.name}`)
    this.life?.end()
  }
}

const keyOf = ({ job, unit, attempt, epoch }: UnitRef): string => `${job}/${unit}/${epoch}/${attempt}`

class SlaveProcess {
  readonly #slave: SimSlave
  readonly #sim: Sim
  readonly #world: World
  readonly #link: Link
  readonly #cluster: Cluster
  readonly #member: { readonly name: string; readonly incarnation: string }
  readonly #ending = new AbortController()
  readonly #open = new Map<string, Held>()
  readonly #blocks: BlockShelf
  /** One unit is computed at a time. */
  #computing: Promise<void> = Promise.resolve()
  /** Of any unit: those that wait for their turn get on with them, as with those of a real pool. */
  #piecesTaken = 0
  /** The last tile, for who has it twice. */
  #last: Int32Array<ArrayBuffer> | undefined

  constructor(slave: SimSlave, life: Life, sim: Sim, network: SimNetwork, cluster: Cluster) {
    this.#slave = slave
    this.#sim = sim
    this.#cluster = cluster
    this.#world = worldOf(sim, life)
    const { name, ip } = slave.address
    this.#member = { name, incarnation: this.#world.randomId() }
    this.#link = new ExchangeLink(
      request => network.exchange({ life, machine: name, ip }, request),
      new Traffic(),
    )
    this.#blocks = new BlockShelf(this.#link)
    life.onEnd(() => this.#ending.abort(new Error('dead')))
  }

  async serve(request: Arriving): Promise<Served> {
    const unit = routeOf('unit')
    const cancel = routeOf('cancel')
    const { path, body } = request
    while (this.#slave.state === 'frozen') await this.#world.delay(500)
    if (path === unit.path)
      return {
        contentType: mediaTypes.message,
        body: unit.reply.encode(this.#accept(unit.request.decode(body))),
      }
    if (path === cancel.path)
      return {
        contentType: mediaTypes.message,
        body: cancel.reply.encode(this.#cancel(cancel.request.decode(body))),
      }
    throw new GemmeshError('GEMMESH_ROUTE_UNKNOWN', `no route ${path}`)
  }

  async keepMembership(): Promise<void> {
    const master = origin(this.#cluster.assign)
    const { heartbeatMs } = this.#cluster.options
    const { signal } = this.#ending
    while (!signal.aborted) {
      try {
        await this.#link.call(master, 'register', {
          ...this.#member,
          protocolVersion,
          port: this.#slave.address.port,
          threads: 1,
          memoryBytes: 2 ** 20,
        })
        for (;;) {
          await this.#world.delay(heartbeatMs, signal)
          if (this.#slave.state === 'frozen') continue
          const running = [...this.#open.values()].map(({ ref: id, progress }) => ({
            id,
            progress: progress + this.#piecesTaken,
          }))
          const { registerAgain } = await this.#link.call(master, 'heartbeat', { ...this.#member, running })
          if (registerAgain) break
        }
      } catch {
        await this.#world.delay(heartbeatMs * (0.5 + this.#world.random() / 2), signal).catch(() => {})
      }
    }
  }

  #accept(unit: WorkUnit): { queued: number } {
    const key = keyOf(unit.id)
    const limit = this.#cluster.options.unitsAtHand + 2
    if (!this.#open.has(key)) {
      if (this.#open.size >= limit)
        throw new GemmeshError('GEMMESH_BUSY', `${this.#open.size} units are at hand, the limit is ${limit}`)
      const held: Held = { ref: unit.id, abort: new AbortController(), progress: 0 }
      this.#open.set(key, held)
      this.#work(unit, held).finally(() => this.#open.delete(key))
    }
    return { queued: this.#open.size }
  }

  #cancel({ job, units }: CancelUnits): { units: number } {
    const ended = [...this.#open.values()].filter(
      ({ ref }) => ref.job === job && (units.length === 0 || units.includes(ref.unit)),
    )
    for (const { abort } of ended) abort.abort(new GemmeshError('GEMMESH_JOB_CANCELLED', 'cancelled'))
    return { units: ended.length }
  }

  async #work(unit: WorkUnit, held: Held): Promise<void> {
    const { signal } = held.abort
    const slave = this.#member.name
    try {
      const before = this.#computing
      const through = Promise.withResolvers<void>()
      this.#computing = through.promise
      let tile: Int32Array<ArrayBuffer>
      try {
        const operands = await this.#blocks.fetch(unit, signal, () => held.progress++)
        await before
        await this.#thawed(held)
        tile = tileOf(unit, operands)
        await this.#takeTime(unit, held)
      } finally {
        through.resolve()
      }
      const sent = this.#maybeLie(unit, tile)
      this.#last = tile
      const { id, dtype } = unit
      const { rows, columns } = unit.tile
      const header = {
        dtype,
        rows,
        columns,
        id,
        slave,
        variant: 'simulated',
        processorSha256: 'ab'.repeat(32),
      }
      const bytes = new Uint8Array(sent.buffer)
      await this.#retry(() =>
        this.#link.push(unit.combine, tilePath(id.job, id.unit), header, [bytes], { signal }),
      )
      held.progress++
      await this.#retry(() => this.#link.call(unit.replyTo, 'unitDone', this.#done(unit)))
    } catch (error) {
      const fault = asGemmeshError(error)
      if (fault.code === 'GEMMESH_JOB_CANCELLED' || this.#ending.signal.aborted) return
      const failed = { id: unit.id, slave, fault: faultOf(fault) }
      await this.#retry(() => this.#link.call(unit.replyTo, 'unitFailed', failed)).catch(() => {})
    }
  }

  /** As long as the products take, piece by piece; each is progress, however slow the slave is. */
  async #takeTime({ tile: { rows, columns }, kStart, kEnd }: WorkUnit, held: Held): Promise<void> {
    const products = rows * columns * Math.max(1, kEnd - kStart)
    let leftMs = products * this.#slave.nature.msPerProduct * (0.5 + this.#world.random())
    for (; leftMs > 0; leftMs -= pieceMs) {
      await this.#world.delay(Math.min(leftMs, pieceMs), held.abort.signal)
      await this.#thawed(held)
      this.#piecesTaken++
    }
  }

  /** A frozen slave goes on where it was when it thaws. */
  async #thawed({ abort: { signal } }: Held): Promise<void> {
    while (this.#slave.state !== 'well') await this.#world.delay(500, signal)
  }

  #maybeLie(unit: WorkUnit, tile: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
    const { lie, liesOften } = this.#slave.nature
    if (lie === undefined || tile.length === 0 || !this.#sim.random.chance(liesOften)) return tile
    const wrong = lieOf(lie, tile, this.#last, this.#sim)
    if (wrong.every((value, index) => value === tile[index])) return tile
    this.#slave.lied.add(keyOf(unit.id))
    this.#sim.note(`lie ${lie} ${this.#member.name}`, unit.id.unit, unit.id.attempt)
    return wrong
  }

  #done(unit: WorkUnit) {
    const counts = { fetchMs: 1, computeMs: 1, sendMs: 1, fetchedBytes: 0, blocksFetched: 0, blocksCached: 0 }
    const { id } = unit
    const processor = { variant: 'simulated', processorSha256: 'ab'.repeat(32) }
    return { ...counts, ...processor, id, slave: this.#member.name, operands: [] }
  }

  #retry<T>(call: () => Promise<T>): Promise<T> {
    return retry(call, {
      tries: 5,
      firstMs: 100,
      maxMs: 2000,
      signal: this.#ending.signal,
      world: this.#world,
    })
  }
}

function lieOf(
  lie: Lie,
  tile: Int32Array<ArrayBuffer>,
  last: Int32Array<ArrayBuffer> | undefined,
  sim: Sim,
): Int32Array<ArrayBuffer> {
  const wrong = tile.slice()
  switch (lie) {
    case 'flip': {
      const at = sim.integer(0, wrong.length - 1)
      wrong[at] = (wrong[at] ?? 0) ^ (1 << sim.integer(0, 31))
      return wrong
    }
    case 'zero':
      return wrong.fill(0)
    case 'constant':
      return wrong.fill(sim.integer(1, 100))
    case 'stale':
      return last?.length === tile.length ? last : wrong.fill(7)
    case 'swapped':
      return wrong.reverse()
  }
}
