/**
 * One open job at master-combine: tiles stream in from slaves and go straight to their places in the result's file.
 *
 * One attempt of a unit writes at a time. A newer attempt takes over from an older one that has not finished (its slave
 * may be frozen); what the older one still sends is refused before it is written. A tile counts as placed when its
 * stream is whole, its digests are right and its bytes are in the file.
 */
import type { Rectangle } from '../../core/geometry.ts'
import { Placement } from '../../core/placement.ts'
import { GemmeshError } from '../../errors.ts'
import type { NpyWriter } from '../../formats/npy-writer.ts'
import type { BulkSink, Received } from '../../protocol/bulk.ts'
import type { BulkHeader, OpenJob, UnitRef } from '../../protocol/messages.ts'

/** A tile that is arriving. */
interface Arrival {
  readonly ref: UnitRef
  readonly tile: Rectangle
  /** Its bytes are in the file already: they are compared by their digest, not written again. */
  readonly inPlace: boolean
  superseded: boolean
}

export class CombineJob {
  readonly description: OpenJob
  readonly placement: Placement
  readonly #writer: NpyWriter
  readonly #arrivals = new Map<number, Arrival>()
  /** The write under way for a unit, so that two attempts never write into one place at a time. */
  readonly #writing = new Map<number, Promise<void>>()

  /** GEMMESH_TILE_REFUSED unless the tiles cover the result, or all of its layers, exactly once; `writer` is of so many rows. */
  constructor(description: OpenJob, writer: NpyWriter) {
    this.description = description
    this.placement = new Placement(description.tiles, [
      description.layers * description.rows,
      description.columns,
    ])
    this.#writer = writer
  }

  /** Takes one tile from `transfer`, which streams it into the sink; the tile is in place when this resolves. */
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
      if (arrival !== undefined) this.#place(arrival, received.digest)
      return received
    } finally {
      if (arrival !== undefined && this.#arrivals.get(arrival.ref.unit) === arrival)
        this.#arrivals.delete(arrival.ref.unit)
    }
  }

  /** Nothing more is written: what still arrives is refused. */
  stop(): void {
    for (const arrival of this.#arrivals.values()) arrival.superseded = true
  }

  async #begin({ id: ref, dtype, rows, columns }: BulkHeader): Promise<Arrival> {
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
    if (before !== undefined && before.ref.attempt > ref.attempt) throw overtaken(ref)
    const arrival: Arrival = { ref, tile, inPlace: this.placement.isPlaced(ref.unit), superseded: false }
    this.#arrivals.set(ref.unit, arrival)
    if (before !== undefined) {
      before.superseded = true
      // Not its whole stream, which may never end: only the write that it may be in the middle of.
      await this.#writing.get(ref.unit)
    }
    return arrival
  }

  #write(arrival: Arrival | undefined, offsetBytes: number, bytes: Uint8Array): Promise<void> | undefined {
    if (arrival === undefined || arrival.inPlace) return undefined
    const { ref, tile } = arrival
    if (arrival.superseded) throw overtaken(ref)
    const write = this.#writer.writeSpan(tile, offsetBytes, bytes)
    this.#writing.set(
      ref.unit,
      write.catch(() => {}),
    )
    return write
  }

  #place({ ref, superseded }: Arrival, digest: string): void {
    if (superseded) throw overtaken(ref)
    const verdict = this.placement.offer(ref.unit, ref.attempt, digest)
    // Processors of slaves may differ, and so may the last bits of floats: that is no alarm, and the first tile stays.
    if (verdict === 'conflict' && this.description.exact) {
      throw new GemmeshError(
        'GEMMESH_TILE_REFUSED',
        `attempt ${ref.attempt} of unit ${ref.unit} has other bytes than the tile that is placed, though sums of this job ` +
          'have the same bits on every machine: one of the two slaves computes wrongly',
      )
    }
    if (verdict === 'write') this.placement.placed(ref.unit, digest)
    this.#writing.delete(ref.unit)
  }
}

function overtaken(ref: UnitRef): GemmeshError {
  return new GemmeshError(
    'GEMMESH_TILE_OVERTAKEN',
    `attempt ${ref.attempt} of unit ${ref.unit} was overtaken by a newer one`,
  )
}
