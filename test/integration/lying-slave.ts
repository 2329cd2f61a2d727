/** A slave of a cluster whose tiles are not what it computed: its memory is broken, or it lies. */
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { Dtype } from '../../src/core/matrix.ts'
import { machineDisk } from '../../src/formats/disk.ts'
import type { Payload } from '../../src/protocol/bulk.ts'
import type { BulkHeader } from '../../src/protocol/messages.ts'
import { SlaveRole } from '../../src/roles/slave/slave-role.ts'
import { slaveRoutes } from '../../src/roles/slave/slave-routes.ts'
import { machineWorld } from '../../src/roles/world.ts'
import { MemoryJournal } from '../../src/store/journal/memory-journal.ts'
import { HttpLink } from '../../src/transport/http-link.ts'
import type { LinkOptions } from '../../src/transport/link.ts'
import { listen } from '../../src/transport/listen.ts'
import { buildServer } from '../../src/transport/server.ts'
import { Traffic } from '../../src/transport/traffic.ts'
import type { LocalCluster } from './local-cluster.ts'

/** What is sent of a tile, row-major, in the place of what was computed. */
export type Lie = (tile: Uint8Array, header: BulkHeader) => Uint8Array

export interface Liar {
  /** Tiles that it sent otherwise than it had computed them. */
  readonly lies: number
}

class LyingLink extends HttpLink {
  readonly #lie: Lie
  lies = 0

  constructor(localAddress: string, traffic: Traffic, lie: Lie) {
    super({ localAddress, traffic })
    this.#lie = lie
  }

  override async push(
    origin: string,
    path: string,
    header: BulkHeader,
    payload: Payload,
    options?: LinkOptions,
  ): Promise<void> {
    const views: Uint8Array[] = []
    for await (const view of payload) views.push(view.slice())
    const tile = new Uint8Array(Buffer.concat(views))
    const sent = this.#lie(tile.slice(), header)
    if (Buffer.compare(sent, tile) !== 0) this.lies++
    return super.push(origin, path, header, [sent], options)
  }
}

export async function startLiar(t: Test, cluster: LocalCluster, name: string, lie: Lie): Promise<Liar> {
  return startSlave(t, cluster, name, (ip, traffic) => new LyingLink(ip, traffic, lie))
}

/** Runs the slave of this name, with this link, until the test ends. */
export async function startSlave<Its extends HttpLink>(
  t: Test,
  cluster: LocalCluster,
  name: string,
  linkOf: (ip: string, traffic: Traffic) => Its,
  logger: FastifyBaseLogger = pino({ level: 'silent' }),
): Promise<Its> {
  const { configuration, folder } = cluster
  const self = configuration.slaves.find(slave => slave.name === name)
  if (self === undefined) throw new Error(`the cluster has no slave ${name}`)
  const traffic = new Traffic()
  const link = linkOf(self.ip, traffic)
  const app = buildServer({ name, counters: traffic, logger })
  const shell = { cluster: configuration, name, dataFolder: folder, link, traffic, logger }
  const openJournal = async () => new MemoryJournal()
  const role = new SlaveRole({ ...shell, world: machineWorld, disk: machineDisk, openJournal }, self)
  app.register(slaveRoutes, { role })
  await listen(app, self.ip, self.port)
  role.keepMembership().catch(() => {})
  t.teardown(async () => {
    await app.close()
    await role.close()
    await link.close()
  })
  return link
}

/** The highest bit of a mantissa or a whole number, of the element in the middle. */
export const flippedBit: Lie = (tile, { dtype }) => {
  const highest: Readonly<Record<Dtype, number>> = { float32: 22, float64: 51, int32: 31 }
  const bytes = dtype === 'float64' ? 8 : 4
  const element = Math.floor(tile.length / bytes / 2)
  const byte = element * bytes + (highest[dtype] >> 3)
  tile[byte] = (tile[byte] ?? 0) ^ (1 << (highest[dtype] & 7))
  return tile
}

export const zeros: Lie = tile => tile.fill(0)

export const notNumbers: Lie = (tile, { dtype }) => {
  const values = dtype === 'float64' ? new Float64Array(tile.buffer) : new Float32Array(tile.buffer)
  values[values.length - 1] = Number.NaN
  return tile
}

/** Of each tile the first one of that size is sent in its place: of another unit, or of another job. */
export function anotherTile(): Lie {
  const first = new Map<string, Uint8Array>()
  return (tile, { rows, columns, dtype }) => {
    const key = `${rows}x${columns} ${dtype}`
    const other = first.get(key)
    if (other === undefined) first.set(key, tile)
    return other ?? tile
  }
}
