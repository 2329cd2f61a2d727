/** Random clusters and matrices for the partition, and what each case has to show. Seeded: a case is its number. */
import { area, cover } from '../src/core/geometry.ts'
import { partition } from '../src/core/partition.ts'

export interface PartitionCase {
  readonly number: number
  readonly rows: number
  readonly columns: number
  /** Speeds from 1 to 100. */
  readonly weights: readonly number[]
}

export interface PartitionFigures {
  /** Before rounding, over 2*sum(sqrt(area)). */
  readonly ratio: number
  /** Before rounding, over what no rectangles of these areas can undercut; at most `ratio`. */
  readonly ratioToOptimum: number
  /** The theorem bounds the ratio itself: nobody has more than twice the next smaller share, and C is at most 1:3. */
  readonly theoremApplies: boolean
}

const slavesLimit = 1000
const granule = { rows: 512, columns: 512 }

/** The numbers of slaves are spread evenly over 2 to 1000 (even numbers), or over their logarithms (odd ones). */
export function partitionCase(number: number): PartitionCase {
  const next = random(number)
  const slaves =
    number % 2 === 0
      ? 2 + Math.floor(next() * (slavesLimit - 1))
      : Math.floor(2 * (slavesLimit / 2) ** next() + 1e-9)
  const rows = 4096 + Math.floor(next() * 28_673)
  const columns = number % 4 < 2 ? rows : 4096 + Math.floor(next() * 28_673)
  return { number, rows, columns, weights: Array.from({ length: slaves }, () => 1 + 99 * next()) }
}

/** Throws where the cover is not exact. */
export function runPartitionCase({ rows, columns, weights }: PartitionCase): PartitionFigures {
  const parts = partition(rows, columns, weights, { granule, toleranceElements: 1024 ** 2 })
  const { rectangles, arrangedHalfPerimeters: halfPerimeters } = parts
  const placed = rectangles.filter(rectangle => rectangle !== undefined)
  cover(placed, { row: 0, column: 0, rows, columns })
  const sorted = weights.toSorted((a, b) => a - b)
  const scale = Math.sqrt((rows * columns) / sorted.reduce((sum, weight) => sum + weight, 0))
  const lowerBound = 2 * scale * sorted.reduce((sum, weight) => sum + Math.sqrt(weight), 0)
  // Two rectangles or more have edges inside, which are at least as long as the shorter side: a line across it that meets
  // no edge lies in one rectangle from side to side, whose own edge is that long; else each line along meets one.
  const optimum = Math.max(lowerBound, rows + columns + Math.min(rows, columns))
  return {
    ratio: halfPerimeters / lowerBound,
    ratioToOptimum: halfPerimeters / optimum,
    theoremApplies:
      Math.max(rows, columns) <= 3 * Math.min(rows, columns) &&
      sorted.every((weight, index) => index === 0 || weight <= 2 * (sorted[index - 1] ?? weight)),
  }
}

/** The largest share of 8192x8192 on 16 slaves after rounding, over what it should be. */
export function overShare(seed: number): number {
  const next = random(seed)
  const weights = Array.from({ length: 16 }, () => 1 + 99 * next())
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const { rectangles } = partition(8192, 8192, weights, { granule, toleranceElements: 1024 ** 2 })
  const shares = weights.map((weight, share) => {
    const rectangle = rectangles[share]
    return (rectangle === undefined ? 0 : area(rectangle)) / ((8192 ** 2 * weight) / sum)
  })
  return Math.max(...shares)
}

/** Mulberry32: 0 to 1. */
export function random(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
