/** A process of one master, or of both: the real roles on simulated time, chance, disk and network. */
import pino, { type Logger } from 'pino'
import type { UsersService } from '../../../src/api/users-api.ts'
import { type Cluster, origin } from '../../../src/config.ts'
import { asGemmeshError, GemmeshError } from '../../../src/errors.ts'
import type { Disk } from '../../../src/formats/disk.ts'
import { decodeChunks } from '../../../src/protocol/decode-chunks.ts'
import { encodeChunks } from '../../../src/protocol/encode-chunks.ts'
import {
  mediaTypes,
  type ReplyOf,
  type RequestOf,
  type RouteName,
  routeOf,
} from '../../../src/protocol/routes.ts'
import { AssignRole } from '../../../src/roles/assign/assign-role.ts'
import { CombineRole } from '../../../src/roles/combine/combine-role.ts'
import type { Shell } from '../../../src/roles/shell.ts'
import type { World } from '../../../src/roles/world.ts'
import type { Journal } from '../../../src/store/journal/journal.ts'
import { MemoryJournal, MemoryJournalFile } from '../../../src/store/journal/memory-journal.ts'
import type { Caller as AnsweredCaller, Answers } from '../../../src/transport/answers.ts'
import { ColocatedLink } from '../../../src/transport/colocated-link.ts'
import { ExchangeLink } from '../../../src/transport/exchange-link.ts'
import type { Link } from '../../../src/transport/link.ts'
import { Traffic } from '../../../src/transport/traffic.ts'
import type { RoleName, Seams } from './seams.ts'
import { Life, type Sim } from './sim.ts'
import { SimDisk } from './sim-disk.ts'
import type { Arriving, Served, SimNetwork } from './sim-network.ts'
import { worldOf } from './sim-world.ts'
import { processorsOf, type SimMatrices } from './stores.ts'

export interface MastersParts {
  readonly sim: Sim
  readonly network: SimNetwork
  readonly cluster: Cluster
  readonly matrices: SimMatrices
  /** Who looks on, or meddles: the last ones are the outermost. */
  readonly seams: readonly Seams[]
  readonly logger: Logger
}

export const silentLogger: Logger = pino({ level: 'silent' })

/** A machine of masters: what is on its disk stays, processes come and go. */
export class SimMaster {
  readonly machine: string
  readonly disk: SimDisk
  readonly #parts: MastersParts
  readonly #roles: readonly RoleName[]
  readonly #journalFiles = new Map<string, MemoryJournalFile>()
  #journals: MemoryJournal[] = []
  #starts = 0
  life: Life | undefined
  assign: AssignRole | undefined
  users: UsersService | undefined
  combine: CombineRole | undefined

  constructor(machine: string, roles: readonly RoleName[], parts: MastersParts) {
    this.machine = machine
    this.#roles = roles
    this.#parts = parts
    this.disk = new SimDisk(parts.sim)
  }

  get isUp(): boolean {
    return this.life?.alive === true
  }

  journalFile(path: string): MemoryJournalFile {
    const file = this.#journalFiles.get(path) ?? new MemoryJournalFile()
    this.#journalFiles.set(path, file)
    return file
  }

  /** Starts a process; it listens when its roles are open. One that cannot open them ends, and is started again later. */
  start(): void {
    if (this.isUp) return
    const { sim } = this.#parts
    const life = new Life(`${this.machine}#${++this.#starts}`)
    this.life = life
    sim.note(`start ${life.name}`)
    this.#open(life).catch(error => {
      if (!life.alive) return
      sim.say(() => `${life.name} did not start: ${asGemmeshError(error).message}`)
      for (const seam of this.#parts.seams) seam.notStarted?.(life, asGemmeshError(error))
      this.crash(false)
      sim.later(1000, () => this.start())
    })
  }

  /** The process is killed; with `power`, what was not synced is lost, too. */
  crash(power: boolean): void {
    const { sim } = this.#parts
    if (!this.isUp) return
    sim.note(`${power ? 'power' : 'kill'} ${this.life?.name}`)
    this.life?.end()
    this.assign = undefined
    this.users = undefined
    this.combine = undefined
    for (const journal of this.#journals) journal.crash({ reached: sim.random.chance(0.5) })
    this.#journals = []
    if (power) this.disk.losePower()
  }

  /** A role cannot go on: its process ends, and is started again by whoever looks after it. */
  #endBySelf(life: Life, error: unknown): void {
    const { sim } = this.#parts
    if (!life.alive) return
    sim.say(() => `${life.name} ends by itself: ${asGemmeshError(error).message}`)
    this.crash(false)
    sim.later(1000, () => this.start())
  }

  async #open(life: Life): Promise<void> {
    const { network, matrices, seams } = this.#parts
    const cluster = seams.reduce((cluster, seam) => seam.cluster?.(cluster) ?? cluster, this.#parts.cluster)
    const neighbours = new Map<string, Answers>()
    // Combine before assign, as a node does.
    if (this.#roles.includes('combine')) {
      const shell = this.#shell(life, cluster, cluster.combine.ip, neighbours)
      const role = await CombineRole.open(shell, resultsFolder)
      this.combine = role
      role.alive.catch(error => this.#endBySelf(life, error))
      const taking = this.#parts.seams.reduce<CombineRole['takeTile']>(
        (take, seam) => seam.takeTile?.(life, take) ?? take,
        (job, transfer) => role.takeTile(job, transfer),
      )
      const answers = combineAnswers(role)
      for (const seam of this.#parts.seams) seam.answers?.('combine', life, answers)
      neighbours.set(origin(cluster.combine), answers)
      network.listen(origin(cluster.combine), {
        life,
        machine: this.machine,
        serve: request => serveCombine(taking, answers, request),
      })
    }
    if (this.#roles.includes('assign')) {
      const shell = this.#shell(life, cluster, cluster.assign.ip, neighbours)
      const folders = { data: assignFolder, matrices: '/matrices' }
      const role = await AssignRole.open(shell, folders, { matrices, processors: processorsOf() })
      this.assign = role
      role.alive.catch(error => this.#endBySelf(life, error))
      this.users = this.#parts.seams.reduce<UsersService>(
        (users, seam) => seam.users?.(life, users) ?? users,
        role.users,
      )
      const answers = assignAnswers(role)
      for (const seam of this.#parts.seams) seam.answers?.('assign', life, answers)
      neighbours.set(origin(cluster.assign), answers)
      network.listen(origin(cluster.assign), {
        life,
        machine: this.machine,
        serve: request => serveAssign(role, answers, request),
      })
    }
  }

  #shell(life: Life, cluster: Cluster, ip: string, neighbours: ReadonlyMap<string, Answers>): Shell {
    const { sim, network, logger, seams } = this.#parts
    const traffic = new Traffic()
    const caller = { life, machine: this.machine, ip }
    const remote = new ExchangeLink(request => network.exchange(caller, request), traffic)
    return {
      cluster,
      name: this.machine,
      dataFolder: '/data',
      link: seams.reduce<Link>(
        (link, seam) => seam.link?.(life, link) ?? link,
        new ColocatedLink(neighbours, remote, ip),
      ),
      traffic,
      logger: logger === silentLogger ? logger : logger.child({ at: life.name }),
      world: seams.reduce<World>((world, seam) => seam.world?.(life, world) ?? world, worldOf(sim, life)),
      disk: seams.reduce<Disk>((disk, seam) => seam.disk?.(life, disk) ?? disk, this.disk.of(life)),
      openJournal: path => this.#openJournal(life, path),
    }
  }

  async #openJournal(life: Life, path: string): Promise<Journal> {
    const { sim, seams } = this.#parts
    const flush = async () => {
      this.disk.onStep('before journal')
      await sim.sleep(this.disk.flushMs())
      const code = this.disk.journalFailure()
      if (code !== undefined) throw new GemmeshError(code, `${path}: simulated`)
      sim.later(0, () => this.disk.onStep('after journal'))
    }
    const journal = new MemoryJournal(this.journalFile(path), { flush })
    this.#journals.push(journal)
    return seams.reduce<Journal>((inner, seam) => seam.journal?.(life, path, inner) ?? inner, journal)
  }
}

export const resultsFolder = '/data/results'
export const assignFolder = '/data'

type Handler<R extends RouteName> = (
  message: RequestOf<R>,
  caller: AnsweredCaller,
) => ReplyOf<R> | Promise<ReplyOf<R>>

/** As serveRoute has it, without HTTP. */
function add<R extends RouteName>(answers: Answers, name: R, handler: Handler<R>): void {
  const { path, request, reply } = routeOf(name)
  answers.set(path, async (body, caller) => reply.encode(await handler(request.decode(body), caller)))
}

function assignAnswers(role: AssignRole): Answers {
  const answers: Answers = new Map()
  add(answers, 'register', (message, { ip }) => role.register(message, ip))
  add(answers, 'heartbeat', message => role.heartbeat(message))
  add(answers, 'drain', message => role.drain(message))
  add(answers, 'leave', message => role.leave(message))
  add(answers, 'locateBlocks', message => role.locateBlocks(message))
  add(answers, 'unitDone', message => role.unitDone(message))
  add(answers, 'unitFailed', message => role.unitFailed(message))
  add(answers, 'unitPlaced', message => role.unitPlaced(message))
  add(answers, 'tileRefused', message => role.tileRefused(message))
  add(answers, 'jobRecovered', message => role.jobRecovered(message))
  add(answers, 'jobSealed', message => role.jobSealed(message))
  add(answers, 'sealFailed', message => role.sealFailed(message))
  return answers
}

function combineAnswers(role: CombineRole): Answers {
  const answers: Answers = new Map()
  add(answers, 'openJob', message => role.openJob(message))
  add(answers, 'abortJob', async message => {
    await role.abortJob(message)
    return {}
  })
  add(answers, 'references', async message => {
    await role.references(message)
    return {}
  })
  return answers
}

async function serveMessage(answers: Answers, { method, path, body, ip }: Arriving): Promise<Served> {
  const answer = answers.get(path)
  if (answer !== undefined && method === 'POST')
    return { contentType: mediaTypes.message, body: await answer(body, { ip }) }
  throw new GemmeshError('GEMMESH_ROUTE_UNKNOWN', `no route ${method} ${path}`)
}

async function serveAssign(role: AssignRole, answers: Answers, request: Arriving): Promise<Served> {
  const [, matrix, row, column] = /\/matrices\/([^/]+)\/blocks\/(\d+)\/(\d+)$/.exec(request.path) ?? []
  if (matrix === undefined || request.method !== 'GET') return serveMessage(answers, request)
  const { header, payload } = await role.block(matrix, Number(row), Number(column))
  const views: Uint8Array[] = []
  for await (const group of encodeChunks(header, payload).groups) views.push(...group)
  return { contentType: mediaTypes.chunks, body: Buffer.concat(views) }
}

async function serveCombine(
  take: CombineRole['takeTile'],
  answers: Answers,
  request: Arriving,
): Promise<Served> {
  const [, job] = /\/jobs\/([^/]+)\/tiles\/\d+$/.exec(request.path) ?? []
  if (job === undefined || request.method !== 'PUT') return serveMessage(answers, request)
  await take(job, sink => decodeChunks(request.source, sink))
  return { contentType: '', body: new Uint8Array() }
}
