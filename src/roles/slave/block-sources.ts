/**
 * Where a slave gets its blocks: from a file or URL that it may read itself, from another slave that has the block, or from
 * the source that its work unit names. master-assign knows who has what, and is asked once for all blocks of a step.
 */
import { setImmediate } from 'node:timers'
import type { FastifyBaseLogger } from 'fastify'
import type { Member } from '../../core/block-directory.ts'
import { asGemmeshError, GemmeshError } from '../../errors.ts'
import type { BulkSink } from '../../protocol/bulk.ts'
import { digestOf } from '../../protocol/checksum.ts'
import { limits } from '../../protocol/limits.ts'
import type { BlockLocation } from '../../protocol/messages.ts'
import { blockPath, heldBlockPath } from '../../protocol/routes.ts'
import type { Link } from '../../transport/link.ts'
import { resendDamaged } from '../../transport/resend-damaged.ts'
import type { Piece } from './operand-pieces.ts'
import { Silence } from './silence.ts'

/** Reads a block without any node; false where this slave may not, or cannot, so that it has to come over the mesh. */
export interface DirectReads {
  readFile(piece: Piece, target: Uint8Array): Promise<boolean>
  readUrl(piece: Piece, target: Uint8Array): Promise<boolean>
}

export interface BlockSourcesOptions {
  readonly link: Link
  /** This slave. */
  readonly member: Member
  readonly direct?: DirectReads
  readonly logger: FastifyBaseLogger
  readonly patience?: Patience
}

/** With another slave that is to give a block. */
export interface Patience {
  /** How long it may be silent: a machine that stands still must not hold others up until it is given up for lost. */
  readonly silentMs: number
  /** How long it may wait for the block itself, as it says again and again, before the block comes from its source. */
  readonly waitingMs: number
}

const usualPatience: Patience = { silentMs: 3_000, waitingMs: 10_000 }

/** By which way a block came: the fields of OperandBytes. */
export type Way = 'fromMaster' | 'fromSlaves' | 'readDirectly'

/** A block that came, and its digest, which was made where it was read. */
export interface Fetched {
  readonly way: Way
  readonly digest: string
}

interface Asked {
  readonly piece: Piece
  readonly resolve: (location: BlockLocation) => void
  readonly reject: (error: unknown) => void
}

export class BlockSources {
  readonly #options: BlockSourcesOptions & { readonly patience: Patience }
  readonly #silence: Silence
  /** To be asked for in this turn of the event loop, by the origin that knows. */
  readonly #asked = new Map<string, Asked[]>()

  constructor(options: BlockSourcesOptions) {
    this.#options = { patience: usualPatience, ...options }
    this.#silence = new Silence(this.#options.patience.silentMs)
  }

  /** Brings the block to `target`. Another slave that does not give it costs time, not the block. */
  async fetch(piece: Piece, target: Uint8Array, granted: (ticket: number) => void): Promise<Fetched> {
    const { direct } = this.#options
    const { file, url, source } = piece.operand
    const readDirectly = (): Fetched => ({ way: 'readDirectly', digest: digestOf(target) })
    if (file !== undefined && (await direct?.readFile(piece, target))) return readDirectly()
    const { origin, ticket } = await this.#locate(piece)
    granted(ticket)
    const lent = origin === undefined ? undefined : await this.#fromSlave(origin, ticket, piece, target)
    if (lent !== undefined) return { way: 'fromSlaves', digest: lent }
    if (url !== undefined && (await direct?.readUrl(piece, target))) return readDirectly()
    const { matrix, row, column } = piece.block
    return {
      way: 'fromMaster',
      digest: await resendDamaged(() => this.#pull(source, blockPath(matrix, row, column), piece, target)),
    }
  }

  /** The digest of what it lent; undefined where it did not. */
  async #fromSlave(
    origin: string,
    ticket: number,
    piece: Piece,
    target: Uint8Array,
  ): Promise<string | undefined> {
    const { logger, patience } = this.#options
    const path = heldBlockPath(ticket, piece.block, piece.grid)
    const until = performance.now() + patience.waitingMs
    for (;;) {
      try {
        const onHeard = () => this.#silence.heard(origin)
        return await this.#silence.during(origin, signal =>
          this.#pull(origin, path, piece, target, { signal, onHeard }),
        )
      } catch (error) {
        const { code, message } = asGemmeshError(error)
        if (code === 'GEMMESH_BLOCK_AWAITED') {
          this.#silence.heard(origin)
          if (performance.now() < until) continue
        }
        const said = { from: origin, block: piece.block, code, reason: message }
        if (code === 'GEMMESH_TRANSFER_CORRUPT')
          logger.warn(said, 'a slave gave a damaged block: it is taken from its source')
        else logger.debug(said, 'a slave did not give a block')
        await this.#sayFailed(origin, piece)
        return undefined
      }
    }
  }

  /** Streams a block straight into its place; its digest. Not cancelled with a unit: others may wait for the block. */
  async #pull(
    origin: string,
    path: string,
    { blockRows, blockColumns, dtype }: Piece,
    target: Uint8Array,
    { signal, onHeard }: { readonly signal?: AbortSignal; readonly onHeard?: () => void } = {},
  ): Promise<string> {
    const sink: BulkSink = {
      begin(header) {
        onHeard?.()
        if (header.rows === blockRows && header.columns === blockColumns && header.dtype === dtype) return
        throw new GemmeshError(
          'GEMMESH_TRANSFER_CORRUPT',
          `${origin}${path} is ${header.rows}x${header.columns} ${header.dtype}, expected ${blockRows}x${blockColumns} ${dtype}`,
        )
      },
      data(offsetBytes, bytes) {
        onHeard?.()
        target.set(bytes, offsetBytes)
      },
    }
    const { digest } = await this.#options.link.pull(origin, path, sink, { signal })
    return digest
  }

  #locate(piece: Piece): Promise<BlockLocation> {
    const { promise, resolve, reject } = Promise.withResolvers<BlockLocation>()
    const { source } = piece.operand
    const asked = this.#asked.get(source)
    if (asked !== undefined) asked.push({ piece, resolve, reject })
    else {
      this.#asked.set(source, [{ piece, resolve, reject }])
      setImmediate(() => this.#ask(source))
    }
    return promise
  }

  /** Asks for all that was wanted until now. */
  #ask(source: string): void {
    const asked = this.#asked.get(source) ?? []
    this.#asked.delete(source)
    for (let at = 0; at < asked.length; at += limits.blocksAtOnce)
      this.#askFor(source, asked.slice(at, at + limits.blocksAtOnce))
  }

  async #askFor(source: string, asked: readonly Asked[]): Promise<void> {
    const { link, member } = this.#options
    const { name, incarnation } = member
    try {
      const blocks = asked.map(({ piece }) => piece.block)
      const { locations } = await link.call(source, 'locateBlocks', { name, incarnation, blocks })
      // A master that names fewer names itself for the rest.
      for (const [index, { resolve }] of asked.entries()) resolve(locations[index] ?? { ticket: 0 })
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }

  async #sayFailed(failed: string, { block, operand }: Piece): Promise<void> {
    const { link, member, logger } = this.#options
    const { name, incarnation } = member
    try {
      await link.call(operand.source, 'locateBlocks', { name, incarnation, blocks: [block], failed })
    } catch (error) {
      logger.debug({ reason: asGemmeshError(error).message }, 'the master did not hear of it')
    }
  }
}
