/** The slave: takes work units, computes them with its master's processor on all its cores, sends tiles to combine. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { origin, type SlaveAddress } from '../../config.ts'
import type { BlockRef } from '../../core/block-directory.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import { Arena } from '../../kernel/arena.ts'
import { measureRates } from '../../pool/measure-rates.ts'
import { type Pool, poolBytes } from '../../pool/pool.ts'
import { usableThreads } from '../../pool/usable-threads.ts'
import type { CancelUnits, OwnRates, UnitRef, WorkUnit } from '../../protocol/messages.ts'
import { retry } from '../retry.ts'
import { RetryBudget } from '../retry-budget.ts'
import type { Shell } from '../shell.ts'
import { BlockCache, blockKey } from './block-cache.ts'
import { BlockSources } from './block-sources.ts'
import { Membership } from './membership.ts'
import { arenaBytesFor, MemoryBudget } from './memory-budget.ts'
import { OwnReads } from './own-reads.ts'
import { ProcessorShelf, poolsKept, type Running } from './processor-shelf.ts'
import { SharedClock } from './shared-clock.ts'
import { Turns } from './turns.ts'
import { UnitProgress } from './unit-progress.ts'
import { UnitReports } from './unit-reports.ts'
import { type UnitFigures, UnitRunner } from './unit-runner.ts'
import { unitBytes } from './unit-steps.ts'

/** Of the memory, what units may reserve; the rest takes up the allocator's gaps between blocks of unlike sizes. */
const reservableShare = 0.9
/** The master frees a slave's place when combine has the tile, a moment before the slave itself is through with it. */
const unitsBeyondHand = 2
/** How long an ending slave tells its master about its units. */
const endPatienceMs = 2000
/** How long a slave measures itself with each dtype: both in half a second, and a second on the slowest machines. */
const measureMs = 200
/** What the operands of that may take up of the memory. */
const measureShare = 0.25
const now = (): number => performance.now()

interface OpenUnit {
  readonly ref: UnitRef
  readonly progress: UnitProgress
  readonly abort: AbortController
  readonly settled: Promise<void>
}

export class SlaveRole {
  readonly #shell: Shell
  readonly #self: SlaveAddress
  readonly #arena: Arena
  readonly #budget: MemoryBudget
  readonly #cache: BlockCache
  readonly #ownReads: OwnReads
  readonly #sources: BlockSources
  readonly #processors: ProcessorShelf
  readonly #computing = new Turns()
  readonly #fetching = new SharedClock(now)
  readonly #sending = new SharedClock(now)
  readonly #threads: number
  /** For blocks and tiles. */
  readonly #memoryBytes: number
  readonly #ending = new AbortController()
  readonly #open = new Map<string, OpenUnit>()
  readonly #membership: Membership
  readonly #reports: UnitReports
  readonly #retries: RetryBudget
  /** The one that was used last. */
  #pool: Pool | undefined
  #unitsTaken = 0
  #isMeasured = false
  #isDraining = false

  constructor(shell: Shell, self: SlaveAddress) {
    const { link, logger, cluster } = shell
    this.#shell = shell
    this.#self = self
    this.#threads = self.threads ?? usableThreads()
    const poolsBytes = poolsKept * poolBytes(this.#threads)
    const arenaBytes = arenaBytesFor(self.memory ?? cluster.options.slaveMemoryBytes, poolsBytes)
    const memoryBytes = arenaBytes - poolsBytes
    this.#memoryBytes = memoryBytes
    this.#arena = Arena.create(arenaBytes)
    this.#cache = new BlockCache(this.#arena, logger)
    const member = { name: self.name, incarnation: randomUUID() }
    const { operandFolders, operandUrls } = cluster.options
    this.#ownReads = new OwnReads(operandFolders, operandUrls, logger)
    this.#sources = new BlockSources({ link, member, direct: this.#ownReads, logger })
    this.#processors = new ProcessorShelf({ arena: this.#arena, threads: this.#threads, link, logger })
    this.#retries = new RetryBudget(shell.world)
    this.#reports = new UnitReports(shell, self.name, this.#ending.signal, this.#retries)
    this.#budget = new MemoryBudget(Math.floor(memoryBytes * reservableShare))
    this.#membership = new Membership({
      link,
      logger,
      traffic: shell.traffic,
      master: origin(cluster.assign),
      register: {
        ...member,
        port: self.port,
        threads: this.#threads,
        memoryBytes,
      },
      heartbeatMs: cluster.options.heartbeatMs,
      ip: self.ip,
      running: () =>
        [...this.#open.values()].map(({ ref: id, progress }) => ({ id, progress: progress.count })),
      onRegistered: ({ processors }) => this.#prepare(processors),
      signal: this.#ending.signal,
    })
  }

  /** Work units at hand. */
  get unitsOpen(): number {
    return this.#open.size
  }

  /** Registers and stays a member until it drains or closes; rejects when the master refuses this slave for good. */
  keepMembership(): Promise<void> {
    return this.#membership.keep()
  }

  /** Takes a unit on and answers at once; GEMMESH_BUSY when enough are at hand. Taking the same attempt again is nothing new. */
  accept(unit: WorkUnit): { queued: number } {
    const key = keyOf(unit.id)
    const limit = this.#shell.cluster.options.unitsAtHand + unitsBeyondHand
    if (!this.#open.has(key)) {
      if (this.#ending.signal.aborted || this.#isDraining || this.#open.size >= limit) {
        const reason = this.#isDraining ? 'it is about to leave' : `its limit is ${limit}: try again later`
        throw new GemmeshError(
          'GEMMESH_BUSY',
          `${this.#self.name} has ${this.#open.size} units at hand, ${reason}`,
        )
      }
      const abort = new AbortController()
      const progress = new UnitProgress()
      const signal = AbortSignal.any([abort.signal, this.#ending.signal])
      const settled = this.#work(unit, progress, signal).finally(() => {
        this.#open.delete(key)
        this.#membership.changed()
      })
      this.#open.set(key, { ref: unit.id, progress, abort, settled })
      this.#membership.changed()
    }
    return { queued: this.#open.size }
  }

  /** A block that this slave has, or is about to have, for another slave. */
  lend(ticket: number, block: BlockRef, grid: string): ReturnType<BlockCache['lend']> {
    return this.#cache.lend(blockKey(block, grid), ticket)
  }

  /** Ends the units between sub-tiles; no units named means all of the job. How many it were. */
  cancel({ job, units }: CancelUnits): { units: number } {
    const named = new Set(units)
    const ended = [...this.#open.values()].filter(
      ({ ref }) => ref.job === job && (named.size === 0 || named.has(ref.unit)),
    )
    for (const { abort } of ended)
      abort.abort(new GemmeshError('GEMMESH_JOB_CANCELLED', `job ${job} needs this unit no more`))
    return { units: ended.length }
  }

  /** Takes on no unit more, finishes those at hand that its master does not take back, and leaves. */
  async drain(patienceMs: number): Promise<void> {
    if (this.#isDraining) return
    this.#isDraining = true
    this.#shell.logger.info({ units: this.#open.size }, 'draining')
    if (await this.#membership.drain()) {
      const isFree = await this.#unitsSettled(patienceMs)
      this.#ending.abort(new GemmeshError('GEMMESH_INTERRUPTED', `${this.#self.name} leaves`))
      if (isFree) await this.#membership.leave()
    }
    await this.close()
  }

  async close(): Promise<void> {
    this.#ending.abort(new GemmeshError('GEMMESH_INTERRUPTED', `${this.#self.name} shuts down`))
    // The master should hear what became of the units, but an end does not wait for a master that is not there.
    await this.#unitsSettled(endPatienceMs)
    await this.#membership.close()
    await this.#processors.close()
    await this.#ownReads.close()
  }

  /** Whether the units at hand came to their ends, in good time. */
  async #unitsSettled(patienceMs: number): Promise<boolean> {
    const settled = Promise.all([...this.#open.values()].map(unit => unit.settled)).then(() => true)
    const patience = new AbortController()
    const late = delay(patienceMs, false, { signal: patience.signal }).catch(() => false)
    const inTime = await Promise.race([settled, late])
    patience.abort()
    return inTime
  }

  /** Fetches and tests the processors now, so that the first unit does not wait for it; and measures with them, once. */
  async #prepare(processors: WorkUnit['processors']): Promise<void> {
    const { logger, cluster } = this.#shell
    try {
      const own = await this.#processors.use(processors, origin(cluster.assign), async ({ pool }) => {
        // With a job under way its units measure better, and should not wait.
        const isWanted = cluster.options.measuredPerformance && !this.#isMeasured && this.#open.size === 0
        return isWanted ? await this.#measure(pool) : undefined
      })
      if (own === undefined) return
      this.#isMeasured = true
      logger.info({ gflops: own }, 'measured itself')
      await this.#retry(() => this.#membership.measured(own))
    } catch (error) {
      if (this.#ending.signal.aborted) return
      logger.warn({ reason: asGemmeshError(error).message }, 'no processor runs, or none was measured, yet')
    }
  }

  async #measure(pool: Pool): Promise<OwnRates> {
    const { signal } = this.#ending
    const limitBytes = Math.floor(this.#memoryBytes * measureShare)
    await this.#budget.reserve(limitBytes, signal)
    try {
      const allocate = (bytes: number) => this.#cache.allocate(bytes)
      const options = { arena: this.#arena, allocate, limitBytes, forMs: measureMs, signal }
      return await this.#computing.run(0, () => measureRates(pool, options))
    } finally {
      this.#budget.free(limitBytes)
    }
  }

  /** Never rejects: whatever happens to the unit is said to its master. */
  async #work(unit: WorkUnit, progress: UnitProgress, signal: AbortSignal): Promise<void> {
    const { logger } = this.#shell
    try {
      const [figures, running] = await this.#compute(unit, progress, signal)
      await this.#reports.done(unit, figures, running)
    } catch (error) {
      const fault = asGemmeshError(error)
      if (fault.code === 'GEMMESH_JOB_CANCELLED') return
      const said = { unit: unit.id, code: fault.code, reason: fault.message }
      // Near a job's end the slowest units are done twice: the other attempt was first.
      if (fault.code === 'GEMMESH_TILE_OVERTAKEN') logger.info(said, 'unit overtaken')
      else logger.warn(said, 'unit failed')
      await this.#reports.failed(unit, fault)
    }
  }

  get #receivedBytes(): number {
    return this.#shell.traffic.snapshot().block.inBytes
  }

  /** What the slave gets done, whichever unit it is for. */
  get #movement(): number {
    const { block, tile } = this.#shell.traffic.snapshot()
    return block.inBytes + tile.outBytes + (this.#pool?.piecesTaken ?? 0)
  }

  async #compute(
    unit: WorkUnit,
    progress: UnitProgress,
    signal: AbortSignal,
  ): Promise<[UnitFigures, Running]> {
    const order = ++this.#unitsTaken
    const bytes = unitBytes(unit)
    // Until others make room, what they do is its progress, too.
    await progress.during(
      () => this.#movement,
      () => this.#budget.reserve(bytes, signal),
    )
    try {
      return await this.#processors.use(unit.processors, unit.processorSource, async running => {
        this.#pool = running.pool
        const runner = new UnitRunner(unit, {
          arena: this.#arena,
          cache: this.#cache,
          sources: this.#sources,
          pool: running.pool,
          computing: this.#computing,
          order,
          fetching: this.#fetching,
          sending: this.#sending,
          progress,
          received: () => this.#receivedBytes,
          signal,
          now,
        })
        return [await runner.run(tile => this.#reports.send(unit, tile, running, signal)), running]
      })
    } finally {
      this.#budget.free(bytes)
    }
  }

  #retry<T>(call: () => Promise<T>): Promise<T> {
    const { world } = this.#shell
    const [{ signal }, budget] = [this.#ending, this.#retries]
    return retry(call, { tries: 5, firstMs: 100, maxMs: 2000, signal, world, budget })
  }
}

const keyOf = ({ job, unit, attempt, epoch }: UnitRef): string => `${job}/${unit}/${attempt}/${epoch}`
