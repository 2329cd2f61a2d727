/**
 * One open job at master-combine: tiles stream in from slaves and go straight to their places in the result's file.
 *
 * The way of a tile, of which each step waits for the one before:
 *
 *     written -> checked -> flushed -> journaled -> acknowledged
 *
 * One attempt of a unit writes at a time. Until a tile is found to be right, a newer attempt takes over from an older one (its
 * slave may be frozen); what the older one still sends is refused before it is written. From then on its bytes stay: who comes
 * later is compared with them, and waits for what becomes of them.
 */
import type { Rectangle } from '../../core/geometry.ts'
import { Placement } from '../../core/placement.ts'
import {
  type TileCheck as CheckFacts,
  type PlacedTile,
  type WrongTile,
  wrongTilesKept,
} from '../../core/receipt.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { GemmeshError } from '../../errors.ts'
import type { NpyWriter } from '../../formats/npy-writer.ts'
import type { BulkSink, Received } from '../../protocol/bulk.ts'
import type { BulkHeader, OpenJob, UnitRef } from '../../protocol/messages.ts'
import type { TileCheck } from '../../verification/checks/tile-check.ts'
import type { TileVectors } from '../../verification/checks/tile-vectors.ts'
import { JobChecks } from './job-checks.ts'
import { TileCommit, type TileJournal } from './tile-commit.ts'

/** A tile that is arriving. */
interface Arrival {
  readonly ref: UnitRef
  readonly header: BulkHeader
  readonly tile: Rectangle
  /** The bytes of another attempt are in the file to stay, or about to: these are compared by their digest, not written. */
  readonly behind: Promise<void> | undefined
  /** Sums up its bytes; absent where tiles of the job are not checked, or these are not written. */
  readonly check: TileCheck | undefined
  /** Of TileCommit. */
  readonly ticket: number
  superseded: boolean
}

export interface CombineJobOptions {
  readonly journal: TileJournal
  /** One for all jobs. */
  readonly vectors: TileVectors
  /** Before a restart. */
  readonly placed?: readonly PlacedTile[]
  readonly wrong?: readonly WrongTile[]
}

export class CombineJob {
  readonly placement: Placement
  readonly #writer: NpyWriter
  readonly #journal: TileJournal
  readonly #commit: TileCommit
  readonly #vectors: TileVectors
  readonly #tiles = new Map<number, PlacedTile>()
  readonly #wrong: WrongTile[] = []
  #wrongCount = 0
  #description: OpenJob
  #checks: JobChecks | undefined
  readonly #arrivals = new Map<number, Arrival>()
  /** The write under way for a unit, so that two attempts never write into one place at a time. */
  readonly #writing = new Map<number, Promise<void>>()
  /** Whole tiles that are being flushed and journaled. */
  readonly #settling = new Map<number, Promise<void>>()
  #isStopped = false

  /** GEMMESH_TILE_REFUSED unless the tiles cover the result, or all of its layers, exactly once; `writer` is of so many rows. */
  constructor(description: OpenJob, writer: NpyWriter, options: CombineJobOptions) {
    const { journal, vectors, placed = [], wrong = [] } = options
    this.#description = description
    this.placement = new Placement(description.tiles, [
      description.layers * description.rows,
      description.columns,
    ])
    this.#writer = writer
    this.#journal = journal
    this.#commit = new TileCommit(writer, journal)
    this.#vectors = vectors
    this.#checks = this.#newChecks()
    for (const tile of wrong) this.#noteWrong(tile)
    for (const tile of placed) {
      this.placement.placed(tile.unit, tile.digest)
      this.#tiles.set(tile.unit, tile)
    }
  }

  get description(): OpenJob {
    return this.#description
  }

  /** Those that are placed, by unit. */
  get tiles(): ReadonlyMap<number, PlacedTile> {
    return this.#tiles
  }

  /** Tiles that failed their check: the first of them, and how many there were. */
  get wrong(): readonly WrongTile[] {
    return this.#wrong
  }
  get wrongCount(): number {
    return this.#wrongCount
  }

  /** master-assign opens the job again. Where it was started anew, its secret is a new one, and what was summed up is of no use. */
  reopen(description: OpenJob): void {
    const isSame = description.verificationSeed === this.#description.verificationSeed
    this.#description = description
    if (isSame) return
    this.#checks?.end()
    this.#checks = this.#newChecks()
  }

  /** What tiles are compared with. */
  takeReferences(references: readonly UnitReference[]): void {
    this.#checks?.take(references.filter(({ unit }) => !this.placement.isPlaced(unit)))
  }

  /** Takes one tile from `transfer`, which streams it into the sink; the tile is placed for good when this resolves. */
  async receive(transfer: (sink: BulkSink) => Promise<Received>): Promise<Received> {
    let arrival: Arrival | undefined
    const sink: BulkSink = {
      begin: async header => {
        arrival = await this.#begin(header)
      },
      data: (offsetBytes, bytes) => this.#write(arrival, offsetBytes, bytes),
    }
    try {
      const received = await transfer(sink)
      if (arrival !== undefined) await this.#place(arrival, received)
      return received
    } finally {
      if (arrival !== undefined && this.#arrivals.get(arrival.ref.unit) === arrival)
        this.#arrivals.delete(arrival.ref.unit)
    }
  }

  /** Nothing more is written: what still arrives is refused. */
  stop(): void {
    this.#isStopped = true
    for (const arrival of this.#arrivals.values()) arrival.superseded = true
    this.#checks?.end()
    this.#commit.stop()
  }

  async #begin(header: BulkHeader): Promise<Arrival> {
    const { id: ref, dtype, rows, columns } = header
    const job = this.description.job
    if (ref?.job !== job) {
      throw new GemmeshError(
        'GEMMESH_TILE_REFUSED',
        `a tile of job ${ref?.job ?? '(not said)'} was sent to job ${job}`,
      )
    }
    const tile = this.placement.tile(ref.unit)
    if (rows !== tile.rows || columns !== tile.columns || dtype !== this.description.dtype) {
      throw new GemmeshError(
        'GEMMESH_TILE_REFUSED',
        `the tile of unit ${ref.unit} is ${rows}x${columns} ${dtype}, the plan says ${tile.rows}x${tile.columns} ${this.description.dtype}`,
      )
    }
    const before = this.#arrivals.get(ref.unit)
    if (this.#isStopped || (before !== undefined && isLater(before.ref, ref))) throw overtaken(ref)
    const behind = this.placement.isPlaced(ref.unit) ? Promise.resolve() : this.#settling.get(ref.unit)
    const check = behind === undefined ? this.#checks?.begin(ref.unit, tile) : undefined
    const { ticket } = this.#commit
    const arrival: Arrival = { ref, header, tile, behind, check, ticket, superseded: false }
    this.#arrivals.set(ref.unit, arrival)
    if (before !== undefined && behind === undefined) {
      before.superseded = true
      this.#checks?.lookAgain(ref.unit)
      // Not its whole stream, which may never end: only the write that it may be in the middle of.
      await this.#writing.get(ref.unit)
    }
    return arrival
  }

  #write(arrival: Arrival | undefined, offsetBytes: number, bytes: Uint8Array): Promise<void> | undefined {
    if (arrival === undefined || arrival.behind !== undefined) return undefined
    const { ref, tile } = arrival
    if (arrival.superseded) throw overtaken(ref)
    arrival.check?.data(offsetBytes, bytes)
    const write = this.#writer.writeSpan(tile, offsetBytes, bytes)
    this.#writing.set(
      ref.unit,
      write.catch(() => {}),
    )
    return write
  }

  /** The tile is whole, and its bytes are written. */
  async #place(arrival: Arrival, received: Received): Promise<void> {
    const { ref, behind } = arrival
    if (behind !== undefined) {
      await behind
      return this.#compare(ref, received.digest)
    }
    const checked = await this.#check(arrival)
    if (arrival.superseded) throw overtaken(ref)
    const settling = this.#settle(arrival, received, checked)
    this.#settling.set(ref.unit, settling)
    try {
      await settling
    } finally {
      this.#settling.delete(ref.unit)
      this.#writing.delete(ref.unit)
    }
  }

  /** Waits for the tile's reference. GEMMESH_TILE_WRONG. */
  async #check(arrival: Arrival): Promise<CheckFacts | undefined> {
    const { ref, header, check } = arrival
    if (check === undefined || this.#checks === undefined) return undefined
    try {
      const facts = await this.#checks.verdict(ref, check, () => !arrival.superseded)
      if (facts === undefined) throw overtaken(ref)
      return facts
    } catch (error) {
      if (error instanceof GemmeshError && error.code === 'GEMMESH_TILE_WRONG') {
        const { unit, epoch, attempt } = ref
        const wrong = { unit, epoch, attempt, slave: header.slave ?? '', message: error.message }
        this.#noteWrong(wrong)
        await this.#journal.wrong(wrong)
      }
      throw error
    }
  }

  async #settle(
    { ref, header, ticket }: Arrival,
    received: Received,
    check: CheckFacts | undefined,
  ): Promise<void> {
    const tile = { ...placedTile(ref, header, received), check }
    if (!(await this.#commit.commit(tile, ticket))) throw overtaken(ref)
    this.placement.placed(ref.unit, received.digest)
    this.#tiles.set(ref.unit, tile)
    this.#checks?.forget(ref.unit)
  }

  #noteWrong(tile: WrongTile): void {
    this.#wrongCount++
    if (this.#wrong.length < wrongTilesKept) this.#wrong.push(tile)
  }

  #newChecks(): JobChecks | undefined {
    const { verificationSeed: seed } = this.#description
    return seed === undefined ? undefined : new JobChecks(this.#description, seed, this.#vectors)
  }

  /** Another tile of this unit is placed. */
  #compare({ unit, attempt }: UnitRef, digest: string): void {
    // Processors of slaves may differ, and so may the last bits of floats: that is no alarm, and the first tile stays.
    if (this.placement.offer(unit, attempt, digest) === 'already-placed' || !this.description.exact) return
    throw new GemmeshError(
      'GEMMESH_TILE_REFUSED',
      `attempt ${attempt} of unit ${unit} has other bytes than the tile that is placed, though sums of this job ` +
        'have the same bits on every machine: one of the two slaves computes wrongly',
    )
  }
}

/** Attempts count anew in each epoch. */
const isLater = (one: UnitRef, other: UnitRef): boolean =>
  one.epoch === other.epoch ? one.attempt > other.attempt : one.epoch > other.epoch

function placedTile(
  { unit, epoch, attempt }: UnitRef,
  { slave = '', variant = '', processorSha256: processor = '' }: BulkHeader,
  { digest, payloadBytes: bytes }: Received,
): PlacedTile {
  return { unit, epoch, attempt, slave, digest, bytes, variant, processor }
}

function overtaken(ref: UnitRef): GemmeshError {
  return new GemmeshError(
    'GEMMESH_TILE_OVERTAKEN',
    `attempt ${ref.attempt} of unit ${ref.unit} was overtaken by a newer one`,
  )
}
