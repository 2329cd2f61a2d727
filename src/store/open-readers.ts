import { NpyReader } from '../formats/npy-reader.ts'

interface Entry {
  readonly reader: Promise<NpyReader>
  users: number
}

/**
 * Readers that are kept open between uses, so that a block costs no opening of its file. At most `most` stay open
 * while nobody uses them; the one that was not used for longest is closed first.
 */
export class OpenReaders {
  readonly #most: number
  /** by path, in the order of their last use */
  readonly #entries = new Map<string, Entry>()

  constructor(most: number) {
    this.#most = most
  }

  /** Whether the file at `path` is open, so that its path is not followed again. */
  has(path: string): boolean {
    return this.#entries.has(path)
  }

  /** Lets `task` use the reader of the file at `path`; the reader is closed only when no task uses it. */
  async use<Result>(path: string, task: (reader: NpyReader) => Promise<Result>): Promise<Result> {
    const entry = this.#entries.get(path) ?? { reader: NpyReader.open(path), users: 0 }
    entry.users++
    this.#touch(path, entry)
    try {
      return await task(await entry.reader)
    } catch (error) {
      // A file that could not be opened or read is tried anew the next time.
      if (this.#entries.get(path) === entry) this.#entries.delete(path)
      throw error
    } finally {
      entry.users--
      await this.#release(path, entry)
    }
  }

  async close(): Promise<void> {
    const idle = [...this.#entries.values()].filter(({ users }) => users === 0)
    this.#entries.clear()
    await Promise.all(idle.map(closeReader))
  }

  #touch(path: string, entry: Entry): void {
    this.#entries.delete(path)
    this.#entries.set(path, entry)
  }

  async #release(path: string, entry: Entry): Promise<void> {
    if (entry.users > 0) return
    if (this.#entries.get(path) !== entry) return closeReader(entry)
    const idle = [...this.#entries].filter(([, { users }]) => users === 0)
    const [oldest] = idle
    if (idle.length <= this.#most || oldest === undefined) return
    this.#entries.delete(oldest[0])
    await closeReader(oldest[1])
  }
}

/** One that was never open needs no closing. */
async function closeReader({ reader }: Entry): Promise<void> {
  await reader.then(
    opened => opened.close(),
    () => {},
  )
}
