/** What runs in each thread of a pool: takes its share of the pieces of a round, and of the next ones if they come at once. */
import { workerData } from 'node:worker_threads'
import { drain, viewControl } from '../kernel/drain.ts'
import { Kernel, type Shapes } from '../kernel/kernel.ts'
import type { PhaseLimits } from '../kernel/phase.ts'
import { planPhases } from '../kernel/phases.ts'
import { Mailbox } from './mailbox.ts'

/** What a thread is started with. Offsets are of the memory that all threads of the pool share. */
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

// piscina hands over what Pool gave as `workerData`, untyped.
const { module, shapes, memory, control, mailbox, workspaces, limits }: ThreadData = workerData
const kernel = new Kernel(module, memory, shapes)
const counters = viewControl(memory, control)
const box = new Mailbox(memory, mailbox, workspaces.length)

/** In the slot are the thread's place in the mailbox, and its workspace. */
export default function drainRounds(slot: number): void {
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
