/**
 * Strassen's algorithm as products of sums of blocks. Each goes the way of any product through panels and pieces
 * (phases.ts), but sums are packed, and a micro-tile is added to several blocks of C (docs/STRASSEN.md). Nothing is kept in
 * between, so no memory is needed beside the panels. After "Strassen's Algorithm Reloaded", Huang, Smith, Henry, van de Geijn
 * 2016.
 */
import { bytesPerElement } from '../core/matrix.ts'
import type { Phase, PhaseLimits } from './phase.ts'
import { redirected } from './redirected.ts'
import { strassenBlocking } from './strassen-blocking.ts'
import { blockProducts, type SignedBlock } from './strassen-table.ts'
import type { GemmTask, View } from './task.ts'
import { type FloatDtype, isFloat, type Sum, type SumProduct, type Term } from './term.ts'

/** The least of m, n and k from which the algorithm pays (docs/STRASSEN.md has the measurements). */
const crossover: Readonly<Record<FloatDtype, number>> = { float32: 3072, float64: 6144 }

/**
 * How many times Strassen's algorithm is applied, one within the other, to a task that asks for it; 0 where it does not pay or
 * cannot be. Two levels were slower than one at every size that was measured.
 */
export function strassenLevels(task: GemmTask): number {
  return strassenPays(task) && hasSums(task) ? 1 : 0
}

/** Whether a product of this shape asks for the algorithm and gains by it, if its matrices lie well. */
export function strassenPays(product: Omit<GemmTask, 'alpha' | 'beta' | 'a' | 'b' | 'c'>): boolean {
  const { algorithm, dtype, semiring = 'plus-times', reproducible, m, n, k } = product
  if (algorithm !== 'strassen' || reproducible || semiring !== 'plus-times') return false
  return isFloat(dtype) && Math.min(m, n, k) >= crossover[dtype]
}

/** Whether rows or columns of A and of B are contiguous, and rows of C. */
const hasSums = ({ a, b, c }: GemmTask): boolean =>
  [a, b].every(({ rowStride, columnStride }) => rowStride === 1 || columnStride === 1) && c.columnStride === 1

/** What the phases of a task by so many levels are planned with. */
export interface StrassenPlan {
  /** In this order, since the first product that is added to a block of C applies beta. */
  readonly products: readonly SumProduct[]
  /** A task of the shape of each product. */
  readonly part: GemmTask
  readonly limits: PhaseLimits
  readonly kc: number
}

/** The plan by at least one level. Nothing where there are no sums: for int32, and where nothing is contiguous. */
export function planStrassen(task: GemmTask, levels: number, limits: PhaseLimits): StrassenPlan | undefined {
  const { dtype } = task
  if (levels === 0 || !isFloat(dtype) || !hasSums(task)) return undefined
  const products = sumProducts(task, dtype, levels, limits)
  const [first] = products
  if (first === undefined) return undefined
  const { m, n, k } = first
  const { mc, kc } = strassenBlocking[dtype]
  return {
    products,
    part: { ...task, m, n, k },
    limits: { ...limits, mc: { ...limits.mc, [dtype]: Math.min(mc, limits.mc[dtype]) } },
    kc,
  }
}

/** The phase of a product of sums: what it asks of the kernel goes to the functions for sums. */
export const summed =
  (product: SumProduct) =>
  (phase: Phase): Phase => ({
    ...phase,
    run: (kernel, piece, workspace) => {
      const { sums } = kernel
      const calls = redirected(kernel, {
        pack: (_, packed) => sums.pack(product, packed, workspace),
        compute: (_, computed) => sums.compute(product, computed, workspace),
      })
      phase.run(calls, piece, workspace)
    },
  })

/** Blocks of A begin at cache lines where the rows of A do. */
const kMultiple = 16

/** Blocks are whole micro-tiles; the last ones are shorter, and taken as if zeros followed. */
function sumProducts(
  task: GemmTask,
  dtype: FloatDtype,
  levels: number,
  { microTiles }: PhaseLimits,
): SumProduct[] {
  const { alpha, beta } = task
  const { mr, nr } = microTiles[dtype]
  const across = 2 ** levels
  const edge = (whole: number, multiple: number) => Math.ceil(whole / across / multiple) * multiple
  const [m, n, k] = [edge(task.m, mr), edge(task.n, nr), edge(task.k, kMultiple)]
  const sumOf = (view: View, rows: number, columns: number, blockRows: number, blockColumns: number) => {
    const { offset, rowStride, columnStride } = view
    const term = ({ row, column, sign }: SignedBlock): Term => ({
      offset:
        offset +
        (row * blockRows * rowStride + column * blockColumns * columnStride) * bytesPerElement[dtype],
      rows: Math.min(blockRows, rows - row * blockRows),
      columns: Math.min(blockColumns, columns - column * blockColumns),
      sign,
    })
    return (blocks: readonly SignedBlock[]): Sum => ({ terms: blocks.map(term), rowStride, columnStride })
  }
  const ofA = sumOf(task.a, task.m, task.k, m, k)
  const ofB = sumOf(task.b, task.k, task.n, k, n)
  const ofC = sumOf(task.c, task.m, task.n, m, n)
  const begun = new Set<number>()
  return blockProducts(levels).map(({ a, b, c }) => {
    const { terms, ...strides } = ofC(c)
    const targets = terms.map((term, index) => {
      const { row = 0, column = 0 } = c[index] ?? {}
      const block = row * across + column
      const isFirst = !begun.has(block)
      begun.add(block)
      return { ...term, beta: isFirst ? beta : 1 }
    })
    return { dtype, m, n, k, alpha, beta, a: ofA(a), b: ofB(b), c: { ...strides, terms: targets } }
  })
}
