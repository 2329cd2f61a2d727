/** Seeded operands in an arena, and what the reference makes of them: shared by the tests of kernel and pool. */
import {
  arrayOf,
  bytesPerElement,
  type Dtype,
  type Elements,
  type Matrix,
  unitRoundoff,
} from '../../src/core/matrix.ts'
import type { Semiring } from '../../src/core/semiring.ts'
import type { Arena } from '../../src/kernel/arena.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'
import type { GemmTask, View } from '../../src/kernel/task.ts'

/** How an operand lies in memory: by rows, by columns, rows apart, or nothing adjacent at all. */
export const layouts = ['rows', 'columns', 'gaps', 'sparse'] as const
export type Layout = (typeof layouts)[number]

/** Any strides at all: `step` from one element to the next along the shorter stride, `gap` more between the longer ones. */
export interface Strides {
  readonly byColumns: boolean
  readonly step: number
  readonly gap: number
}

/**
 * What the elements are, and so how near the reference the answer has to be (`difference`):
 *
 *   integers    whole numbers from -9 to 9: every sum is exact
 *   subnormals  for plus-times of floats: A and C are whole multiples of the least number above 0, B whole: exact, too
 *   extremes    for int32: all 32 bits, the least and the largest number among them; sums wrap
 *   specials    fractions, and here and there NaN, Inf, -Inf, 0, -0, a subnormal number
 *   fractions   from -1 to 1: sums round
 */
export type Values = 'integers' | 'subnormals' | 'extremes' | 'specials' | 'fractions'

export interface Product {
  readonly dtype: Dtype
  readonly semiring?: Semiring
  /** Of int32: each element of A and B is two int16. */
  readonly pairs?: boolean
  readonly m: number
  readonly n: number
  readonly k: number
  readonly alpha?: number
  readonly beta?: number
  readonly a?: Layout | Strides
  readonly b?: Layout | Strides
  readonly c?: Layout | Strides
  readonly seed?: number
  /** Default: fractions, for int32 whole numbers. */
  readonly values?: Values
}

/** A small generator (mulberry32), so that every run has the same numbers. */
export function random(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A matrix outside any arena, each element what `value` says next. */
export function matrixOf(dtype: Dtype, rows: number, columns: number, value: () => number): Matrix {
  const data = new arrayOf[dtype](rows * columns)
  for (let i = 0; i < data.length; i++) data[i] = value()
  return { data, shape: [rows, columns], dtype }
}

/** A matrix of small whole numbers, on which every dtype is exact. */
export function integers(dtype: Dtype, rows: number, columns: number, seed: number): Matrix {
  const next = random(seed)
  return matrixOf(dtype, rows, columns, () => Math.floor(next() * 19) - 9)
}

const lengthOf = (view: View, rows: number, columns: number) =>
  rows === 0 || columns === 0 ? 0 : (rows - 1) * view.rowStride + (columns - 1) * view.columnStride + 1

function strides(layout: Layout | Strides, rows: number, columns: number) {
  if (typeof layout === 'object') {
    const { byColumns, step, gap } = layout
    const far = (byColumns ? rows : columns) * step + gap
    return byColumns ? { rowStride: step, columnStride: far } : { rowStride: far, columnStride: step }
  }
  if (layout === 'rows') return { rowStride: columns, columnStride: 1 }
  if (layout === 'columns') return { rowStride: 1, columnStride: rows }
  if (layout === 'gaps') return { rowStride: columns + 5, columnStride: 1 }
  return { rowStride: 3 * columns + 7, columnStride: 3 }
}

/** Operands of one product in an arena: each fills an allocation of its own, C with gaps that must stay as they are. */
export class Operands {
  readonly task: GemmTask
  readonly a: Elements
  readonly b: Elements
  readonly c: Elements
  readonly #arena: Arena
  readonly #values: Values

  constructor(arena: Arena, product: Product) {
    const { dtype, semiring = 'plus-times', pairs = false, m, n, k, alpha = 1, beta = 0, seed = 1 } = product
    const { values = 'fractions' } = product
    const place = (layout: Layout | Strides, rows: number, columns: number): [View, Elements] => {
      const shape = strides(layout, rows, columns)
      const length = lengthOf({ offset: 0, ...shape }, rows, columns)
      const offset = arena.allocate(length * bytesPerElement[dtype])
      return [{ offset, ...shape }, arena.view(dtype, offset, length)]
    }
    const [aView, a] = place(product.a ?? 'rows', m, k)
    const [bView, b] = place(product.b ?? 'rows', k, n)
    const [cView, c] = place(product.c ?? 'rows', m, n)
    const next = random(seed)
    this.#values = dtype === 'int32' && values === 'fractions' ? 'integers' : values
    for (const each of [a, b, c]) {
      const value = generatorOf(this.#values, dtype, semiring, k, each === b, next)
      for (let i = 0; i < each.length; i++) each[i] = value()
    }
    this.#arena = arena
    this.task = { dtype, semiring, pairs, m, n, k, alpha, beta, a: aView, b: bView, c: cView }
    this.a = a
    this.b = b
    this.c = c
  }

  /** What the whole allocation of C should hold after the product: the reference's answer, gaps untouched. */
  expected(): Elements {
    const wanted = this.c.slice()
    naiveGemm(this.#unplaced(), { a: this.a, b: this.b, c: wanted })
    return wanted
  }

  /**
   * The first element of C that is not what it should be; nothing where all is right. The rule, by what is computed:
   *
   * - int32, and whole or subnormal numbers in plus-times: the same bits. (The sign of a zero is free where k is long enough
   *   to be cut: -1 * (1 - 1) is -0, and -1 + 1 is 0.)
   * - The other semirings: equal, the sign of a zero free: 0 and -0 are equally good. NaN where the reference has one.
   * - Sums that round: NaN where the reference has NaN, the same Inf where it has Inf, else at most (k + 4) units in the last
   *   place of the sum of magnitudes |alpha| |A| |B| + |beta| |C|, twice, since the reference rounds too, and as many of
   *   the least number above 0, for products that are subnormal.
   */
  firstDifference(wanted: Elements, before: Elements): string | undefined {
    const { dtype, semiring = 'plus-times', k } = this.task
    const sums = semiring === 'plus-times'
    const rounds = dtype !== 'int32' && sums && (this.#values === 'fractions' || this.#values === 'specials')
    const bound = rounds ? this.#bound(before) : undefined
    const anyZero = !sums || k > shortestCut
    for (let i = 0; i < wanted.length; i++) {
      const got = this.c[i] ?? 0
      const want = wanted[i] ?? 0
      if (Object.is(got, want) || (anyZero && got === want)) continue
      if (bound !== undefined && Math.abs(got - want) <= (bound[i] ?? 0)) continue
      return `element ${i} is ${got}, the reference says ${want} (may differ by ${bound?.[i] ?? 0})`
    }
    return undefined
  }

  release(): void {
    for (const view of [this.task.a, this.task.b, this.task.c]) this.#arena.release(view.offset)
  }

  #unplaced(): GemmTask {
    const { a, b, c } = this.task
    return { ...this.task, a: { ...a, offset: 0 }, b: { ...b, offset: 0 }, c: { ...c, offset: 0 } }
  }

  #bound(before: Elements): Float64Array {
    const magnitudes = Float64Array.from(before, Math.abs)
    const task = this.#unplaced()
    const { dtype, k } = task
    const positive = { ...task, alpha: Math.abs(task.alpha), beta: Math.abs(task.beta) }
    const [a, b] = [Float64Array.from(this.a, Math.abs), Float64Array.from(this.b, Math.abs)]
    naiveGemm({ ...positive, dtype: 'float64' }, { a, b, c: magnitudes })
    const underflow = (1 + positive.alpha + positive.beta) * leastAbove0[dtype]
    return magnitudes.map(magnitude => 2 * (k + 4) * (unitRoundoff[dtype] * magnitude + underflow))
  }
}

/** No processor cuts a k up to this into blocks. */
const shortestCut = 64
const leastAbove0 = { float32: 2 ** -149, float64: 2 ** -1074, int32: 0 }

const { NaN: no, POSITIVE_INFINITY: inf } = Number
const specials = {
  float32: [no, inf, -inf, 0, -0, 2 ** -149, -(2 ** -140), 2 ** -126],
  float64: [no, inf, -inf, 0, -0, 2 ** -1074, -(2 ** -1030), 2 ** -1022],
  int32: [0],
}
/** Many zeros, for or-and; what is passed over, taken along, or wins against all others. */
const odd = {
  float32: [0, 0, 0, 0, -0, 1, -1, 2.5, inf, -inf, no, 2 ** -149, -(2 ** -140), 3e38],
  float64: [0, 0, 0, 0, -0, 1, -1, 2.5, inf, -inf, no, 2 ** -1074, -(2 ** -1030), 1e308],
  int32: [0, 0, 0, 0, 1, -1, 7, 2 ** 31 - 1, -(2 ** 31), 2 ** 30 - 1],
}

/** A generator of elements. What decides a whole row, such as NaN, is rare enough that about half of the rows have none. */
function generatorOf(
  values: Values,
  dtype: Dtype,
  semiring: Semiring,
  k: number,
  isB: boolean,
  next: () => number,
): () => number {
  const of = (list: readonly number[]) => list[Math.floor(next() * list.length)] ?? 0
  const integer = () => Math.floor(next() * 19) - 9
  const fraction = () => next() * 2 - 1
  const rarely = next() / Math.max(2, k)
  if (values === 'integers') return semiring === 'or-and' ? () => (next() < rarely ? integer() : 0) : integer
  if (values === 'subnormals') return () => integer() * (isB ? 1 : leastAbove0[dtype])
  if (values === 'extremes') return () => (next() < 0.1 ? of(odd.int32) : (next() * 2 ** 32) | 0)
  if (values === 'fractions') return fraction
  if (semiring === 'plus-times') return () => (next() < rarely ? of(specials[dtype]) : fraction())
  if (semiring === 'or-and') return () => (next() < Math.sqrt(rarely) ? of(odd[dtype]) : 0)
  return () => (next() < 0.25 ? of(odd[dtype]) : dtype === 'int32' ? integer() : fraction())
}

/** Runs a product with `gemm` and says what is wrong with the answer; nothing where all is right. */
export function wrongness(
  arena: Arena,
  product: Product,
  gemm: (task: GemmTask) => void,
): string | undefined {
  const operands = new Operands(arena, product)
  try {
    const before = operands.c.slice()
    const wanted = operands.expected()
    gemm(operands.task)
    const difference = operands.firstDifference(wanted, before)
    return difference && `${JSON.stringify(product)}: ${difference}`
  } finally {
    operands.release()
  }
}
