/** All cores on one arena: the facade in front of piscina. */
import { Piscina } from 'piscina'
import { asGemmeshError, GemmeshError } from '../errors.ts'
import { type Arena, alignmentBytes } from '../kernel/arena.ts'
import { panelLimitBytes, panelMinimumBytes, workspaceBytes } from '../kernel/blocking.ts'
import { controlBytes, drain, resetControl, stop, viewControl } from '../kernel/drain.ts'
import { Kernel } from '../kernel/kernel.ts'
import type { Phase, PhaseLimits } from '../kernel/phase.ts'
import { planPhases } from '../kernel/phases.ts'
import type { LoadedProcessor } from '../kernel/processor.ts'
import { checkTask, type GemmTask } from '../kernel/task.ts'
import type { DrainRequest, ThreadData } from './thread.ts'
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

/**
 * Up to so much effort, about a product of 190x190x190, the calling thread computes by itself: some 130 microseconds at
 * most. Handing parts to other threads and hearing of their end takes 30 to 60.
 */
const aloneEffort = 2e7

/**
 * Up to so much effort a thread (two threads: a product of 512x512x512) the calling thread is one of the pool's: it begins
 * at once, while the others wake up. That keeps it from its events for one to three milliseconds; what takes longer goes to
 * other threads altogether.
 */
const togetherEffort = 1.6e8

/** Operations, and for each element that is packed or written the time of some 64 of them. */
const effort = ({ m, n, k }: GemmTask): number => 2 * m * n * k + 64 * (m * k + k * n + m * n)

const totalEffort = (tasks: readonly GemmTask[]): number => {
  let total = 0
  for (const task of tasks) total += effort(task)
  return total
}

/** Beside the source it is TypeScript, beside the compiled code JavaScript. */
const threadFile = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)

/** What a pool takes of its arena at most, in bytes. */
export const poolBytes = (threads: number): number =>
  controlBytes + threads * workspaceBytes + 2 * panelLimitBytes + (threads + 3) * alignmentBytes

interface Reserved {
  readonly control: number
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
  readonly #piscina: Piscina<DrainRequest, void>
  readonly #reserved: Reserved
  readonly #limits: PhaseLimits
  readonly #control: Int32Array
  readonly #kernel: Kernel
  /** The gemm before, done or failed: they run one after the other, each on all threads. */
  #tail: Promise<unknown> = Promise.resolve()
  /** Calls that have begun or wait for their turn. */
  #queued = 0
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
    this.#control = viewControl(arena.memory, reserved.control)
    const workerData: ThreadData = {
      module: processor.module,
      shapes: processor.tuning.shapes,
      memory: arena.memory,
      control: reserved.control,
    }
    this.#piscina = new Piscina({
      filename: threadFile.href,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      maxQueue: threads,
      atomics: 'sync',
      recordTiming: false,
      // Flags of the program's start, such as --input-type or --inspect-brk, are not meant for its threads.
      execArgv: [],
      workerData,
    })
    // A thread that dies idle is replaced by piscina; one that dies at work fails its gemm.
    this.#piscina.on('error', () => {})
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
      await pool.#drain([], 0, pool.#reserved.workspaces)
    } catch (error) {
      await pool.close()
      throw error
    }
    return pool
  }

  /**
   * Computes every task: on all threads, the calling one among them where that is a matter of a millisecond, or on the
   * calling one alone where it is less. Their C must not overlap with anything that another one reads or writes.
   * Calls queue up; a small one that nothing is before is done when this returns. When `signal` is aborted the threads stop between two pieces of work, the promise is rejected with
   * the signal's reason once all have stopped, and what the C of the tasks holds is undefined.
   */
  gemm(tasks: readonly GemmTask[], options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#closed) {
      return Promise.reject(new GemmeshError('GEMMESH_INTERNAL', 'The pool is closed; start another one.'))
    }
    if (this.#queued === 0 && totalEffort(tasks) <= aloneEffort) return this.#runHere(tasks, options.signal)
    this.#queued++
    const run = this.#tail.then(() => this.#run(tasks, options.signal))
    this.#tail = run.catch(() => {})
    return run
  }

  /** Waits for what is running, ends the threads and releases what the pool took of the arena. */
  close(): Promise<void> {
    this.#closed ??= this.#tail.then(async () => {
      await this.#piscina.destroy()
      const { control, workspaces, panels } = this.#reserved
      for (const offset of [control, ...workspaces, ...panels]) this.#arena.release(offset)
    })
    return this.#closed
  }

  /** At once and by the calling thread alone: what is small is over sooner than a promise of it. */
  async #runHere(tasks: readonly GemmTask[], signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    for (const phases of this.#plan(tasks)) {
      resetControl(this.#control)
      this.#drainHere(phases)
    }
  }

  async #run(tasks: readonly GemmTask[], signal: AbortSignal | undefined): Promise<void> {
    const halt = () => stop(this.#control)
    try {
      signal?.throwIfAborted()
      const total = totalEffort(tasks)
      signal?.addEventListener('abort', halt)
      for (const [round, phases] of this.#plan(tasks).entries()) {
        resetControl(this.#control)
        const pieces = phases.reduce((sum, phase) => sum + phase.pieces, 0)
        const threads = total <= aloneEffort ? 1 : Math.min(this.threads, pieces)
        if (total > togetherEffort * this.threads)
          await this.#drain(tasks, round, this.#reserved.workspaces.slice(0, threads))
        else await this.#drainTogether(tasks, round, phases, threads)
        signal?.throwIfAborted()
      }
    } finally {
      signal?.removeEventListener('abort', halt)
      this.#queued--
    }
  }

  #plan(tasks: readonly GemmTask[]): Phase[][] {
    for (const task of tasks) checkTask(task, this.#arena.bytes)
    return planPhases(tasks, this.#limits)
  }

  #drainHere(phases: readonly Phase[]): void {
    try {
      drain(phases, this.#control, this.#kernel, this.#reserved.workspaces[0])
    } catch (error) {
      throw asGemmeshError(error)
    }
  }

  /** As `#drain`, the calling thread being one of the threads. */
  async #drainTogether(
    tasks: readonly GemmTask[],
    round: number,
    phases: readonly Phase[],
    threads: number,
  ): Promise<void> {
    const others = this.#reserved.workspaces.slice(1, threads)
    const running = others.length > 0 ? this.#drain(tasks, round, others) : undefined
    try {
      this.#drainHere(phases)
    } catch (error) {
      await running?.catch(() => {})
      throw error
    }
    await running
  }

  /**
   * Threads, one a workspace, work off one round; when one fails, the others are stopped and awaited before its error is
   * thrown.
   */
  async #drain(tasks: readonly GemmTask[], round: number, workspaces: readonly number[]): Promise<void> {
    const drainOn = async (workspace: number) => {
      try {
        await this.#piscina.run({ tasks, round, limits: this.#limits, workspace })
      } catch (error) {
        // A thread that died cannot do so itself, and others may be waiting for its piece.
        stop(this.#control)
        throw asGemmeshError(error)
      }
    }
    const results = await Promise.allSettled(workspaces.map(drainOn))
    for (const result of results) if (result.status === 'rejected') throw result.reason
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
    // Two panels are at most an eighth of the arena: the operands are what it is for.
    const panelBytes = Math.min(panelLimitBytes, Math.max(panelMinimumBytes, Math.floor(arena.bytes / 16)))
    return {
      control: take(controlBytes),
      workspaces: [take(workspaceBytes), ...Array.from({ length: threads - 1 }, () => take(workspaceBytes))],
      panels: [take(panelBytes), take(panelBytes)],
      panelBytes,
    }
  } catch (error) {
    for (const offset of taken) arena.release(offset)
    throw error
  }
}
