/** What one gemm over an arena is: a few numbers, no data. */
import { bytesPerElement, type Dtype } from '../core/matrix.ts'
import { checkFactors, type Semiring } from '../core/semiring.ts'
import { GemmeshError } from '../errors.ts'
import type { Algorithm } from './algorithm.ts'

/** A matrix in the arena: element (i, j) is at `offset` bytes + (i * rowStride + j * columnStride) elements. */
export interface View {
  /** In bytes, a multiple of the element's size. */
  readonly offset: number
  /** In elements, from one row to the next. */
  readonly rowStride: number
  /** In elements, from one column to the next. */
  readonly columnStride: number
}

/** C = alpha * A * B + beta * C: A is m x k, B k x n, C m x n. Transposing an operand is swapping its strides. */
export interface GemmTask {
  readonly dtype: Dtype
  /** What stands for addition and multiplication; plus-times by default. All others have alpha = 1 and beta = 0 or 1. */
  readonly semiring?: Semiring
  readonly m: number
  readonly n: number
  readonly k: number
  /** For int32 a whole number of 32 bits; the arithmetic wraps. 0: neither A nor B is read. */
  readonly alpha: number
  /** As alpha. 0: what C holds is overwritten unread, NaN too. */
  readonly beta: number
  readonly a: View
  readonly b: View
  /** Must overlap neither a nor b. */
  readonly c: View
  /** The same bits however the product is cut (reproducible.ts); the processor has to be one that rounds alike everywhere. */
  readonly reproducible?: boolean
  /**
   * Of int32 and plus-times: each element of A and B is a pair of int16, the lower half first, and a product of two elements
   * the sum of the products of the halves. k counts pairs.
   */
  readonly pairs?: boolean
  /**
   * `strassen`: fewer multiplications where that pays, with another bound of the error (docs/STRASSEN.md); the classical
   * algorithm where it does not, and for int32, other semirings and what is reproducible. Classical by default.
   */
  readonly algorithm?: Algorithm
}

/** The task with C's rows contiguous where they can be: C stored by columns is C' = B' * A' stored by rows. */
export function rowMajor(task: GemmTask): GemmTask {
  if (task.c.columnStride === 1 || task.c.rowStride !== 1) return task
  return transposed(task)
}

/** The same elements by C' = B' * A'. */
export function transposed(task: GemmTask): GemmTask {
  const { m, n, a, b, c } = task
  return { ...task, m: n, n: m, a: swapped(b), b: swapped(a), c: swapped(c) }
}

/** Whether A and B have no part in the result: C = beta * C. */
export const onlyScales = (task: GemmTask): boolean => task.k === 0 || task.alpha === 0

/** The view of the transpose, of the same bytes. */
export const swapped = ({ offset, rowStride, columnStride }: View): View => ({
  offset,
  rowStride: columnStride,
  columnStride: rowStride,
})

/**
 * Refuses a task that would reach outside `arenaBytes`, or that is not made of whole numbers: GEMMESH_INTERNAL, since
 * users' matrices are checked before they become tasks.
 */
export function checkTask(task: GemmTask, arenaBytes: number): void {
  const { dtype, m, n, k, alpha, beta, a, b, c } = task
  checkCount('m', m)
  checkCount('n', n)
  checkCount('k', k)
  checkFactors(task.semiring ?? 'plus-times', dtype, alpha, beta)
  const size = bytesPerElement[dtype]
  checkView('c', c, m, n, size, arenaBytes)
  if (onlyScales(task)) return
  checkView('a', a, m, k, size, arenaBytes)
  checkView('b', b, k, n, size, arenaBytes)
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0

function checkCount(name: string, value: number): void {
  if (!isCount(value)) throw fault(`${name} = ${value} is not a count`)
}

function checkView(
  name: string,
  view: View,
  rows: number,
  columns: number,
  size: number,
  arenaBytes: number,
): void {
  const { offset, rowStride, columnStride } = view
  if (!isCount(offset) || !isCount(rowStride) || !isCount(columnStride)) {
    throw fault(`${name} has an offset or a stride that is not a count: ${JSON.stringify(view)}`)
  }
  if (offset % size !== 0) throw fault(`${name} begins at byte ${offset}, not a multiple of ${size}`)
  if (rows === 0 || columns === 0) return
  const end = offset + ((rows - 1) * rowStride + (columns - 1) * columnStride + 1) * size
  if (end > arenaBytes) throw fault(`${name} ends at byte ${end}, the arena at ${arenaBytes}`)
}

const fault = (message: string) => new GemmeshError('GEMMESH_INTERNAL', `A gemm task is wrong: ${message}.`)
