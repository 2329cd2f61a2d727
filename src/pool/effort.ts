/** How much work products are, for deciding who computes them. */
import type { GemmTask } from '../kernel/task.ts'

/** Operations, and for each element that is read or written the time of some 64 of them. */
const effort = ({ m, n, k }: GemmTask): number => 2 * m * n * k + 64 * (m * k + k * n + m * n)

/** Of all tasks together. */
export function totalEffort(tasks: readonly GemmTask[]): number {
  let total = 0
  for (const task of tasks) total += effort(task)
  return total
}
