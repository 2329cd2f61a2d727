/** The processors that master-assign serves: those of its installation, read anew for each job, by digest. */
import { dropOldest } from '../../core/drop-oldest.ts'
import { GemmeshError } from '../../errors.ts'
import { type ProcessorImage, readProcessorImages } from '../../kernel/processor.ts'
import type { Processor } from '../../protocol/messages.ts'

/** Modules of some ten KiB: jobs that began before a rebuild go on with theirs. */
const imagesKept = 32

/** How messages name processors. */
export const namedProcessors = (images: readonly ProcessorImage[]): Processor[] =>
  images.map(({ variant, sha256, bytes }) => ({ variant, sha256, sizeBytes: bytes.byteLength }))

/** What a ProcessorCatalogue does, whoever does it. */
export type Processors = Pick<ProcessorCatalogue, keyof ProcessorCatalogue>

export class ProcessorCatalogue {
  readonly #folder: URL | undefined
  /** By digest; the first is the longest unused. */
  readonly #images = new Map<string, ProcessorImage>()
  #current: readonly ProcessorImage[] = []

  /** Without a folder: those of this installation. */
  constructor(folder?: URL) {
    this.#folder = folder
  }

  /** What the last reading found. */
  get current(): readonly ProcessorImage[] {
    return this.#current
  }

  /** Reads the modules again: one that was rebuilt since is another processor. */
  async read(): Promise<readonly ProcessorImage[]> {
    const found = await readProcessorImages(this.#folder)
    // What is known is not kept twice: each job that is remembered names its images.
    this.#current = found.map(image => {
      const known = this.#images.get(image.sha256)
      return known?.variant === image.variant ? known : image
    })
    for (const image of this.#current) {
      this.#images.delete(image.sha256)
      this.#images.set(image.sha256, image)
    }
    dropOldest(this.#images, imagesKept)
    return this.#current
  }

  bytes(sha256: string): Uint8Array {
    const image = this.#images.get(sha256)
    if (image !== undefined) return image.bytes
    throw new GemmeshError(
      'GEMMESH_PROCESSOR_REJECTED',
      `no processor ${sha256} is served here; ask for one that a work unit names`,
    )
  }
}
