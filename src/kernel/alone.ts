/** A product by the calling thread alone: nobody to share with, or to wait for. */
import type { KernelCalls } from './kernel.ts'
import type { Phase, PhaseLimits } from './phase.ts'
import { oriented, planPhases, singlePhase } from './phases.ts'
import { strassenLevels } from './strassen.ts'
import type { GemmTask } from './task.ts'

/**
 * Computes the task; `workspace`: offset of `workspaceBytes` that nobody else uses. What needs no buffer, as small products do
 * not, is not planned in rounds: that would take as long as a product of 16x16x16. `levelsOf`: of Strassen's algorithm.
 */
export function computeAlone(
  task: GemmTask,
  limits: PhaseLimits,
  kernel: KernelCalls,
  workspace: number,
  levelsOf: (task: GemmTask) => number = strassenLevels,
): void {
  if (task.m === 0 || task.n === 0) return
  const single = levelsOf(task) === 0 ? singlePhase(oriented(task, limits), limits) : undefined
  const rounds = single === undefined ? planPhases([task], limits, levelsOf) : [[single]]
  for (const phases of rounds) for (const phase of phases) runPhase(phase, kernel, workspace)
}

function runPhase(phase: Phase, kernel: KernelCalls, workspace: number): void {
  for (let piece = 0; piece < phase.pieces; piece++) phase.run(kernel, piece, workspace)
}
