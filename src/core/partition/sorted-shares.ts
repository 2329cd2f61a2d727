/** Shares by weight, smallest first, with what every arrangement of a run of them asks for. */
export interface SortedShares {
  /** Indices of the weights. */
  readonly order: readonly number[]
  /** By index of the weights. */
  readonly weights: readonly number[]
  /** sums[q] is the weight of the q smallest together. */
  readonly sums: Float64Array
  /** The same of the square roots of the weights: 2*sqrt(area) is the least half-perimeter of a share. */
  readonly rootSums: Float64Array
}

export function sortShares(weights: readonly number[]): SortedShares {
  const order = weights.map((_, share) => share)
  order.sort((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0) || a - b)
  const sums = new Float64Array(order.length + 1)
  const rootSums = new Float64Array(order.length + 1)
  for (const [q, share] of order.entries()) {
    const weight = weights[share] ?? 0
    sums[q + 1] = (sums[q] ?? 0) + weight
    rootSums[q + 1] = (rootSums[q] ?? 0) + Math.sqrt(weight)
  }
  return { order, weights, sums, rootSums }
}

/** The weight of the shares `from` to `to` (not included) of the order. */
export const weightOf = ({ sums }: SortedShares, from: number, to: number): number =>
  (sums[to] ?? 0) - (sums[from] ?? 0)
