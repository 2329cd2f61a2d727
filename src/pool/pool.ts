/** All cores on one arena: the facade in front of piscina. */
import { asGemmeshError, GemmeshError } from '../errors.ts'
import { computeAlone } from '../kernel/alone.ts'
import { type Arena, alignmentBytes } from '../kernel/arena.ts'
import { panelLimitBytes, panelMinimumBytes, workspaceBytes } from '../kernel/blocking.ts'
import { controlBytes, drain, resetControl, stop, ticketsTaken, viewControl } from '../kernel/drain.ts'
import { Kernel } from '../kernel/kernel.ts'
import type { Phase, PhaseLimits } from '../kernel/phase.ts'
import { planPhases } from '../kernel/phases.ts'
import type { LoadedProcessor } from '../kernel/processor.ts'
import { checkTask, type GemmTask } from '../kernel/task.ts'
import { Crew } from './crew.ts'
import { totalEffort } from './effort.ts'
import { lingerMs, mailboxBytes, type RoundOfTasks, tasksAtOnce } from './mailbox.ts'
import { isShareable, type Sharing, sharingOf } from './sharing.ts'
import { usableThreads } from './usable-threads.ts'

export type { GemmTask, View } from '../kernel/task.ts'

export interface PoolOptions {
  readonly arena: Arena
  readonly processor: LoadedProcessor
  /** Default: the cores that this process may really use. */
  readonly threads?: number
}

/** What no machine has: a thread count above it is a mistake. */
const threadLimit = 1024

const finished = Promise.resolve()

/** Two panels are at most an eighth of the arena: the operands are what it is for. */
const panelBytesOf = (arenaBytes: number): number =>
  Math.min(panelLimitBytes, Math.max(panelMinimumBytes, Math.floor(arenaBytes / 16)))

/** What a pool takes at most of an arena of so many bytes (default: of any), in bytes. */
export const poolBytes = (threads: number, arenaBytes = Number.POSITIVE_INFINITY): number =>
  controlBytes +
  mailboxBytes(threads) +
  threads * workspaceBytes +
  2 * panelBytesOf(arenaBytes) +
  (threads + 4) * alignmentBytes

interface Reserved {
  readonly control: number
  readonly mailbox: number
  readonly workspaces: readonly [number, ...number[]]
  readonly panels: readonly [number, number]
  readonly panelBytes: number
}

/**
 * Threads that multiply matrices in a shared arena. Several pools may share an arena. An idle pool does not keep the
 * process alive; `close` ends the threads and gives the pool's part of the arena back.
 */
export class Pool {
  readonly threads: number
  readonly #arena: Arena
  readonly #crew: Crew
  readonly #reserved: Reserved
  readonly #limits: PhaseLimits
  readonly #aloneLimits: PhaseLimits
  readonly #control: Int32Array
  readonly #kernel: Kernel
  /** The gemm before, done or failed: they run one after the other, each on all threads. */
  #tail: Promise<unknown> = Promise.resolve()
  /** Calls that have begun or wait for their turn. */
  #queued = 0
  /** When the last product ended that was computed here and large enough to be shared; by `performance.now()`. */
  #endedMs = Number.NEGATIVE_INFINITY
  /** Taken in rounds before. */
  #piecesBefore = 0
  #closed: Promise<void> | undefined

  private constructor(options: Required<PoolOptions>) {
    const { arena, processor, threads } = options
    // Also the check that the processor fits this version, before any thread starts.
    this.#kernel = new Kernel(processor.module, arena.memory, processor.tuning.shapes)
    const { microTiles } = this.#kernel
    const reserved = reserve(arena, threads)
    this.threads = threads
    this.#arena = arena
    this.#reserved = reserved
    const { panels, panelBytes } = reserved
    this.#limits = { threads, microTiles, mc: processor.tuning.mc, panels, panelBytes }
    this.#aloneLimits = { ...this.#limits, threads: 1 }
    this.#control = viewControl(arena.memory, reserved.control)
    const { control, mailbox, workspaces } = reserved
    this.#crew = new Crew(
      {
        module: processor.module,
        shapes: processor.tuning.shapes,
        memory: arena.memory,
        limits: this.#limits,
        control,
        mailbox,
        workspaces,
      },
      // Others may be waiting for its piece.
      () => stop(this.#control),
    )
  }

  /** Starts the threads, and returns when each is ready to compute. */
  static async start(options: PoolOptions): Promise<Pool> {
    const threads = options.threads ?? usableThreads()
    if (!Number.isInteger(threads) || threads < 1 || threads > threadLimit) {
      throw new GemmeshError('GEMMESH_USAGE', `threads is ${threads}; it has to be from 1 to ${threadLimit}.`)
    }
    const pool = new Pool({ ...options, threads })
    try {
      // Each thread is handed one of these as it starts, and answers when it has instantiated the processor.
      await pool.#drainAway({ tasks: [], round: 0, lingers: false }, threads)
    } catch (error) {
      await pool.close()
      throw error
    }
    return pool
  }

  /**
   * Computes every task: on all threads, the calling one among them where that is a matter of a millisecond, or on the
   * calling one alone where it is less (sharing.ts). Their C must not overlap with anything that another one reads or writes.
   * Calls queue up; a small one that nothing is before is done when this returns. When `signal` is aborted the threads stop between two pieces of work, the promise is rejected with
   * the signal's reason once all have stopped, and what the C of the tasks holds is undefined.
   */
  gemm(tasks: readonly GemmTask[], options?: { readonly signal?: AbortSignal }): Promise<void> {
    const signal = options?.signal
    if (this.#closed) {
      return Promise.reject(new GemmeshError('GEMMESH_INTERNAL', 'The pool is closed; start another one.'))
    }
    const effort = totalEffort(tasks)
    if (this.#queued === 0 && this.#sharingOf(effort) === 'alone') return this.#runHere(tasks, effort, signal)
    this.#queued++
    const run = this.#tail.then(() => this.#run(tasks, signal))
    this.#tail = run.catch(() => {})
    return run
  }

  /** Grows while products are computed: a large one, too, is many pieces. */
  get piecesTaken(): number {
    return this.#piecesBefore + ticketsTaken(this.#control)
  }

  /** Waits for what is running, ends the threads and releases what the pool took of the arena. */
  close(): Promise<void> {
    this.#closed ??= this.#tail.then(async () => {
      await this.#crew.destroy()
      const { control, mailbox, workspaces, panels } = this.#reserved
      for (const offset of [control, mailbox, ...workspaces, ...panels]) this.#arena.release(offset)
    })
    return this.#closed
  }

  /** At once and by the calling thread alone: what is small is over sooner than a promise of it. */
  #runHere(tasks: readonly GemmTask[], effort: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      signal?.throwIfAborted()
      this.#check(tasks)
      for (const task of tasks)
        computeAlone(task, this.#aloneLimits, this.#kernel, this.#reserved.workspaces[0])
      if (isShareable(effort)) this.#endedMs = performance.now()
      return finished
    } catch (error) {
      return Promise.reject(signal?.aborted ? error : asGemmeshError(error))
    }
  }

  async #run(tasks: readonly GemmTask[], signal: AbortSignal | undefined): Promise<void> {
    const halt = () => stop(this.#control)
    try {
      signal?.throwIfAborted()
      this.#check(tasks)
      signal?.addEventListener('abort', halt)
      for (let first = 0; first < tasks.length; first += tasksAtOnce) {
        await this.#runGroup(tasks.slice(first, first + tasksAtOnce), signal)
      }
    } finally {
      signal?.removeEventListener('abort', halt)
      this.#queued--
    }
  }

  async #runGroup(tasks: readonly GemmTask[], signal: AbortSignal | undefined): Promise<void> {
    const effort = totalEffort(tasks)
    const sharing = this.#sharingOf(effort)
    for (const [round, phases] of planPhases(tasks, this.#limits).entries()) {
      this.#piecesBefore += ticketsTaken(this.#control)
      resetControl(this.#control)
      const pieces = phases.reduce((sum, phase) => sum + phase.pieces, 0)
      const threads = sharing === 'alone' ? 1 : Math.min(this.threads, pieces)
      if (sharing === 'away') await this.#drainAway({ tasks, round, lingers: false }, threads)
      else await this.#drainTogether({ tasks, round, lingers: true }, phases, threads)
      signal?.throwIfAborted()
    }
    if (sharing !== 'away' && isShareable(effort)) this.#endedMs = performance.now()
  }

  /** A product that follows another one at once is worth calling threads for, if they are not lingering already. */
  #sharingOf(effort: number): Sharing {
    const follows = isShareable(effort) && performance.now() - this.#endedMs < lingerMs
    return sharingOf(effort, this.threads, follows)
  }

  #check(tasks: readonly GemmTask[]): void {
    for (const task of tasks) checkTask(task, this.#arena.bytes)
  }

  #drainHere(phases: readonly Phase[]): void {
    try {
      drain(phases, this.#control, this.#kernel, this.#reserved.workspaces[0])
    } catch (error) {
      throw asGemmeshError(error)
    }
  }

  /** The calling thread is one of the threads. */
  async #drainTogether(round: RoundOfTasks, phases: readonly Phase[], threads: number): Promise<void> {
    this.#crew.call(round, 1, threads)
    try {
      this.#drainHere(phases)
    } catch (error) {
      await this.#crew.join(1, threads).catch(() => {})
      throw error
    }
    await this.#crew.join(1, threads)
  }

  /** The calling thread goes back to its events: if others lingered it would hear late of the end. */
  async #drainAway(round: RoundOfTasks, threads: number): Promise<void> {
    this.#crew.call(round, 0, threads)
    await this.#crew.done(0, threads)
  }
}

/** Takes the pool's part of the arena; all of it or, with the error, nothing. */
function reserve(arena: Arena, threads: number): Reserved {
  const taken: number[] = []
  const take = (bytes: number): number => {
    const offset = arena.allocate(bytes)
    taken.push(offset)
    return offset
  }
  try {
    const panelBytes = panelBytesOf(arena.bytes)
    const mailbox = take(mailboxBytes(threads))
    // What was there before is not what the slots say.
    new Uint8Array(arena.buffer, mailbox, mailboxBytes(threads)).fill(0)
    return {
      control: take(controlBytes),
      mailbox,
      workspaces: [take(workspaceBytes), ...Array.from({ length: threads - 1 }, () => take(workspaceBytes))],
      panels: [take(panelBytes), take(panelBytes)],
      panelBytes,
    }
  } catch (error) {
    for (const offset of taken) arena.release(offset)
    throw error
  }
}
