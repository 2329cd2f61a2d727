/** The reference: three loops, nothing clever. What everything else is compared with. */
import type { Elements } from '../core/matrix.ts'
import { type Algebra, algebraOf } from '../core/semiring.ts'
import { type GemmTask, onlyScales, type View } from './task.ts'

/** What the elements of a task lie in: views with strides in elements, offsets in elements here, not bytes. */
export interface NaiveOperands {
  readonly a: Elements
  readonly b: Elements
  readonly c: Elements
}

/**
 * C = alpha * A * B + beta * C in the task's semiring. Floats are accumulated in float64 and rounded once when stored;
 * int32 wraps. alpha = 0 or k = 0 reads neither A nor B; beta = 0 does not read C. `operands` are whole arrays, in which the
 * task's views (offsets in bytes, as in an arena) are found.
 */
export function naiveGemm(task: GemmTask, { a, b, c }: NaiveOperands): void {
  const { m, n, k, alpha, beta, dtype, semiring = 'plus-times' } = task
  const algebra = algebraOf(semiring, dtype)
  const plain = semiring === 'plus-times'
  const product = task.pairs ? pairDot : !plain ? dotOf(algebra) : dtype === 'int32' ? wrappingDot : floatDot
  // Only plus-times has factors.
  const times = (factor: number, x: number) => (plain ? algebra.multiply(factor, x) : x)
  const bytes = c.BYTES_PER_ELEMENT
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const at = index(task.c, bytes, i, j)
      const kept = beta === 0 ? algebra.zero : times(beta, c[at] ?? Number.NaN)
      if (onlyScales(task)) {
        c[at] = plain || beta === 0 ? kept : algebra.add(algebra.zero, kept)
        continue
      }
      const sum = product(a, b, k, index(task.a, bytes, i, 0), task.a, index(task.b, bytes, 0, j), task.b)
      const added = times(alpha, sum)
      c[at] = beta === 0 ? added : algebra.add(added, kept)
    }
  }
}

const index = ({ offset, rowStride, columnStride }: View, bytes: number, i: number, j: number) =>
  offset / bytes + i * rowStride + j * columnStride

type Dot = (a: Elements, b: Elements, k: number, aAt: number, aView: View, bAt: number, bView: View) => number

const floatDot: Dot = (a, b, k, aAt, aView, bAt, bView) => {
  let sum = 0
  for (let p = 0; p < k; p++) {
    sum += (a[aAt + p * aView.columnStride] ?? Number.NaN) * (b[bAt + p * bView.rowStride] ?? Number.NaN)
  }
  return sum
}

const wrappingDot: Dot = (a, b, k, aAt, aView, bAt, bView) => {
  let sum = 0
  for (let p = 0; p < k; p++) {
    sum = (sum + Math.imul(a[aAt + p * aView.columnStride] ?? 0, b[bAt + p * bView.rowStride] ?? 0)) | 0
  }
  return sum
}

const pairDot: Dot = (a, b, k, aAt, aView, bAt, bView) => {
  let sum = 0
  for (let p = 0; p < k; p++) {
    const [x, y] = [a[aAt + p * aView.columnStride] ?? 0, b[bAt + p * bView.rowStride] ?? 0]
    sum = (sum + ((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16)) | 0
  }
  return sum
}

const dotOf =
  ({ zero, add, multiply }: Algebra): Dot =>
  (a, b, k, aAt, aView, bAt, bView) => {
    let sum = zero
    for (let p = 0; p < k; p++) {
      const next = multiply(
        a[aAt + p * aView.columnStride] ?? Number.NaN,
        b[bAt + p * bView.rowStride] ?? Number.NaN,
      )
      sum = add(sum, next)
    }
    return sum
  }
