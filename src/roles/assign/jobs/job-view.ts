/** A job as users see it, from what the scheduler and the role know. */
import type { JobView, PredictionView } from '../../../api/schemas.ts'
import { bytesPerElement } from '../../../core/matrix.ts'
import type { JobSnapshot } from '../../../core/scheduler.ts'
import type { OperandTallies } from '../operand-tallies.ts'
import { type OperandSource, wayOf } from '../operands.ts'
import type { JobDescription } from './job-description.ts'
import { planView } from './plan-view.ts'

/** GFLOPS of so many floating-point operations in so many milliseconds; 0 before there is time to speak of. */
const gflopsOf = (flops: number, ms: number): number => (ms > 0 ? flops / ms / 1e6 : 0)

/** `now` on the scheduler's clock, ms. */
export function jobView(
  snapshot: JobSnapshot,
  { request, operands, submittedAt, verificationSeed }: JobDescription,
  prediction: PredictionView | undefined,
  tallies: OperandTallies,
  now: number,
): JobView {
  const { job, state, shape, dtype, unitsTotal, unitsPlaced, elementsPlaced, startedAt } = snapshot
  const [m, n, k] = shape
  const elapsedMs = startedAt === undefined ? 0 : (snapshot.endedAt ?? now) - startedAt
  return {
    id: job,
    operation: 'gemm',
    state,
    ...(snapshot.reason === undefined ? {} : { reason: snapshot.reason }),
    dtype,
    semiring: request.semiring ?? 'plus-times',
    reproducible: request.reproducible ?? false,
    verify: verificationSeed !== undefined,
    shape: [m, n, k],
    priority: snapshot.priority,
    submittedAt: submittedAt.toISOString(),
    elapsedMs,
    flops: 2 * m * n * k,
    gflops: gflopsOf(2 * elementsPlaced * k, elapsedMs),
    unitsTotal,
    unitsPlaced,
    elementsPlaced,
    ...(snapshot.plan === undefined ? {} : { plan: planView(snapshot.plan, bytesPerElement[dtype]) }),
    ...(prediction === undefined ? {} : { prediction }),
    slaves: snapshot.slaves.map(({ name, flopsComputed, computeMs, ...tally }) => ({
      name,
      unitsPlaced: tally.unitsPlaced,
      elementsPlaced: tally.elementsPlaced,
      fetchedBytes: tally.fetchedBytes,
      computeMs,
      gflops: gflopsOf(flopsComputed, computeMs),
      variant: tally.variant,
      processor: tally.processor,
    })),
    operands: [
      { name: 'A', ...operandView(job, operands.a, tallies) },
      { name: 'B', ...operandView(job, operands.b, tallies) },
      ...(operands.added === undefined
        ? []
        : [{ name: 'C' as const, ...operandView(job, operands.added, tallies) }]),
    ],
    ...(snapshot.resultBytes === undefined ? {} : { resultBytes: snapshot.resultBytes }),
    ...(snapshot.fault === undefined ? {} : { fault: snapshot.fault }),
  }
}

const operandView = (job: string, source: OperandSource, tallies: OperandTallies) => ({
  id: source.id,
  way: wayOf(source),
  bytes: source.header.dataBytes,
  ...tallies.of(job, source.id),
})
