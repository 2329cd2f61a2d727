/** Many wait for one: what has to be on the disk goes there in groups, because one flush costs as much as many together. */

interface Waiting<Item> {
  readonly item: Item
  readonly settle: PromiseWithResolvers<void>
}

export class GroupCommit<Item> {
  readonly #commit: (items: readonly Item[]) => Promise<void>
  readonly #gather: () => Promise<void>
  #waiting: Waiting<Item>[] = []
  #committing: Promise<void> | undefined

  /**
   * `commit` gets one group at a time, in the order of adding; what it throws, all of that group get. A group waits for others
   * to join until `gather` resolves: by default those that are added in the same breath.
   */
  constructor(
    commit: (items: readonly Item[]) => Promise<void>,
    gather: () => Promise<void> = async () => {},
  ) {
    this.#commit = commit
    this.#gather = gather
  }

  /** Resolves when the group that this went with is committed: the next one, or the one after that which is under way. */
  add(item: Item): Promise<void> {
    const settle = Promise.withResolvers<void>()
    this.#waiting.push({ item, settle })
    this.#committing ??= this.#run()
    return settle.promise
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather()
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#commit(group.map(({ item }) => item))
        for (const { settle } of group) settle.resolve()
      } catch (error) {
        for (const { settle } of group) settle.reject(error)
      }
    }
    this.#committing = undefined
  }
}
