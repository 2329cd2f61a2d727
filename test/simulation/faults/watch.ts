/**
 * Looks on at all that the masters say and keep, and holds it against the promises: acknowledged means durable and right, a
 * placed unit is not handed out again, epochs rise, what a master told it does not take back.
 */
import { asGemmeshError, type GemmeshError } from '../../../src/errors.ts'
import type { BulkHeader, OpenJob, UnitRef, WorkUnit } from '../../../src/protocol/messages.ts'
import { type ReplyOf, type RequestOf, type RouteName, routeOf } from '../../../src/protocol/routes.ts'
import type { CombineRole } from '../../../src/roles/combine/combine-role.ts'
import type { Answers } from '../../../src/transport/answers.ts'
import type { Link } from '../../../src/transport/link.ts'
import type { Jobs } from './jobs.ts'
import { npyDataOffset } from './npy-bytes.ts'
import { multiply } from './product.ts'
import type { RoleName, Seams } from './seams.ts'
import type { Life, Sim } from './sim.ts'
import type { SimDisk } from './sim-disk.ts'
import { assignFolder, resultsFolder, type SimMaster } from './sim-masters.ts'
import type { SimSlave } from './sim-slave.ts'

/** What one process of master-assign knows. */
interface Known {
  readonly opened: Set<string>
  readonly placed: Set<string>
}

interface Placed {
  readonly slave: string
  readonly atMs: number
}

/** News travels so long at most when nothing goes wrong; and so long after troubles there may still be some. */
const newsMs = 5_000
const afterTroubleMs = 120_000

export class Watch implements Seams {
  readonly #sim: Sim
  readonly #jobs: Jobs
  readonly #calmAtMs: number
  readonly #known = new Map<Life, Known>()
  readonly #opened = new Map<string, OpenJob>()
  readonly #depths = new Map<string, readonly [number, number]>()
  readonly #acknowledged = new Map<string, Map<number, Placed>>()
  /** The same when a process of master-combine began. */
  readonly #before = new Map<Life, ReadonlyMap<string, ReadonlySet<number>>>()
  /** Jobs that master-combine was told to drop, or that master-assign does not know any more. */
  readonly #dropped = new Set<string>()
  /** The newest attempt of each unit whose tile began to arrive. */
  readonly #newest = new Map<string, { readonly ref: UnitRef; isDoubled: boolean }>()
  #lastEpoch = 0
  #lastEpochOf: Life | undefined
  combineDisk: SimDisk | undefined
  assignMaster: SimMaster | undefined
  /** Slaves that were said to have given a wrong tile. */
  readonly accused = new Set<string>()
  unitsSent = 0
  tilesAcknowledged = 0

  /** From `calmAtMs` on nothing goes wrong. */
  constructor(sim: Sim, jobs: Jobs, calmAtMs: number) {
    this.#sim = sim
    this.#jobs = jobs
    this.#calmAtMs = calmAtMs
  }

  notStarted(_life: Life, error: GemmeshError): void {
    const isOfTheDisk =
      error.code.startsWith('GEMMESH_STORAGE_') || error.message.includes('reports an error')
    if (isOfTheDisk) return
    this.#sim.fault(`a master did not start: ${error.code} ${error.message}`)
  }

  answers(role: RoleName, life: Life, answers: Answers): void {
    if (role === 'assign') {
      this.#known.set(life, { opened: new Set(), placed: new Set() })
      tap(answers, 'register', undefined, ({ epoch }) => this.#epoch(life, epoch))
      tap(answers, 'unitPlaced', ({ id }) => this.#placedKnown(life, id.job, [id.unit]))
      tap(answers, 'jobRecovered', ({ job, placed }) => this.#openAnswered(life, job, placed))
    } else {
      this.#before.set(
        life,
        new Map(Array.from(this.#acknowledged, ([job, units]) => [job, new Set(units.keys())])),
      )
      tap(answers, 'openJob', undefined, ({ placed }, { job }) =>
        this.#checkHas(job, this.#acknowledged.get(job)?.keys() ?? [], placed),
      )
      tap(answers, 'abortJob', ({ job }) => this.#dropped.add(job))
    }
  }

  link(life: Life, link: Link): Link {
    const call = async <R extends RouteName>(
      to: string,
      name: R,
      message: RequestOf<R>,
      options?: Parameters<Link['call']>[3],
    ): Promise<ReplyOf<R>> => {
      const sent = { [name]: message }
      if (isOf(sent, 'unit')) this.#sent(life, sent.unit)
      if (isOf(sent, 'openJob')) this.#opened.set(sent.openJob.job, sent.openJob)
      if (isOf(sent, 'jobRecovered')) {
        const { job, placed } = sent.jobRecovered
        this.#checkHas(job, this.#before.get(life)?.get(job) ?? [], placed)
      }
      if (isOf(sent, 'tileRefused') && sent.tileRefused.fault.code === 'GEMMESH_TILE_WRONG')
        this.accused.add(sent.tileRefused.slave)
      const reply = await link.call(to, name, message, options).catch((error: unknown) => {
        if (isOf(sent, 'jobRecovered') && asGemmeshError(error).code === 'GEMMESH_JOB_UNKNOWN')
          this.#dropped.add(sent.jobRecovered.job)
        throw error
      })
      const answered = { [name]: reply }
      if (isOf(sent, 'openJob') && isReplyOf(answered, 'openJob'))
        this.#openAnswered(life, sent.openJob.job, answered.openJob.placed)
      return reply
    }
    return {
      call,
      pull: (...arguments_) => link.pull(...arguments_),
      push: (...arguments_) => link.push(...arguments_),
      fetchBytes: (...arguments_) => link.fetchBytes(...arguments_),
      close: () => link.close(),
    }
  }

  /** A user was told that the job is accepted. */
  jobAccepted(id: string): void {
    const { assignMaster } = this
    if (assignMaster === undefined) return
    const { records } = assignMaster.journalFile(`${assignFolder}/assign.journal`)
    if (!records.some(({ job }) => job === id))
      this.#sim.fault(`job ${id} was accepted, but is not in the journal`)
  }

  /** When all is over: nobody was accused who did not lie. */
  atTheEnd(slaves: readonly SimSlave[]): void {
    for (const { address, lied } of slaves)
      if (this.accused.has(address.name) && lied.size === 0)
        this.#sim.fault(`${address.name} was accused of a wrong tile, and never gave one`)
  }

  whenAllHaveEnded(): void {
    for (const path of this.combineDisk?.paths ?? [])
      if (path.startsWith(resultsFolder) && !path.endsWith('.npy'))
        this.#sim.fault(`${path} is left, though all jobs have ended`)
  }

  /** Acknowledged: master-combine says that it has this tile for good. */
  takeTile(_life: Life, take: CombineRole['takeTile']): CombineRole['takeTile'] {
    return async (job, transfer) => {
      let header: BulkHeader | undefined
      try {
        await take(job, sink =>
          transfer({
            begin: announced => {
              header = announced
              if (announced.id !== undefined) this.#announced(announced.id)
              return sink.begin(announced)
            },
            data: (offset, bytes) => sink.data(offset, bytes),
          }),
        )
      } catch (error) {
        if (header?.id !== undefined && asGemmeshError(error).code === 'GEMMESH_TILE_OVERTAKEN')
          this.#overtaken(header.id)
        throw error
      }
      if (header?.id !== undefined) this.#tileAcknowledged(header.id, header.slave ?? '')
    }
  }

  #announced(ref: UnitRef): void {
    const key = `${ref.job}/${ref.unit}`
    const newest = this.#newest.get(key)
    if (newest === undefined || isNewer(ref, newest.ref)) this.#newest.set(key, { ref, isDoubled: false })
    else if (!isNewer(newest.ref, ref)) newest.isDoubled = true
  }

  /** Only a newer attempt may take the place of one. */
  #overtaken(ref: UnitRef): void {
    const newest = this.#newest.get(`${ref.job}/${ref.unit}`)
    if (this.#dropped.has(ref.job)) return
    // Its own double is as good.
    if (newest === undefined || (!isNewer(newest.ref, ref) && !newest.isDoubled))
      this.#sim.fault(
        `attempt ${ref.attempt} of epoch ${ref.epoch} of unit ${ref.unit} was refused as overtaken, but is the newest`,
      )
  }

  #tileAcknowledged(ref: UnitRef, slave: string): void {
    this.tilesAcknowledged++
    const units = this.#acknowledged.get(ref.job) ?? new Map<number, Placed>()
    this.#acknowledged.set(ref.job, units)
    if (!units.has(ref.unit)) units.set(ref.unit, { slave, atMs: this.#sim.now })
    this.#checkDurable(ref)
  }

  #epoch(life: Life, epoch: number): void {
    if (life !== this.#lastEpochOf && epoch <= this.#lastEpoch)
      this.#sim.fault(`epoch ${epoch} of ${life.name} is not above ${this.#lastEpoch}, which was before it`)
    this.#lastEpochOf = life
    this.#lastEpoch = epoch
  }

  #placedKnown(life: Life, job: string, units: readonly number[]): void {
    for (const unit of units) this.#known.get(life)?.placed.add(`${job}/${unit}`)
  }

  #sent(life: Life, unit: WorkUnit): void {
    const { job, unit: ordinal } = unit.id
    const known = this.#known.get(life)
    this.unitsSent++
    this.#depths.set(`${job}/${ordinal}`, [unit.kStart, unit.kEnd])
    if (known === undefined) return
    if (!known.opened.has(job))
      this.#sim.fault(`${life.name} hands out unit ${ordinal} of ${job} before it knows what is placed of it`)
    const { now } = this.#sim
    const isCalm = now > this.#calmAtMs + (this.#calmAtMs === 0 ? 0 : afterTroubleMs)
    const placedAt = this.#acknowledged.get(job)?.get(ordinal)?.atMs ?? Number.POSITIVE_INFINITY
    if (isCalm && placedAt < now - newsMs)
      this.#sim.fault(
        `${life.name} hands out unit ${ordinal} of ${job}, long after its tile was acknowledged`,
      )
    if (known.placed.has(`${job}/${ordinal}`))
      this.#sim.fault(`${life.name} hands out unit ${ordinal} of ${job}, which it knows to be placed`)
  }

  #openAnswered(life: Life, job: string, placed: readonly number[]): void {
    this.#known.get(life)?.opened.add(job)
    this.#placedKnown(life, job, placed)
  }

  /** What was acknowledged before is still there. */
  #checkHas(job: string, acknowledged: Iterable<number>, placed: readonly number[]): void {
    if (this.#dropped.has(job)) return
    for (const unit of acknowledged) {
      if (!placed.includes(unit))
        this.#sim.fault(
          `the tile of unit ${unit} of ${job} was acknowledged, but master-combine does not have it`,
        )
    }
  }

  /** Were the power to fail now, the tile would still be there, and right. */
  #checkDurable(ref: UnitRef): void {
    const opened = this.#opened.get(ref.job)
    const tile = opened?.tiles[ref.unit]
    const depth = this.#depths.get(`${ref.job}/${ref.unit}`)
    const product = this.#jobs.productOf(ref.job)
    if (opened === undefined || tile === undefined || depth === undefined || product === undefined) return
    if (this.#dropped.has(ref.job)) return
    const path = `${resultsFolder}/${ref.job}.npy`
    const sealed = this.combineDisk?.durableBytes(path)
    const partial = this.combineDisk?.durableBytes(`${path}.${opened.layers > 1 ? 'layers' : 'partial'}`)
    if (partial === undefined) {
      if (sealed === undefined)
        this.#sim.fault(
          `the tile of unit ${ref.unit} of ${ref.job} was acknowledged, but its file has no name yet`,
        )
      return
    }
    const layer = Math.floor(tile.row / Math.max(1, opened.rows))
    const inProduct = { ...tile, row: tile.row - layer * opened.rows }
    const first = depth[0] === 0
    const wanted = multiply(inProduct, depth, { ...product, c: first ? product.c : undefined })
    const start = npyDataOffset(partial)
    const values = new DataView(partial.buffer, partial.byteOffset, partial.byteLength)
    for (const [index, value] of wanted.entries()) {
      const row = tile.row + Math.floor(index / tile.columns)
      const at = start + (row * opened.columns + tile.column + (index % tile.columns)) * 4
      if (at + 4 <= partial.length && values.getInt32(at, true) === value) continue
      this.#sim.fault(
        `the tile of unit ${ref.unit} of ${ref.job} was acknowledged, but is not on the disk as it has to be`,
      )
      return
    }
  }
}

const isNewer = (one: UnitRef, other: UnitRef): boolean =>
  one.epoch > other.epoch || (one.epoch === other.epoch && one.attempt > other.attempt)

const isOf = <R extends RouteName>(sent: object, name: R): sent is { [Key in R]: RequestOf<R> } =>
  name in sent
const isReplyOf = <R extends RouteName>(sent: object, name: R): sent is { [Key in R]: ReplyOf<R> } =>
  name in sent

/** Hears what is asked on a route, and what is answered. */
export function tap<R extends RouteName>(
  answers: Answers,
  name: R,
  asked?: (message: RequestOf<R>) => void,
  answered?: (reply: ReplyOf<R>, message: RequestOf<R>) => void,
): void {
  const { path, request, reply } = routeOf(name)
  const answer = answers.get(path)
  if (answer === undefined) return
  answers.set(path, async (body, caller) => {
    const message = request.decode(body)
    asked?.(message)
    const bytes = await answer(body, caller)
    answered?.(reply.decode(bytes), message)
    return bytes
  })
}
