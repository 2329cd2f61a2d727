/** A plan and what it is expected to take, as users see them. */
import type { PlannedJob, PlanView, PredictionView } from '../../../api/schemas.ts'
import { bytesPerElement } from '../../../core/matrix.ts'
import { outlinePlan, type PlanOutline } from '../../../core/plan.ts'
import type { Explained } from '../../../core/predict.ts'
import type { Product } from '../../../core/product.ts'

export function planView(plan: PlanOutline, elementBytes: number): PlanView {
  return {
    shares: plan.shares.map(share => ({
      ...share,
      depth: { ...share.depth },
      rectangles: share.rectangles.map(rectangle => ({ ...rectangle })),
    })),
    units: plan.units,
    layers: plan.layers,
    movedBytes: Math.round(plan.movedElements * elementBytes),
    lowerBoundBytes: Math.round(plan.lowerBoundElements * elementBytes),
    map: plan.map,
  }
}

export function predictionView({
  prediction,
  alone,
}: Pick<Explained, 'prediction' | 'alone'>): PredictionView {
  return {
    ms: prediction.ms,
    fetchBytes: prediction.fetchBytes,
    sendBytes: prediction.sendBytes,
    ...(alone !== undefined && { alone }),
    slaves: prediction.slaves.map(({ name, ms, computeMs, transferMs, demand, memoryBytes, jobs }) => ({
      name,
      ms,
      computeMs,
      transferMs,
      fetchBytes: demand.fetchBytes,
      sendBytes: demand.sendBytes,
      unitBytes: Math.ceil(demand.unitBytes),
      keepAllBytes: demand.keepAllBytes,
      ...(memoryBytes !== undefined && { memoryBytes }),
      jobs,
    })),
  }
}

export function plannedJob({ dtype, m, n, k }: Product, explained: Explained): PlannedJob {
  return {
    dtype,
    shape: [m, n, k],
    plan: planView(outlinePlan(explained.plan), bytesPerElement[dtype]),
    prediction: predictionView(explained),
  }
}
