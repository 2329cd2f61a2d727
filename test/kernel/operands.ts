/** Seeded operands in an arena, and what the reference makes of them: shared by the tests of kernel and pool. */
import { bytesPerElement, type Dtype, type Matrix, unitRoundoff } from '../../src/core/matrix.ts'
import type { Semiring } from '../../src/core/semiring.ts'
import type { Arena } from '../../src/kernel/arena.ts'
import { naiveGemm } from '../../src/kernel/naive.ts'
import type { GemmTask, View } from '../../src/kernel/task.ts'

export type Elements = Float32Array | Float64Array | Int32Array

/** How an operand lies in memory: by rows, by columns, rows apart, or nothing adjacent at all. */
export const layouts = ['rows', 'columns', 'gaps', 'sparse'] as const
export type Layout = (typeof layouts)[number]

export interface Product {
  readonly dtype: Dtype
  readonly semiring?: Semiring
  readonly m: number
  readonly n: number
  readonly k: number
  readonly alpha?: number
  readonly beta?: number
  readonly a?: Layout
  readonly b?: Layout
  readonly c?: Layout
  readonly seed?: number
  /** What A and B are filled with; whole numbers demand exact equality. */
  readonly values?: 'fractions' | 'integers'
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

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array }

/** A matrix outside any arena, each element what `value` says next. */
export function matrixOf(dtype: Dtype, rows: number, columns: number, value: () => number): Matrix {
  const data = new arrays[dtype](rows * columns)
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

function strides(layout: Layout, rows: number, columns: number) {
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
  readonly #exact: boolean

  constructor(arena: Arena, product: Product) {
    const { dtype, semiring = 'plus-times', m, n, k, alpha = 1, beta = 0, seed = 1 } = product
    const { values = 'fractions' } = product
    const place = (layout: Layout, rows: number, columns: number): [View, Elements] => {
      const shape = strides(layout, rows, columns)
      const length = lengthOf({ offset: 0, ...shape }, rows, columns)
      const offset = arena.allocate(length * bytesPerElement[dtype])
      return [{ offset, ...shape }, arena.view(dtype, offset, length)]
    }
    const [aView, a] = place(product.a ?? 'rows', m, k)
    const [bView, b] = place(product.b ?? 'rows', k, n)
    const [cView, c] = place(product.c ?? 'rows', m, n)
    const next = random(seed)
    const integers = values === 'integers' || dtype === 'int32'
    for (const each of [a, b, c]) {
      for (let i = 0; i < each.length; i++) each[i] = integers ? Math.floor(next() * 19) - 9 : next() * 2 - 1
    }
    this.#arena = arena
    // No other semiring rounds more than a single addition, which the reference does alike.
    this.#exact = integers || semiring !== 'plus-times'
    this.task = { dtype, semiring, m, n, k, alpha, beta, a: aView, b: bView, c: cView }
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
   * The first element of C that differs from `wanted` by more than rounding may: (k + 4) units in the last place of the
   * sum of magnitudes |alpha| |A| |B| + |beta| |C|, twice, since the reference rounds too. Nothing where all is right.
   */
  firstDifference(wanted: Elements, before: Elements): string | undefined {
    const bound = this.#bound(before)
    for (let i = 0; i < wanted.length; i++) {
      const got = this.c[i] ?? 0
      const want = wanted[i] ?? 0
      if (Object.is(got, want)) continue
      if (Math.abs(got - want) <= (bound[i] ?? 0)) continue
      return `element ${i} is ${got}, the reference says ${want} (may differ by ${bound[i]})`
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
    if (this.#exact) return magnitudes.fill(0)
    const task = this.#unplaced()
    const positive = { ...task, alpha: Math.abs(task.alpha), beta: Math.abs(task.beta) }
    const [a, b] = [Float64Array.from(this.a, Math.abs), Float64Array.from(this.b, Math.abs)]
    naiveGemm({ ...positive, dtype: 'float64' }, { a, b, c: magnitudes })
    return magnitudes.map(magnitude => 2 * (task.k + 4) * unitRoundoff[task.dtype] * magnitude)
  }
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
