/** The journal's twin without a disk, for tests and simulations: what it forgets in a crash is what a disk would. */
import { GemmeshError } from '../../errors.ts'
import { GroupCommit } from './group-commit.ts'
import type { Journal, JournalRecord } from './journal.ts'

/** What is durable; it outlives the journals that are opened on it, as a file outlives processes. */
export class MemoryJournalFile {
  records: readonly JournalRecord[] = []
  owner: MemoryJournal | undefined
}

export interface MemoryJournalOptions {
  /**
   * Stands for the flush of a group: the group is durable when it resolves, and none of it is where it rejects.
   * Default: at once.
   */
  readonly flush?: () => Promise<void>
}

type Step = { readonly records: readonly JournalRecord[]; readonly replaces: boolean }

export class MemoryJournal implements Journal {
  readonly #file: MemoryJournalFile
  readonly #group: GroupCommit<Step>
  readonly #flush: () => Promise<void>
  /** The group whose flush is under way. */
  #unsynced: readonly Step[] = []
  #state: 'open' | 'closed' | 'crashed' = 'open'

  /** GEMMESH_DATA_LOCKED where another one is open on `file`. */
  constructor(file = new MemoryJournalFile(), { flush = async () => {} }: MemoryJournalOptions = {}) {
    if (file.owner !== undefined)
      throw new GemmeshError('GEMMESH_DATA_LOCKED', 'Another master has this journal open.')
    file.owner = this
    this.#file = file
    this.#flush = flush
    this.#group = new GroupCommit(steps => this.#commit(steps))
  }

  read(): readonly JournalRecord[] {
    return this.#file.records
  }

  append(...records: readonly JournalRecord[]): Promise<void> {
    return this.#add({ records: copied(records), replaces: false })
  }

  rewrite(records: readonly JournalRecord[]): Promise<void> {
    return this.#add({ records: copied(records), replaces: true })
  }

  async close(): Promise<void> {
    await this.#group.idle()
    if (this.#state === 'open') this.#release('closed')
  }

  /**
   * The process dies: nothing of it settles any more. What was being flushed is lost, or, with `reached`, had just reached
   * the disk, though nobody was told.
   */
  crash({ reached = false } = {}): void {
    if (reached) this.#apply(this.#unsynced)
    this.#release('crashed')
  }

  async #add(step: Step): Promise<void> {
    if (this.#state === 'crashed') return never()
    if (this.#state === 'closed') throw new GemmeshError('GEMMESH_INTERNAL', 'the journal is closed')
    return this.#group.add(step)
  }

  async #commit(steps: readonly Step[]): Promise<void> {
    this.#unsynced = steps
    try {
      await this.#flush()
      if (this.#state !== 'crashed') this.#apply(steps)
    } finally {
      this.#unsynced = []
      if (this.#state === 'crashed') await never()
    }
  }

  #apply(steps: readonly Step[]): void {
    for (const { records, replaces } of steps)
      this.#file.records = replaces ? records : [...this.#file.records, ...records]
  }

  #release(state: 'closed' | 'crashed'): void {
    this.#state = state
    if (this.#file.owner === this) this.#file.owner = undefined
  }
}

const copied = (records: readonly JournalRecord[]): readonly JournalRecord[] =>
  records.map(record => ({ ...record, body: record.body.slice() }))

const never = (): Promise<never> => new Promise(() => {})
