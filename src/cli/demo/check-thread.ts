/** A thread that checks rows of C against the naive product until there are none left. */
import { parentPort, workerData } from 'node:worker_threads'
import { arrayOf, type Dtype, type Elements, unitRoundoff } from '../../core/matrix.ts'
import { naiveGemm } from '../../kernel/naive.ts'

export interface CheckData {
  readonly dtype: Dtype
  readonly n: number
  readonly k: number
  /** Row-major; B transposed, so that both rows that meet in an element lie in one piece. */
  readonly a: Elements
  readonly bTransposed: Elements
  readonly c: Elements
  /** The rows to check. */
  readonly rows: Int32Array
  /** [how many rows were taken, how many elements are wrong] */
  readonly counters: Int32Array
  /** [row, column] of the first wrong element that a thread found; -1 before. */
  readonly firstWrong: Int32Array
}

/** What a thread found, posted when no row is left. */
export interface CheckFinding {
  readonly largestError: number
  /** The part of what is allowed that the worst element used up; above 1 it is wrong. */
  readonly worstShare: number
}

const { dtype, n, k, a, bTransposed, c, rows, counters, firstWrong }: CheckData = workerData
const bytes = c.BYTES_PER_ELEMENT
const row = new arrayOf[dtype](n)
const columnNorms = Float64Array.from({ length: n }, (_, j) => norm(bTransposed, j))
let largestError = 0
let worstShare = 0

for (let taken = Atomics.add(counters, 0, 1); taken < rows.length; taken = Atomics.add(counters, 0, 1)) {
  checkRow(rows[taken] ?? 0)
}
const finding: CheckFinding = { largestError, worstShare }
parentPort?.postMessage(finding)

function checkRow(i: number): void {
  naiveGemm(
    {
      dtype,
      m: 1,
      n,
      k,
      alpha: 1,
      beta: 0,
      a: { offset: i * k * bytes, rowStride: k, columnStride: 1 },
      b: { offset: 0, rowStride: 1, columnStride: k },
      c: { offset: 0, rowStride: n, columnStride: 1 },
    },
    { a, b: bTransposed, c: row },
  )
  // Errors of k roundings of random sign grow with sqrt(k), not k (Higham & Mary, SIAM J. Sci. Comput. 41, 2019).
  const allowed = Math.sqrt(k) * unitRoundoff[dtype] * norm(a, i)
  for (let j = 0; j < n; j++) {
    const error = Math.abs((c[i * n + j] ?? Number.NaN) - (row[j] ?? Number.NaN))
    const limit = allowed * (columnNorms[j] ?? 0)
    if (error > largestError) largestError = error
    if (error > worstShare * limit) worstShare = error / limit
    if (error <= limit) continue
    Atomics.add(counters, 1, 1)
    if (Atomics.compareExchange(firstWrong, 0, -1, i) === -1) Atomics.store(firstWrong, 1, j)
  }
}

/** The Euclidean norm of row `index` of a matrix with k columns. */
function norm(matrix: Elements, index: number): number {
  let sum = 0
  for (const value of matrix.subarray(index * k, (index + 1) * k)) sum += value * value
  return Math.sqrt(sum)
}
