/**
 * Tasks that are one product in blocks: a column of blocks of A times a row of blocks of B, as a slave has them in one step.
 * Planned as one product, panels of B span blocks: each block of B is packed once, not again for each block of A, and A once
 * a panel, not again for each block of B.
 *
 *               B:  b0    b1    b2
 *      A:  a0     | c00 | c01 | c02 |     tasks a0*b0, a0*b1, a0*b2, a1*b0, ...: their parts of C are parts of one matrix
 *          a1     | c10 | c11 | c12 |
 */
import { bytesPerElement, type Dtype } from '../core/matrix.ts'
import type { MicroTile } from './blocking.ts'
import type { Phase } from './phase.ts'
import { redirected } from './redirected.ts'
import type { GemmTask, View } from './task.ts'

export interface Grid {
  /** All of C. Its A and B are the first blocks. */
  readonly whole: GemmTask
  /** From the first row of A to the last. */
  readonly rowsOfA: readonly Block[]
  /** From the first column of B to the last; all but the last one are whole micro-panels. */
  readonly columnsOfB: readonly Block[]
}

/** Rows of A, or columns of B, from `start` to `end`. */
interface Block {
  readonly start: number
  readonly end: number
  /** The whole task, whose A (or B) is where it would be if all of it were stored as this block is: right for these rows. */
  readonly task: GemmTask
}

/**
 * The tasks in their order, those that make a grid as one. `fits`: whether a task by itself is computed by panels of B; what
 * is computed in another way, which may have other bits, stays by itself.
 */
export function withGrids(
  tasks: readonly GemmTask[],
  microTiles: Readonly<Record<Dtype, MicroTile>>,
  fits: (task: GemmTask) => boolean,
): (GemmTask | Grid)[] {
  const follows = (at: number, distance: number, isNext: (before: GemmTask, task: GemmTask) => boolean) => {
    const before = tasks[at - distance]
    const task = tasks[at]
    return before !== undefined && task !== undefined && isNext(before, task) && fits(before) && fits(task)
  }
  const isRight = (left: GemmTask, right: GemmTask) =>
    left.n % microTiles[left.dtype].nr === 0 && isBeside(left, right)
  const found: (GemmTask | Grid)[] = []
  let at = 0
  for (let first = tasks[at]; first !== undefined; first = tasks[at]) {
    let end = at + 1
    while (follows(end, 1, isRight)) end++
    const across = end - at
    const isRow = (start: number): boolean => {
      for (let next = start; next < start + across; next++) {
        if (!follows(next, across, isBelow) || (next > start && !follows(next, 1, isRight))) return false
      }
      return true
    }
    while (isRow(end)) end += across
    found.push(end - at === 1 ? first : gridOf(first, tasks.slice(at, end), across))
    at = end
  }
  return found
}

/** The phase of the whole product: what it asks of the kernel is asked block by block. */
export const byBlocks =
  ({ whole, rowsOfA, columnsOfB }: Grid) =>
  (phase: Phase): Phase => ({
    ...phase,
    run: (kernel, piece, workspace) => {
      const calls = redirected(kernel, {
        pack: (_, { target, ...packed }) => {
          const columnBytes = packed.rows * bytesPerElement[whole.dtype]
          for (const { task, start, length } of within(columnsOfB, packed.column, packed.columns)) {
            const at = target + (start - packed.column) * columnBytes
            kernel.pack(task, { ...packed, column: start, columns: length, target: at })
          }
        },
        compute: (_, computed) => {
          for (const { task, start, length } of within(rowsOfA, computed.row, computed.rows)) {
            kernel.compute(task, { ...computed, row: start, rows: length }, workspace)
          }
        },
      })
      phase.run(calls, piece, workspace)
    },
  })

/** What of each block lies in the `length` rows or columns from `first`. */
function within(blocks: readonly Block[], first: number, length: number) {
  const parts: { task: GemmTask; start: number; length: number }[] = []
  for (const { task, start, end } of blocks) {
    const from = Math.max(first, start)
    const to = Math.min(first + length, end)
    if (from < to) parts.push({ task, start: from, length: to - from })
  }
  return parts
}

function gridOf(first: GemmTask, tasks: readonly GemmTask[], across: number): Grid {
  const size = bytesPerElement[first.dtype]
  const left = tasks.filter((_, at) => at % across === 0)
  const top = tasks.slice(0, across)
  const sum = (lengths: number[]) => lengths.reduce((total, length) => total + length, 0)
  const whole = { ...first, m: sum(left.map(({ m }) => m)), n: sum(top.map(({ n }) => n)) }
  let row = 0
  const rowsOfA = left.map(({ m, a }) => {
    const start = row
    row += m
    const offset = a.offset - start * a.rowStride * size
    return { start, end: row, task: { ...whole, a: { ...a, offset } } }
  })
  let column = 0
  const columnsOfB = top.map(({ n, b }) => {
    const start = column
    column += n
    const offset = b.offset - start * b.columnStride * size
    return { start, end: column, task: { ...whole, b: { ...b, offset } } }
  })
  return { whole, rowsOfA, columnsOfB }
}

const isBeside = (left: GemmTask, right: GemmTask): boolean =>
  isAlike(left, right) &&
  left.m === right.m &&
  isSame(left.a, right.a) &&
  isSame(moved(left, 0, left.n), right.c)

const isBelow = (above: GemmTask, below: GemmTask): boolean =>
  isAlike(above, below) &&
  above.n === below.n &&
  isSame(above.b, below.b) &&
  isSame(moved(above, above.m, 0), below.c)

/** Where C would go on, so many rows and columns further. */
const moved = ({ dtype, c }: GemmTask, rows: number, columns: number): View => ({
  ...c,
  offset: c.offset + (rows * c.rowStride + columns * c.columnStride) * bytesPerElement[dtype],
})

const isSame = (one: View, other: View): boolean =>
  one.offset === other.offset && one.rowStride === other.rowStride && one.columnStride === other.columnStride

const isAlike = (one: GemmTask, other: GemmTask): boolean =>
  one.dtype === other.dtype &&
  (one.semiring ?? 'plus-times') === (other.semiring ?? 'plus-times') &&
  one.k === other.k &&
  one.alpha === other.alpha &&
  one.beta === other.beta &&
  (one.reproducible ?? false) === (other.reproducible ?? false) &&
  (one.pairs ?? false) === (other.pairs ?? false)
