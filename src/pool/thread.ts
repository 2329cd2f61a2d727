/** What runs in each thread of a pool: takes its share of the pieces of a round, and of the next ones if they come at once. */
import { workerData } from 'node:worker_threads'
import { GemmeshError } from '../errors.ts'
import { drain, viewControl } from '../kernel/drain.ts'
import { Kernel, type Shapes } from '../kernel/kernel.ts'
import type { PhaseLimits } from '../kernel/phase.ts'
import { planPhases } from '../kernel/phases.ts'
import { Mailbox } from './mailbox.ts'

/** What a thread computes on. Offsets are of the memory that all threads of the pool share. */
export interface ThreadData {
  readonly module: WebAssembly.Module
  readonly shapes: Shapes
  readonly memory: WebAssembly.Memory
  readonly control: number
  readonly mailbox: number
  /** One a slot. */
  readonly workspaces: readonly number[]
  readonly limits: PhaseLimits
}

/** Of each thread of a pool, one call: none returns before all have arrived, so that no thread takes two of them. */
export interface Orders {
  readonly data: ThreadData
  /** How many threads have arrived. */
  readonly arrived: SharedArrayBuffer
  readonly threads: number
}

/** The slot to drain rounds for, or what is needed for that. */
export type Call = number | Orders

/** A thread that dies on its way is replaced within less; who waited in vain goes on without it. */
const patienceMs = 10_000

// Piscina hands over what it was given as `workerData`, untyped: a thread that replaces another finds there what it computes on.
const { data: known }: { readonly data?: ThreadData } = workerData
let tools = known && toolsOf(known)

export default function takeCall(call: Call): void {
  if (typeof call === 'number') drainRounds(call)
  else prepare(call)
}

function prepare({ data, arrived, threads }: Orders): void {
  try {
    tools = toolsOf(data)
  } finally {
    const count = new Int32Array(arrived)
    Atomics.add(count, 0, 1)
    Atomics.notify(count, 0)
    for (let there = Atomics.load(count, 0); there < threads; there = Atomics.load(count, 0))
      if (Atomics.wait(count, 0, there, patienceMs) === 'timed-out') break
  }
}

function toolsOf({ module, shapes, memory, control, mailbox, workspaces, limits }: ThreadData) {
  return {
    kernel: new Kernel(module, memory, shapes),
    counters: viewControl(memory, control),
    box: new Mailbox(memory, mailbox, workspaces.length),
    workspaces,
    limits,
  }
}

/** In the slot are the thread's place in the mailbox, and its workspace. */
function drainRounds(slot: number): void {
  if (tools === undefined)
    throw new GemmeshError('GEMMESH_INTERNAL', 'a thread was called before it was prepared')
  const { kernel, counters, box, workspaces, limits } = tools
  const workspace = workspaces[slot] ?? Number.NaN
  try {
    let current = box.begin(slot)
    while (current !== undefined) {
      const { tasks, round, lingers } = current
      const phases = planPhases(tasks, limits)[round]
      if (phases !== undefined) drain(phases, counters, kernel, workspace)
      if (!lingers) {
        box.leave(slot)
        return
      }
      current = box.linger(slot)
    }
  } catch (error) {
    box.fail(slot)
    throw error
  }
}
