/** The self-test of a processor: every semiring and dtype, sizes with edges, operands at every kind of stride, against the reference. */
import { bytesPerElement, type Dtype, dtypes, type Elements, unitRoundoff } from '../core/matrix.ts'
import { type Semiring, semirings } from '../core/semiring.ts'
import { type Algorithm, algorithms } from './algorithm.ts'
import { blocking } from './blocking.ts'
import type { LoneKernel } from './lone-kernel.ts'
import { naiveGemm } from './naive.ts'
import { type GemmTask, swapped, type View } from './task.ts'

interface Case {
  readonly semiring?: Semiring
  readonly pairs?: boolean
  readonly m: number
  readonly n: number
  readonly k: number
  readonly alpha: number
  readonly beta: number
  /** Which of A, B and C are stored by columns. */
  readonly byColumns: string
  /** Levels of Strassen's algorithm. */
  readonly levels?: number
}

/** Whole micro-tiles and edges on both sides, one block of k and two, every way through packing and merging, and around packing. */
function casesOf(mr: number, nr: number, kc: number): Case[] {
  return [
    { m: 2 * mr, n: 2 * nr, k: 8, alpha: 1, beta: 0, byColumns: '' },
    { m: 2 * mr + 1, n: nr + 1, k: kc + 3, alpha: 1, beta: 1, byColumns: '' },
    { m: mr + 1, n: 2 * nr - 1, k: 7, alpha: -2, beta: 3, byColumns: 'AB' },
    { m: 2 * mr - 1, n: nr + 3, k: 5, alpha: 3, beta: -1, byColumns: 'C' },
    { m: 2 * mr + 1, n: nr + 1, k: kc + 3, alpha: 2, beta: -1, byColumns: 'A' },
    { m: 2 * mr + 1, n: 2 * nr + 1, k: kc + 3, alpha: 1, beta: 1, byColumns: 'B' },
    { m: 2 * mr - 1, n: 4 * nr + 1, k: 9, alpha: -1, beta: 0, byColumns: 'B' },
    { m: mr, n: nr + 1, k: 3, alpha: 0, beta: 2, byColumns: '' },
    { m: 1, n: 2 * nr + 3, k: kc + 3, alpha: 2, beta: -1, byColumns: '' },
    { m: 2 * nr + 3, n: 1, k: kc + 3, alpha: 1, beta: 0, byColumns: '' },
  ]
}

/** Whole micro-tiles and edges, sums of two terms and of four, signs, every way of storing C. */
function casesOfStrassen(mr: number, nr: number): Case[] {
  return [
    { levels: 1, m: 4 * mr + 1, n: 4 * nr + 3, k: 70, alpha: 2, beta: 0, byColumns: 'A' },
    { levels: 2, m: 5 * mr, n: 5 * nr - 1, k: 65, alpha: 1, beta: -2, byColumns: 'B' },
  ]
}

/** The micro-kernel whole and at its edges, k in two blocks, every way of storing C: what else there is, semirings share. */
function casesOfSemiring(semiring: Semiring, mr: number, nr: number, kc: number): Case[] {
  return [
    { semiring, m: mr + 1, n: nr + 1, k: kc + 3, alpha: 1, beta: 0, byColumns: '' },
    { semiring, m: mr + 1, n: nr + 3, k: 5, alpha: 1, beta: 1, byColumns: 'AC' },
    { semiring, m: mr, n: nr + 1, k: 0, alpha: 1, beta: 0, byColumns: '' },
    { semiring, m: mr, n: nr + 1, k: 0, alpha: 1, beta: 1, byColumns: '' },
  ]
}

/** What a processor is to be used for. */
export interface Use {
  readonly dtypes: readonly Dtype[]
  readonly semirings: readonly Semiring[]
  readonly algorithms: readonly Algorithm[]
}

export const everyUse: Use = { dtypes, semirings, algorithms }

/** What the kernel gets wrong of such a use, in words; nothing when it is right. */
export function findFault(kernel: LoneKernel, use = everyUse): string | undefined {
  for (const dtype of use.dtypes) {
    const { mr, nr } = kernel.microTiles[dtype]
    const { kc } = blocking[dtype]
    const cases: Case[] = use.semirings.flatMap(semiring =>
      semiring === 'plus-times' ? casesOf(mr, nr, kc) : casesOfSemiring(semiring, mr, nr, kc),
    )
    if (dtype === 'int32')
      cases.push(
        ...casesOf(mr, nr, kc)
          .slice(0, 4)
          .map(each => ({ ...each, pairs: true })),
      )
    if (dtype !== 'int32' && use.algorithms.includes('strassen')) cases.push(...casesOfStrassen(mr, nr))
    for (const each of cases) {
      const fault = faultOf(kernel, dtype, each)
      if (fault !== undefined) return fault
    }
  }
  return undefined
}

function faultOf(
  kernel: LoneKernel,
  dtype: Dtype,
  { semiring = 'plus-times', pairs = false, m, n, k, alpha, beta, byColumns, levels = 0 }: Case,
): string | undefined {
  const { arena } = kernel
  const place = (letter: string, rows: number, columns: number): View => {
    const offset = arena.allocate(rows * columns * bytesPerElement[dtype])
    const view = { offset, rowStride: columns, columnStride: 1 }
    return byColumns.includes(letter) ? { ...swapped(view), columnStride: rows } : view
  }
  const task: GemmTask = {
    dtype,
    semiring,
    pairs,
    m,
    n,
    k,
    alpha,
    beta,
    a: place('A', m, k),
    b: place('B', k, n),
    c: place('C', m, n),
  }
  const all = arena.view(dtype, 0, arena.bytes / bytesPerElement[dtype])
  const c = arena.view(dtype, task.c.offset, m * n)
  try {
    // Where any pair of true elements is enough, they have to be rare for the answer to depend on each.
    const rarity = semiring === 'or-and' ? 16 : 1
    fill(arena.view(dtype, task.a.offset, m * k), 1, rarity)
    fill(arena.view(dtype, task.b.offset, k * n), 2, rarity)
    // What beta = 0 has to overwrite unread; a NaN where there are NaNs.
    if (beta === 0) c.fill(Number.NaN)
    else fill(c, 3, rarity)
    const wanted = c.slice()
    naiveGemm({ ...task, c: { ...task.c, offset: 0 } }, { a: all, b: all, c: wanted })
    if (levels > 0) kernel.strassen(task, levels)
    else kernel.gemm(task)
    const sums = semiring === 'plus-times'
    const bound = sums
      ? 12 ** levels * 4 * (k + 4) * unitRoundoff[dtype] * (Math.abs(alpha) * k + Math.abs(beta))
      : 0
    const at = c.findIndex((value, index) => {
      const right = wanted[index] ?? Number.NaN
      return value !== right && !(Math.abs(value - right) <= bound)
    })
    if (at === -1) return undefined
    return `${dtype} ${pairs ? 'pairs ' : sums ? '' : `${semiring} `}${m}x${n}x${k}: element ${at} is ${c[at]}, the reference says ${wanted[at]}`
  } finally {
    for (const { offset } of [task.a, task.b, task.c]) arena.release(offset)
  }
}

/** Numbers from -1 to 1 for floats, whole numbers of both signs for int32, one in `rarity` not 0; the same ones each time. */
function fill(values: Elements, seed: number, rarity: number): void {
  let state = seed * 0x9e3779b1
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    const value = values instanceof Int32Array ? state >> 8 : state / 2 ** 31
    values[i] = (state >>> 8) % rarity === 0 ? value : 0
  }
}
