/** Whether C = A*B, found out with the naive multiply: every element, or every element of some rows where C is large. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { arrayOf, bytesPerElement, type Dtype, type Elements } from '../../core/matrix.ts'
import { GemmeshError } from '../../errors.ts'
import { NpyReader } from '../../formats/npy-reader.ts'
import { usableThreads } from '../../pool/usable-threads.ts'
import type { CheckData, CheckFinding } from './check-thread.ts'

/** What the naive multiply does in some seconds on two cores: a product of 2048x2048 matrices. */
const mostMultiplications = 2048 ** 3

/** Beside the source it is TypeScript, beside the compiled code JavaScript. */
const threadFile = new URL(
  import.meta.url.endsWith('.ts') ? './check-thread.ts' : './check-thread.js',
  import.meta.url,
)

export interface CheckRequest {
  readonly a: string
  readonly b: string
  readonly c: string
  readonly signal: AbortSignal
  readonly onProgress: (fraction: number) => void
}

export interface CheckReport {
  readonly dtype: Dtype
  readonly rowsChecked: number
  readonly rows: number
  readonly elementsChecked: number
  readonly largestError: number
  /** The part of what is allowed that the worst element used up. */
  readonly worstShare: number
  readonly elapsedMs: number
}

/** GEMMESH_VERIFICATION_FAILED, naming the first wrong element that was met, where C is not the product. */
export async function checkProduct({ a, b, c, signal, onProgress }: CheckRequest): Promise<CheckReport> {
  const startedMs = performance.now()
  const [left, right, result] = [await load(a), await load(b), await load(c)]
  const [m, k, n] = [left.rows, left.columns, right.columns]
  const data: CheckData = {
    dtype: left.dtype,
    n,
    k,
    a: left.elements,
    bTransposed: transposed(right),
    c: result.elements,
    rows: someRows(m, Math.max(1, Math.floor(mostMultiplications / (n * k)))),
    counters: sharedIntegers(2),
    firstWrong: sharedIntegers(2).fill(-1),
  }
  const findings = await runThreads(data, signal, onProgress)
  const wrong = data.counters[1] ?? 0
  const elementsChecked = data.rows.length * n
  if (wrong > 0)
    throw new GemmeshError(
      'GEMMESH_VERIFICATION_FAILED',
      `${wrong} of ${elementsChecked} elements checked differ from the naive product by more than rounding explains, such as C[${data.firstWrong.join(', ')}]; the largest error is ${Math.max(...findings.map(f => f.largestError))}.`,
    )
  return {
    dtype: left.dtype,
    rowsChecked: data.rows.length,
    rows: m,
    elementsChecked,
    largestError: Math.max(...findings.map(finding => finding.largestError)),
    worstShare: Math.max(...findings.map(finding => finding.worstShare)),
    elapsedMs: performance.now() - startedMs,
  }
}

async function runThreads(
  data: CheckData,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<readonly CheckFinding[]> {
  signal.throwIfAborted()
  const threads = Array.from({ length: usableThreads() }, () => new Worker(threadFile, { workerData: data }))
  const watching = setInterval(() => onProgress(Math.min(1, (data.counters[0] ?? 0) / data.rows.length)), 100)
  try {
    return await Promise.all(
      threads.map(async thread => {
        const [finding]: CheckFinding[] = await once(thread, 'message', { signal })
        if (finding === undefined)
          throw new GemmeshError('GEMMESH_INTERNAL', 'a checking thread found nothing')
        return finding
      }),
    )
  } catch (error) {
    signal.throwIfAborted() // its reason says more than once()'s AbortError
    throw error
  } finally {
    clearInterval(watching)
    await Promise.all(threads.map(thread => thread.terminate()))
  }
}

const sharedIntegers = (length: number): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT))

/** At most `count` of the rows 0 to m - 1, evenly spread over all of them, the first and the last among them. */
function someRows(m: number, count: number): Int32Array<SharedArrayBuffer> {
  const rows = sharedIntegers(Math.min(m, count))
  const step = rows.length > 1 ? (m - 1) / (rows.length - 1) : 0
  for (let index = 0; index < rows.length; index++) rows[index] = Math.round(index * step)
  return rows
}

interface Loaded {
  readonly dtype: Dtype
  readonly rows: number
  readonly columns: number
  readonly elements: Elements
}

const sharedElements = (dtype: Dtype, count: number): Elements =>
  new arrayOf[dtype](new SharedArrayBuffer(count * bytesPerElement[dtype]))

async function load(path: string): Promise<Loaded> {
  const reader = await NpyReader.open(path)
  try {
    const { dtype, rows, columns } = reader.header
    const elements = sharedElements(dtype, rows * columns)
    await reader.read({ row: 0, column: 0, rows, columns }, new Uint8Array(elements.buffer))
    return { dtype, rows, columns, elements }
  } finally {
    await reader.close()
  }
}

function transposed({ dtype, rows, columns, elements }: Loaded): Loaded['elements'] {
  const turned = sharedElements(dtype, elements.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = elements[row * columns + column] ?? Number.NaN
  return turned
}
