/**
 * References for the tiles of a job: what each tile, multiplied with the job's secret vectors, has to be. They are made
 * from the operands, with a fraction of the work of the product:
 *
 *     Y = B[K, S] * X[S]                        once for each strip S of columns, all units of which share it
 *     Z = alpha * A[R, K] * Y + beta * C0[R, S] * X[S]     for each unit (R, S)
 *
 * Operands are read in chunks, B once and A once for each group of strips whose Y fit the memory together.
 */
import { methodOf } from '../../core/verify/method.ts'
import type { UnitReference } from '../../core/verify/reference.ts'
import { KeptChecker } from './kept-checker.ts'
import type { ReadOperand, ReferenceJob, ReferenceUnit } from './reference-job.ts'
import { sampledReferences } from './sampled-references.ts'
import { summedReferences } from './summed-references.ts'

export type { OperandName, ReadOperand, ReferenceJob, ReferenceUnit } from './reference-job.ts'

/**
 * The references of `units`, about in their order, made as they are asked for: a first one when the part of B that it needs
 * was read, the next ones row of tiles by row of tiles. Memory is bounded (64 MiB and the list of units). Ends with the errors of
 * `read`, and with the reason of `signal`; then nothing is read any more. `checker`: of one call at a time.
 */
export function makeReferences(
  job: ReferenceJob,
  units: Iterable<ReferenceUnit>,
  read: ReadOperand,
  signal: AbortSignal,
  checker = new KeptChecker(),
): AsyncGenerator<UnitReference, void, void> {
  const all = [...units]
  return methodOf(job.semiring, job.product.dtype) === 'sampled'
    ? sampledReferences(job, all, read, signal)
    : summedReferences(job, all, read, signal, checker)
}
