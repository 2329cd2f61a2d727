/** The operands that jobs may name: uploaded matrices, files in allowed folders, files on allowed servers. */

import type { OperandRequest } from '../../api/schemas.ts'
import { dropOldest } from '../../core/drop-oldest.ts'
import type { Rectangle } from '../../core/geometry.ts'
import { GemmeshError } from '../../errors.ts'
import type { NpyHeader } from '../../formats/npy.ts'
import { FileOperands, type LocatedFile } from '../../store/file-operands.ts'
import type { Matrices } from '../../store/matrices.ts'
import { type LocatedUrl, UrlOperands } from '../../store/url-operands.ts'

/** An operand as jobs keep it. */
export interface OperandSource {
  readonly id: string
  readonly header: NpyHeader
  readonly file?: LocatedFile
  readonly url?: LocatedUrl
}

/** Operands by reference that are known, more than the jobs that may wait can name. */
const referencesKept = 10_000

export class Operands {
  readonly #matrices: Matrices
  readonly #files: FileOperands
  readonly #urls: UrlOperands
  /** Of files and URLs, in the order of their last use by a job. */
  readonly #references = new Map<string, OperandSource>()

  constructor(matrices: Matrices, folders: readonly string[], urls: readonly string[]) {
    this.#matrices = matrices
    this.#files = new FileOperands(folders)
    this.#urls = new UrlOperands(urls)
  }

  /** GEMMESH_MATRIX_UNKNOWN, or what FileOperands and UrlOperands say of a file or URL. */
  async resolve(operand: OperandRequest): Promise<OperandSource> {
    if (typeof operand === 'string') return this.#known(operand)
    if ('path' in operand) {
      const file = await this.#files.locate(operand.path)
      return this.#remember({ id: file.id, header: file.header, file })
    }
    const url = await this.#urls.locate(operand.url)
    return this.#remember({ id: url.id, header: url.header, url })
  }

  /**
   * An operand that a job named before a restart. GEMMESH_MATRIX_UNKNOWN, GEMMESH_OPERAND_CHANGED, or what FileOperands says of a
   * file; a URL is looked at when it is read: its server may be away for a while.
   */
  async restore(source: OperandSource): Promise<void> {
    const { id, file, url } = source
    if (file === undefined && url === undefined) this.#known(id)
    else this.#remember(source)
    if (file === undefined || (await this.#files.locate(file.path)).id === id) return
    throw new GemmeshError(
      'GEMMESH_OPERAND_CHANGED',
      `${file.path} is not the file any more that it was when the job was submitted. Submit the job again, and leave its files alone until it is done.`,
    )
  }

  header(id: string): NpyHeader {
    return this.#known(id).header
  }

  /** GEMMESH_OPERAND_CHANGED where a file is not what it was when a job named it. */
  async read(id: string, rectangle: Rectangle, target: Uint8Array): Promise<void> {
    const { file, url } = this.#known(id)
    if (file !== undefined) await this.#files.read(file, rectangle, target)
    else if (url !== undefined) await this.#urls.read(url, rectangle, target)
    else await this.#matrices.reader(id).read(rectangle, target)
  }

  async close(): Promise<void> {
    await Promise.all([this.#files.close(), this.#urls.close()])
  }

  #known(id: string): OperandSource {
    return this.#references.get(id) ?? { id, header: this.#matrices.get(id).header }
  }

  #remember(source: OperandSource): OperandSource {
    this.#references.delete(source.id)
    this.#references.set(source.id, source)
    dropOldest(this.#references, referencesKept)
    return source
  }
}

/** Not of a job, but of the answer to it. */
export function wayOf({ file, url }: OperandSource): 'upload' | 'file' | 'url' {
  if (file !== undefined) return 'file'
  return url === undefined ? 'upload' : 'url'
}
