/** Products of matrices that lie outside the arena: copied in by blocks that fit, multiplied, copied out. */
import { bytesPerElement, type Matrix } from '../core/matrix.ts'
import { type Arena, alignmentBytes } from '../kernel/arena.ts'
import type { Pool, View } from './pool.ts'

export interface OutsideProduct {
  readonly a: Matrix
  readonly b: Matrix
  readonly transA: boolean
  readonly transB: boolean
  readonly alpha: number
  /** The result, row-major; holds C's old values, which beta = 0 overwrites. */
  readonly c: Matrix
  readonly beta: number
  readonly m: number
  readonly n: number
  readonly k: number
}

interface Edges {
  readonly m: number
  readonly n: number
  readonly k: number
}

/** An edge that is not halved further: below it a block costs more to copy than to multiply. */
const leastEdge = 64

/**
 * c.data = alpha * op(a) * op(b) + beta * c.data. Where all fits into what the arena has free, there is one block of each;
 * else C and k are cut until one block of A, B and C fits. GEMMESH_MEMORY_EXCEEDED when not even small blocks do.
 */
export async function multiplyOutside(
  pool: Pool,
  arena: Arena,
  product: OutsideProduct,
  signal?: AbortSignal,
): Promise<void> {
  const { a, b, c, m, n, k, transA, transB, alpha, beta } = product
  if (m === 0 || n === 0) return
  const { dtype } = c
  const depth = alpha === 0 ? 0 : k
  const edges = edgesThatFit({ m, n, k: depth }, bytesPerElement[dtype], arena.freeBytes)
  const offsets: number[] = []
  const block = (rows: number, columns: number): number => {
    const offset = arena.allocate(rows * columns * bytesPerElement[dtype])
    offsets.push(offset)
    return offset
  }
  try {
    const atA = block(edges.m, edges.k)
    const atB = block(edges.k, edges.n)
    const atC = block(edges.m, edges.n)
    const options = signal ? { signal } : {}
    for (let i = 0; i < m; i += edges.m) {
      for (let j = 0; j < n; j += edges.n) {
        const rows = Math.min(edges.m, m - i)
        const columns = Math.min(edges.n, n - j)
        const view: View = { offset: atC, rowStride: columns, columnStride: 1 }
        if (beta !== 0) copyIn(arena, atC, c, i, j, rows, columns)
        for (let p = 0; p === 0 || p < depth; p += edges.k) {
          const steps = Math.min(edges.k, depth - p)
          await pool.gemm(
            [
              {
                dtype,
                m: rows,
                n: columns,
                k: steps,
                alpha,
                beta: p === 0 ? beta : 1,
                a: operand(arena, atA, a, transA, i, p, rows, steps),
                b: operand(arena, atB, b, transB, p, j, steps, columns),
                c: view,
              },
            ],
            options,
          )
        }
        copyOut(arena, atC, c, i, j, rows, columns)
      }
    }
  } finally {
    for (const offset of offsets) arena.release(offset)
  }
}

/** Halves the longest edge until a block of A, of B and of C fit together into `freeBytes`. */
function edgesThatFit(whole: Edges, elementBytes: number, freeBytes: number): Edges {
  const edges = { m: whole.m, n: whole.n, k: Math.max(1, whole.k) }
  const bytes = () =>
    (edges.m * edges.k + edges.k * edges.n + edges.m * edges.n) * elementBytes + 3 * alignmentBytes
  while (bytes() > freeBytes) {
    const longest = Math.max(edges.m, edges.n, edges.k)
    if (longest <= leastEdge) break
    if (edges.m === longest) edges.m = Math.ceil(longest / 2)
    else if (edges.n === longest) edges.n = Math.ceil(longest / 2)
    else edges.k = Math.ceil(longest / 2)
  }
  return edges
}

/** Copies the part of op(operand) from (row, column) into the arena, as it is stored, and says how to read it. */
function operand(
  arena: Arena,
  offset: number,
  matrix: Matrix,
  transposed: boolean,
  row: number,
  column: number,
  rows: number,
  columns: number,
): View {
  if (!transposed) {
    copyIn(arena, offset, matrix, row, column, rows, columns)
    return { offset, rowStride: columns, columnStride: 1 }
  }
  copyIn(arena, offset, matrix, column, row, columns, rows)
  return { offset, rowStride: 1, columnStride: rows }
}

function copyIn(
  arena: Arena,
  at: number,
  matrix: Matrix,
  row: number,
  column: number,
  rows: number,
  columns: number,
) {
  const stride = matrix.shape[1]
  const inside = arena.view(matrix.dtype, at, rows * columns)
  if (columns === stride) {
    inside.set(matrix.data.subarray(row * stride, (row + rows) * stride))
    return
  }
  for (let r = 0; r < rows; r++) {
    const from = (row + r) * stride + column
    inside.set(matrix.data.subarray(from, from + columns), r * columns)
  }
}

function copyOut(
  arena: Arena,
  at: number,
  matrix: Matrix,
  row: number,
  column: number,
  rows: number,
  columns: number,
) {
  const stride = matrix.shape[1]
  const inside = arena.view(matrix.dtype, at, rows * columns)
  if (columns === stride) {
    matrix.data.set(inside, row * stride)
    return
  }
  for (let r = 0; r < rows; r++) {
    matrix.data.set(inside.subarray(r * columns, (r + 1) * columns), (row + r) * stride + column)
  }
}
