/**
 * One work unit on a slave: pull blocks, multiply k-step by k-step as they arrive, stream the tile away.
 *
 *     blocks of step 0 | step 1         | step 2 ...
 *                      | compute step 0 | compute step 1 | ... | send tile
 *
 * While step i computes, the blocks of step i+1 arrive; while this unit computes, the next unit's first blocks arrive.
 */
import { bytesPerElement } from '../../core/matrix.ts'
import { GemmeshError } from '../../errors.ts'
import type { Arena } from '../../kernel/arena.ts'
import type { GemmTask, Pool } from '../../pool/pool.ts'
import type { Block, BlockCache, CacheCounters, Fill } from './block-cache.ts'
import type { BlockSources, Way } from './block-sources.ts'
import type { Piece } from './operand-pieces.ts'
import type { SharedClock } from './shared-clock.ts'
import { TimeLine } from './time-line.ts'
import type { Turns } from './turns.ts'
import type { UnitProgress } from './unit-progress.ts'
import {
  addedPieces,
  type Step,
  scaleTask,
  stepTasks,
  tileBytes,
  tileView,
  type UnitDescription,
  unitSteps,
} from './unit-steps.ts'

/** The slave's machinery, shared by its units. */
export interface UnitContext {
  readonly arena: Arena
  readonly cache: BlockCache
  readonly sources: BlockSources
  readonly pool: Pool
  readonly computing: Turns
  /** Of this unit: the smaller, the earlier it was taken on. */
  readonly order: number
  /** Of the links that blocks come by, and of that to master-combine. */
  readonly fetching: SharedClock
  readonly sending: SharedClock
  readonly progress: UnitProgress
  /** Bytes of blocks that have come to the slave, so far. */
  readonly received: () => number
  readonly signal: AbortSignal
  /** In ms. */
  readonly now: () => number
}

export interface UnitFigures extends CacheCounters {
  /** Its part of the time in which blocks came, and in which tiles went: units share the links. */
  fetchMs: number
  sendMs: number
  computeMs: number
  /** What was fetched, by matrix. */
  readonly operands: Map<string, Record<Way, number>>
  readonly timeLine: TimeLine
}

type Blocks = ReadonlyMap<Piece, Block>

export class UnitRunner {
  readonly #unit: UnitDescription
  readonly #context: UnitContext
  readonly #figures: UnitFigures = {
    fetchMs: 0,
    computeMs: 0,
    sendMs: 0,
    fetched: 0,
    cached: 0,
    fetchedBytes: 0,
    operands: new Map<string, Record<Way, number>>(),
    timeLine: new TimeLine(),
  }

  constructor(unit: UnitDescription, context: UnitContext) {
    this.#unit = unit
    this.#context = context
  }

  /** Computes the tile and hands it to `send`; the view of the arena is valid until `send` settles. */
  async run(send: (tile: Uint8Array) => Promise<void>): Promise<UnitFigures> {
    const { arena, cache, sending, progress, now } = this.#context
    const bytes = tileBytes(this.#unit)
    const tile = cache.allocate(bytes)
    try {
      await this.#compute(tile)
      const sent = () => this.#figures.timeLine.record('send', () => send(arena.bytesAt(tile, bytes)))
      // Who waits for master-combine does what can be done: another slave would wait as well.
      await sending.charge(
        () => progress.during(() => Math.floor(now()), sent),
        ms => {
          this.#figures.sendMs = ms
        },
      )
      return this.#figures
    } finally {
      arena.release(tile)
    }
  }

  async #compute(tile: number): Promise<void> {
    const unit = this.#unit
    const { pool, computing, order, progress, signal } = this.#context
    const gemm = (tasks: readonly GemmTask[]): Promise<void> =>
      progress.during(
        () => pool.piecesTaken,
        () => computing.run(order, () => this.#timed(() => pool.gemm(tasks, { signal }))),
      )
    const initialBeta = await this.#loadAdded(tile)
    const steps = unitSteps(unit)
    if (steps.length === 0) return gemm([scaleTask(unit, tile, initialBeta)])
    let arriving = this.#acquireStep(steps[0])
    for (const [index, step] of steps.entries()) {
      const blocks = await arriving
      arriving = this.#acquireStep(steps[index + 1])
      try {
        await gemm(
          stepTasks(unit, step, tile, index === 0 ? initialBeta : 1, piece => offsetOf(blocks, piece)),
        )
      } catch (error) {
        // The next step's blocks may still arrive: none may stay pinned, and their own failure is not the news.
        await arriving.then(next => this.#release(next)).catch(() => {})
        throw error
      } finally {
        this.#release(blocks)
      }
    }
  }

  /** Puts the added matrix's part into the tile. The beta with which the first product has to start. */
  async #loadAdded(tile: number): Promise<number> {
    const unit = this.#unit
    const pieces = addedPieces(unit)
    if (pieces.length === 0) return 0
    const blocks = await this.#acquire(pieces)
    for (const piece of pieces) this.#copyIntoTile(piece, offsetOf(blocks, piece), tile)
    this.#release(blocks)
    return unit.beta
  }

  #copyIntoTile(piece: Piece, blockOffset: number, tile: number): void {
    const { arena } = this.#context
    const source = piece.view(blockOffset)
    const size = bytesPerElement[this.#unit.dtype]
    const bytes = (piece.columns.end - piece.columns.start) * size
    for (let row = piece.rows.start; row < piece.rows.end; row++) {
      const from = source.offset + (row - piece.rows.start) * source.rowStride * size
      arena
        .bytesAt(tileView(this.#unit, tile, row, piece.columns.start).offset, bytes)
        .set(arena.bytesAt(from, bytes))
    }
  }

  #acquireStep(step: Step | undefined): Promise<Blocks> {
    const blocks =
      step === undefined ? Promise.resolve<Blocks>(new Map()) : this.#acquire([...step.a, ...step.b])
    blocks.catch(() => {}) // awaited one step later; until then a failure waits without being unhandled
    return blocks
  }

  /** All blocks, pinned; when one fails, those that did arrive are let go and the first failure is thrown. */
  #acquire(pieces: readonly Piece[]): Promise<Blocks> {
    const { progress, received } = this.#context
    return progress.during(received, () => this.#acquireAll(pieces))
  }

  async #acquireAll(pieces: readonly Piece[]): Promise<Blocks> {
    const { cache, fetching } = this.#context
    const addFetchMs = (ms: number) => {
      this.#figures.fetchMs += ms
    }
    const outcomes = await Promise.allSettled(
      pieces.map(async piece => {
        const fill: Fill = (target, granted) =>
          fetching.charge(() => this.#fetch(piece, target, granted), addFetchMs)
        return [piece, await cache.acquire(piece, fill, this.#figures)] as const
      }),
    )
    const held = new Map(outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : [])))
    const failed = outcomes.find(outcome => outcome.status === 'rejected')
    if (failed === undefined) return held
    this.#release(held)
    throw failed.reason
  }

  async #fetch(piece: Piece, target: Uint8Array, granted: (ticket: number) => void): Promise<string> {
    const { timeLine, operands } = this.#figures
    const { way, digest } = await timeLine.record('fetch', () =>
      this.#context.sources.fetch(piece, target, granted),
    )
    const { matrix } = piece.block
    const bytes = operands.get(matrix) ?? { fromMaster: 0, fromSlaves: 0, readDirectly: 0 }
    bytes[way] += piece.blockBytes
    operands.set(matrix, bytes)
    return digest
  }

  #release(blocks: Blocks): void {
    for (const block of blocks.values()) this.#context.cache.release(block)
  }

  async #timed<T>(action: () => Promise<T>): Promise<T> {
    const start = this.#context.now()
    try {
      return await this.#figures.timeLine.record('compute', action)
    } finally {
      this.#figures.computeMs += this.#context.now() - start
    }
  }
}

function offsetOf(blocks: Blocks, piece: Piece): number {
  const block = blocks.get(piece)
  if (block === undefined)
    throw new GemmeshError('GEMMESH_INTERNAL', `block ${piece.key} was used before it was acquired`)
  return block.offset
}
