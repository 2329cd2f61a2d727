/** A node: a process with the roles of its mode, each listening at its configured address and at no other. */
import { join } from 'node:path'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { healthApi } from '../api/health.ts'
import { matricesApi } from '../api/matrices-api.ts'
import type { Health } from '../api/schemas.ts'
import { usersApi } from '../api/users-api.ts'
import type { Cluster, Identity, NodeAddress } from '../config.ts'
import { machineDisk } from '../formats/disk.ts'
import { SqliteJournal } from '../store/journal/sqlite-journal.ts'
import type { Answers } from '../transport/answers.ts'
import { ColocatedLink } from '../transport/colocated-link.ts'
import { HttpLink } from '../transport/http-link.ts'
import { listen } from '../transport/listen.ts'
import { buildServer } from '../transport/server.ts'
import { Traffic } from '../transport/traffic.ts'
import { version } from '../version.ts'
import { AssignRole } from './assign/assign-role.ts'
import { assignRoutes } from './assign/assign-routes.ts'
import { CombineRole } from './combine/combine-role.ts'
import { combineRoutes } from './combine/combine-routes.ts'
import type { Shell } from './shell.ts'
import { SlaveRole } from './slave/slave-role.ts'
import { slaveRoutes } from './slave/slave-routes.ts'
import { machineWorld } from './world.ts'

export interface NodeOptions {
  readonly cluster: Cluster
  readonly self: Identity
  readonly dataFolder: string
  readonly logger: FastifyBaseLogger
  /** Of the processors that a master-assign serves, instead of its installation's. */
  readonly processorFolder?: URL | undefined
}

export interface RunningNode {
  /** Where its roles listen. */
  readonly origins: readonly string[]
  /** Settles when the node has ended; rejects with the reason when it ended by itself. */
  readonly closed: Promise<void>
  close(): Promise<void>
  /** As `close`, but a slave first finishes the unit it is at, if that takes no longer than `patienceMs`. */
  drain(patienceMs: number): Promise<void>
}

/** One role in place: its app, and how it ends. */
interface Hosted {
  readonly origin: string
  readonly close: () => Promise<void>
  /** What the role does before it can be closed in good order. */
  readonly drain?: (patienceMs: number) => Promise<void>
  /** Rejects when the role cannot go on. */
  readonly alive?: Promise<void>
}

/** What the roles of a node have in common; each finds the others among its neighbours. */
interface Hosting extends NodeOptions {
  readonly neighbours: Map<string, Answers>
}

/** Starts the roles of `self`. GEMMESH_PORT_TAKEN and what the roles' folders give; nothing is left running then. */
export async function startNode(nodeOptions: NodeOptions): Promise<RunningNode> {
  const { self } = nodeOptions
  const options: Hosting = { ...nodeOptions, neighbours: new Map() }
  const hosted: Hosted[] = []
  try {
    // Combine before assign: whoever finds master-assign finds all that it needs.
    if (self.combine !== undefined) hosted.push(await hostCombine(options, self.combine))
    if (self.assign !== undefined) hosted.push(await hostAssign(options, self.assign))
    if (self.slave !== undefined) hosted.push(await hostSlave(options, self.slave))
  } catch (error) {
    await closeAll(hosted)
    throw error
  }
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => {}) // who wants to know, asks `closed`
  let closing: Promise<void> | undefined
  const close = (reason?: unknown): Promise<void> => {
    closing ??= closeAll(hosted).then(() => (reason === undefined ? ended.resolve() : ended.reject(reason)))
    return closing
  }
  const drain = async (patienceMs: number): Promise<void> => {
    if (closing === undefined) await Promise.all(hosted.map(role => role.drain?.(patienceMs)))
    await close()
  }
  for (const { alive } of hosted) alive?.catch(close)
  return { origins: hosted.map(({ origin }) => origin), closed: ended.promise, close: () => close(), drain }
}

async function closeAll(hosted: readonly Hosted[]): Promise<void> {
  await Promise.all(hosted.map(({ close }) => close()))
}

/** What all roles have: an app with its health, a link that calls from the node's own address, counted traffic. */
function frame(
  { self, cluster, dataFolder, logger, neighbours }: Hosting,
  address: NodeAddress,
  role: string,
  details: () => Pick<Health, 'unitsOpen'> = () => ({}),
) {
  const traffic = new Traffic()
  const remote = new HttpLink({ localAddress: address.ip, traffic })
  const link = new ColocatedLink(neighbours, remote, address.ip)
  const roleLogger = logger.child({ node: self.name, role })
  const app = buildServer({ name: `${self.name} (${role})`, counters: traffic, logger: roleLogger })
  const shell: Shell = {
    cluster,
    name: self.name,
    dataFolder,
    link,
    traffic,
    logger: roleLogger,
    world: machineWorld,
    disk: machineDisk,
    openJournal: path => SqliteJournal.open(path),
  }
  const health = () => ({
    name: self.name,
    roles: [role],
    version,
    traffic: traffic.snapshot(),
    damaged: traffic.damaged,
    ...details(),
  })
  app.register(healthApi, { health })
  return { app, link, shell }
}

async function open(
  app: FastifyInstance,
  { neighbours }: Hosting,
  { ip, port }: NodeAddress,
  close: () => Promise<void>,
): Promise<string> {
  let origin = ''
  app.addHook('preClose', async () => {
    neighbours.delete(origin)
  })
  try {
    origin = await listen(app, ip, port)
    neighbours.set(origin, app.answers)
    return origin
  } catch (error) {
    await close()
    throw error
  }
}

async function hostAssign(options: Hosting, address: NodeAddress): Promise<Hosted> {
  const { app, link, shell } = frame(options, address, 'assign')
  const role = await AssignRole.open(shell, {
    data: options.dataFolder,
    matrices: join(options.dataFolder, 'matrices'),
    processors: options.processorFolder,
  })
  const { alive } = role
  app.register(assignRoutes, { role, cluster: options.cluster })
  app.register(usersApi, { service: role.users })
  app.register(matricesApi, { service: role.matrices })
  const close = async () => {
    await app.close()
    await role.close()
    await link.close()
  }
  return { origin: await open(app, options, address, close), close, alive }
}

async function hostCombine(options: Hosting, address: NodeAddress): Promise<Hosted> {
  const { app, link, shell } = frame(options, address, 'combine')
  const resultsFolder = join(options.dataFolder, 'results')
  const role = await CombineRole.open(shell, resultsFolder)
  app.register(combineRoutes, { role, resultsFolder })
  const close = async () => {
    await app.close()
    await role.close()
    await link.close()
  }
  return { origin: await open(app, options, address, close), close, alive: role.alive }
}

async function hostSlave(options: Hosting, address: NonNullable<Identity['slave']>): Promise<Hosted> {
  const { app, link, shell } = frame(options, address, 'slave', () => ({ unitsOpen: role.unitsOpen }))
  const role = new SlaveRole(shell, address)
  app.register(slaveRoutes, { role })
  const close = async () => {
    await app.close()
    await role.close()
    await link.close()
  }
  const opened = await open(app, options, address, close)
  const drain = (patienceMs: number) => role.drain(patienceMs)
  return { origin: opened, close, drain, alive: role.keepMembership() }
}
