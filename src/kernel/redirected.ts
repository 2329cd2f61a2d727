/** A kernel that packs and computes in another way than the one behind it. */
import type { KernelCalls } from './kernel.ts'

export const redirected = (
  kernel: KernelCalls,
  { pack, compute }: Pick<KernelCalls, 'pack' | 'compute'>,
): KernelCalls => ({
  sums: kernel.sums,
  pack,
  compute,
  small: (task, piece, workspace) => kernel.small(task, piece, workspace),
  row: (task, row, sums) => kernel.row(task, row, sums),
  inner: (task, piece) => kernel.inner(task, piece),
  merge: (task, piece) => kernel.merge(task, piece),
  scale: (task, row, rows) => kernel.scale(task, row, rows),
})
