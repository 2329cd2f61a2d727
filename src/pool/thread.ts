/** What runs in each thread of a pool: takes its share of the pieces of a round. */
import { workerData } from 'node:worker_threads'
import { drain, viewControl } from '../kernel/drain.ts'
import { Kernel, type Shapes } from '../kernel/kernel.ts'
import type { PhaseLimits } from '../kernel/phase.ts'
import { planPhases } from '../kernel/phases.ts'
import type { GemmTask } from '../kernel/task.ts'

/** What a thread is started with. */
export interface ThreadData {
  readonly module: WebAssembly.Module
  readonly shapes: Shapes
  readonly memory: WebAssembly.Memory
  /** Offset of the control block that all threads of the pool share. */
  readonly control: number
}

/** One thread's part in one round: numbers alone, the matrices are in the arena. */
export interface DrainRequest {
  readonly tasks: readonly GemmTask[]
  readonly round: number
  readonly limits: PhaseLimits
  /** Offset of the workspace that no other thread uses in this round. */
  readonly workspace: number
}

// piscina hands over what Pool gave as `workerData`, untyped.
const { module, shapes, memory, control }: ThreadData = workerData
const kernel = new Kernel(module, memory, shapes)
const counters = viewControl(memory, control)

export default function drainRound({ tasks, round, limits, workspace }: DrainRequest): void {
  const phases = planPhases(tasks, limits)[round]
  if (phases !== undefined) drain(phases, counters, kernel, workspace)
}
