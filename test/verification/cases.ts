/** Random products as a cluster computes them, with the real kernel, and errors in their tiles: for tests and for bench/verification.ts. */
import { bytesPerElement, type Dtype, type Matrix } from '../../src/core/matrix.ts'
import { operandGrid } from '../../src/core/operand-grid.ts'
import type { UnitReference } from '../../src/core/verify/reference.ts'
import type { LoneKernel } from '../../src/kernel/lone-kernel.ts'
import type { GemmTask, View } from '../../src/kernel/task.ts'
import { kSteps } from '../../src/roles/slave/operand-pieces.ts'
import type { ReferenceUnit } from '../../src/verification/references/references.ts'
import { loneKernels } from '../kernel/lone-kernels.ts'
import { matrixOf } from '../kernel/operands.ts'
import { judge, type Multiplication, productFor, referencesOf, unitsBetween } from './multiplication.ts'

type Elements = Matrix['data']
type Chance = () => number

export const kinds = ['uniform', 'ill-scaled', 'subnormal', 'cancelling', 'constant', 'positive'] as const
export type Kind = (typeof kinds)[number]

export interface Case extends Multiplication {
  readonly kind: Kind
  readonly dtype: Dtype
  readonly k: number
  readonly kernel: LoneKernel
  readonly reproducible: boolean
  readonly blockEdge: number
  readonly units: readonly ReferenceUnit[]
}

const kernels = [...loneKernels(8 << 20)]
const baselines = kernels.filter(([name]) => name.startsWith('baseline'))
const of = <T>(list: readonly T[], next: Chance): T => {
  const found = list[Math.floor(next() * list.length)]
  if (found === undefined) throw new Error('an empty list')
  return found
}

/** Of 1 to 64 rows and columns, a k up to 1600, all in units of a few rows and columns, now and then in layers. */
export function randomCase(dtype: Dtype, kind: Kind, next: Chance): Case {
  const length = (most: number) => 1 + Math.floor(next() ** 1.5 * most)
  const whole = (most: number) => Math.floor(next() * most)
  const [m, n, k] = [next() < 0.1 ? 1 : length(64), next() < 0.1 ? 1 : length(64), length(1600)]
  const [transA, transB] = [next() < 0.3, next() < 0.3]
  const value = valuesOf(dtype, kind, next)
  const a = matrixOf(dtype, transA ? k : m, transA ? m : k, value)
  const b = matrixOf(dtype, transB ? n : k, transB ? k : n, value)
  if (kind === 'cancelling') cancel(a, b, m, n, k, transA, transB, next)
  const isAdded = next() < 0.4
  const factor = () => (dtype === 'int32' ? whole(7) - 3 : of([1, -1, 0.1, 2.5, -1e3, 1e-3], next))
  const reproducible = next() < 0.15
  const [, kernel] = of(reproducible ? baselines : kernels, next)
  const edges = (total: number, step: number) => {
    const all = [0]
    for (let at = step; at < total; at += step) all.push(at)
    return [...all, total]
  }
  const layers = !reproducible && next() < 0.3 ? 1 + whole(3) : 1
  return {
    ...{ kind, dtype, k, kernel, reproducible, a, b, transA, transB },
    added: isAdded ? matrixOf(dtype, m, n, value) : undefined,
    alpha: next() < 0.5 ? 1 : factor(),
    beta: isAdded ? factor() : 0,
    blockEdge: of([32, 256, 1024], next),
    units: unitsBetween(edges(m, 4 + whole(13)), edges(n, 4 + whole(29)), edges(k, Math.ceil(k / layers))),
  }
}

/** Elements of such a kind. */
export function valuesOf(dtype: Dtype, kind: Kind, next: Chance): Chance {
  if (dtype === 'int32') {
    const constant = Math.floor(next() * 2 ** 32) | 0
    return kind === 'constant'
      ? () => constant
      : kind === 'positive'
        ? () => Math.floor(next() * 100)
        : () => (next() * 2 ** 32) | 0
  }
  const least = dtype === 'float32' ? 2 ** -149 : 2 ** -1074
  // In half of the cases of float32 no product overflows.
  const decades = dtype === 'float32' && next() < 0.5 ? 17 : 30
  const constant = of([0.1, 1 / 3, -0.7, 1e-3], next)
  switch (kind) {
    case 'ill-scaled':
      return () => (next() < 0.5 ? -1 : 1) * 10 ** ((next() * 2 - 1) * decades)
    case 'subnormal':
      return () => (next() < 0.5 ? Math.floor(next() * 2 ** 20 - 2 ** 19) * least : next() * 2 - 1)
    case 'constant':
      return () => constant
    case 'positive':
      return next
    default:
      return () => next() * 2 - 1
  }
}

/** Every other term takes away nearly all that the one before has added. */
function cancel(
  a: Matrix,
  b: Matrix,
  m: number,
  n: number,
  k: number,
  transA: boolean,
  transB: boolean,
  next: Chance,
): void {
  const atA = (i: number, l: number) => (transA ? l * m + i : i * k + l)
  const atB = (l: number, j: number) => (transB ? j * k + l : l * n + j)
  for (let l = 1; l < k; l += 2) {
    for (let i = 0; i < m; i++) a.data[atA(i, l)] = -(a.data[atA(i, l - 1)] ?? 0)
    for (let j = 0; j < n; j++)
      b.data[atB(l, j)] = (b.data[atB(l - 1, j)] ?? 0) * (1 + (next() < 0.1 ? 2 ** -20 : 0))
  }
}

/** The tile of a unit as a slave computes it: k-step by k-step. */
export function computed(each: Case, { tile, depth }: ReferenceUnit): Elements {
  const { dtype, kernel, a, b, added, transA = false, transB = false, alpha = 1, beta = 0, blockEdge } = each
  const { arena } = kernel
  const product = productFor(each)
  const offsets: number[] = []
  const place = (data: Elements): number => {
    const offset = arena.allocate(Math.max(64, data.byteLength))
    arena.bytesAt(offset, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    offsets.push(offset)
    return offset
  }
  const size = bytesPerElement[dtype]
  const view = (offset: number, columns: number, transposed: boolean, row: number, column: number): View => ({
    offset: offset + (transposed ? column * columns + row : row * columns + column) * size,
    rowStride: transposed ? 1 : columns,
    columnStride: transposed ? columns : 1,
  })
  const c = matrixOf(dtype, tile.rows, tile.columns, () => 0).data
  const isAdded = added !== undefined && beta !== 0 && depth.start === 0
  for (let index = 0; isAdded && index < c.length; index++) {
    const row = tile.row + Math.floor(index / tile.columns)
    c[index] = added.data[row * product.n + tile.column + (index % tile.columns)] ?? 0
  }
  const [aAt, bAt, cAt] = [place(a.data), place(b.data), place(c)]
  const operand = (shape: readonly [number, number], transposed: boolean) => {
    const { blockRows, blockColumns } = operandGrid(shape, blockEdge)
    return { matrix: '', source: '', rows: shape[0], columns: shape[1], blockRows, blockColumns, transposed }
  }
  const steps = kSteps(operand(product.a.stored, transA), operand(product.b.stored, transB), depth)
  for (const [index, { start, end }] of steps.entries()) {
    const task: GemmTask = {
      ...{ dtype, m: tile.rows, n: tile.columns, k: end - start, alpha, reproducible: each.reproducible },
      beta: index > 0 ? 1 : isAdded ? beta : 0,
      a: view(aAt, product.a.stored[1], transA, tile.row, start),
      b: view(bAt, product.b.stored[1], transB, start, tile.column),
      c: { offset: cAt, rowStride: tile.columns, columnStride: 1 },
    }
    kernel.gemm(task)
  }
  const result = arena.view(dtype, cAt, c.length).slice()
  for (const offset of offsets) arena.release(offset)
  return result
}

/** References by unit. */
export async function referencesFor(each: Case): Promise<Map<number, UnitReference>> {
  const references = await referencesOf(each, each.units)
  return new Map(references.map(reference => [reference.unit, reference]))
}

export const judged = (each: Case, unit: ReferenceUnit, tile: Elements, reference: UnitReference) =>
  judge(each.dtype, 'plus-times', unit.unit, unit.tile, tile, reference)

export const errors = ['bit', 'swapped', 'stale', 'zero', 'nan'] as const
export type ErrorKind = (typeof errors)[number]

/**
 * A wrong tile, or undefined where the error makes none. `others`: tiles of the same shape, of this job or of another one.
 */
export function damaged(
  kind: ErrorKind,
  tile: Elements,
  other: Elements | undefined,
  next: Chance,
): Elements | undefined {
  const wrong = tile.slice()
  switch (kind) {
    case 'bit': {
      const bytes = new Uint8Array(wrong.buffer)
      const at = Math.floor(next() * bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8))
      return wrong
    }
    case 'zero':
      return wrong.fill(0)
    case 'nan':
      return wrong instanceof Int32Array ? undefined : wrong.fill(Number.NaN)
    default:
      return other?.length === wrong.length ? other : undefined
  }
}

/**
 * Whether an error has to be seen: one element is off by more than twice the bound of its row, or a row as a whole, by its
 * Euclidean length, by more than a hundred times. Of whole numbers: any difference.
 */
export function mustBeSeen(
  right: Elements,
  wrong: Elements,
  columns: number,
  { bounds }: UnitReference,
): boolean {
  if (right instanceof Int32Array) return right.some((value, index) => value !== wrong[index])
  const limits = new Float64Array(bounds.buffer, bounds.byteOffset, bounds.byteLength / 8)
  for (const [row, bound] of limits.entries()) {
    if (bound === Number.POSITIVE_INFINITY) continue
    const of = wrong.subarray(row * columns, (row + 1) * columns)
    if (bound < 0 && !of.every(Number.isFinite)) continue
    let squares = 0
    let wrongElements = 0
    for (let index = row * columns; index < (row + 1) * columns; index++) {
      const difference = (right[index] ?? 0) - (wrong[index] ?? 0)
      if (Number.isNaN(difference)) return true
      if (difference !== 0) wrongElements++
      squares += (difference / bound) ** 2
    }
    if (squares > (wrongElements === 1 ? 2 ** 2 : 100 ** 2)) return true
  }
  return false
}
