/** The last steps of a tile whose bytes are written: flushed, in groups, then journaled. After that it may be acknowledged. */
import type { PlacedTile, WrongTile } from '../../core/receipt.ts'
import { GemmeshError } from '../../errors.ts'
import type { NpyWriter } from '../../formats/npy-writer.ts'
import { GroupCommit } from '../../store/journal/group-commit.ts'

/** Records: durable when they resolve. */
export interface TileJournal {
  /** Its bytes are on the disk. */
  placed(tile: PlacedTile): Promise<void>
  wrong(tile: WrongTile): Promise<void>
}

export class TileCommit {
  readonly #writer: Pick<NpyWriter, 'sync'>
  readonly #journal: TileJournal
  readonly #flushes = new GroupCommit<undefined>(() => this.#flush())
  #failedFlushes = 0
  #isStopped = false

  constructor(writer: Pick<NpyWriter, 'sync'>, journal: TileJournal) {
    this.#writer = writer
    this.#journal = journal
  }

  /** What a tile gets before its first byte is written, for `commit`. */
  get ticket(): number {
    return this.#failedFlushes
  }

  /**
   * Resolves when the bytes and the record of `tile` are on the disk; false, with nothing recorded, where it was stopped before.
   * GEMMESH_STORAGE_FULL: it has to be written again. GEMMESH_STORAGE_FAILED.
   */
  async commit(tile: PlacedTile, ticket: number): Promise<boolean> {
    await this.#flushes.add(undefined)
    if (this.#isStopped) return false
    if (ticket !== this.#failedFlushes) {
      throw new GemmeshError(
        'GEMMESH_STORAGE_FULL',
        `the disk was full while the tile of unit ${tile.unit} was on its way there: it has to be sent again when there is room`,
      )
    }
    await this.#journal.placed(tile)
    return true
  }

  /** Nothing is written any more. */
  stop(): void {
    this.#isStopped = true
  }

  async #flush(): Promise<void> {
    if (this.#isStopped) return
    try {
      await this.#writer.sync()
    } catch (error) {
      // Whatever was written meanwhile may be lost too, and the disk does not say so twice: all that hold a ticket are told.
      this.#failedFlushes++
      if (!this.#isStopped) throw error
    }
  }
}
