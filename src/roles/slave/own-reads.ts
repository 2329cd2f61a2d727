/** Operands that a slave reads by itself: files it sees as the master does, and URLs, where its configuration allows them. */

import type { FastifyBaseLogger } from 'fastify'
import { dropOldest } from '../../core/drop-oldest.ts'
import { asGemmeshError } from '../../errors.ts'
import { FileOperands } from '../../store/file-operands.ts'
import { UrlOperands } from '../../store/url-operands.ts'
import type { DirectReads } from './block-sources.ts'
import type { Piece } from './operand-pieces.ts'

export class OwnReads implements DirectReads {
  readonly #files: FileOperands
  readonly #urls: UrlOperands
  readonly #logger: FastifyBaseLogger
  /** Matrices that could not be read here: said once, not with each block. Bounded, the oldest goes. */
  readonly #warned = new Set<string>()

  constructor(folders: readonly string[], urls: readonly string[], logger: FastifyBaseLogger) {
    this.#files = new FileOperands(folders)
    this.#urls = new UrlOperands(urls)
    this.#logger = logger
  }

  readFile(piece: Piece, target: Uint8Array): Promise<boolean> {
    const { file } = piece.operand
    return this.#tried(piece, file && (() => this.#files.read(file, piece.stored, target)))
  }

  readUrl(piece: Piece, target: Uint8Array): Promise<boolean> {
    const { url } = piece.operand
    return this.#tried(piece, url && (() => this.#urls.read(url, piece.stored, target)))
  }

  async close(): Promise<void> {
    await Promise.all([this.#files.close(), this.#urls.close()])
  }

  /** What cannot be read here, comes over the mesh; if it has changed, the master says so. */
  async #tried({ operand }: Piece, read: (() => Promise<void>) | undefined): Promise<boolean> {
    if (read === undefined) return false
    try {
      await read()
      return true
    } catch (error) {
      const { code, message } = asGemmeshError(error)
      if (!this.#warned.has(operand.matrix))
        this.#logger.info({ code, reason: message }, 'an operand is not read directly')
      this.#warned.add(operand.matrix)
      dropOldest(this.#warned, warnedKept)
      return false
    }
  }
}

const warnedKept = 1024
