/** The one loop of a local product: while a tile is computed, the next panels are read and the last tile is written. */
import { area, columnEnd, type Rectangle } from '../../core/geometry.ts'
import { bytesPerElement } from '../../core/matrix.ts'
import type { Semiring } from '../../core/semiring.ts'
import type { Algorithm } from '../../kernel/algorithm.ts'
import type { Arena } from '../../kernel/arena.ts'
import type { GemmTask, Pool } from '../../pool/pool.ts'
import type { Operand } from './operand.ts'
import type { Operands } from './operands.ts'
import { Panels } from './panels.ts'
import type { Result } from './result.ts'
import type { Tiling } from './tiling.ts'

/** One gemm: the tile `c` of C gets its part of the product from the panel `a` of op(A) and the panel `b` of op(B). */
export interface Step {
  readonly a: Rectangle
  readonly b: Rectangle
  readonly c: Rectangle
}

/** Down the columns of C, so that a panel of op(B) stays while it is the same, and along k within a tile. */
export function* stepsOf(m: number, n: number, k: number, { mt, nt, kt }: Tiling): Generator<Step> {
  for (const [column, columns] of spans(n, nt))
    for (const [row, rows] of spans(m, mt))
      for (const [depth, length] of spans(k, kt))
        yield {
          a: { row, column: depth, rows, columns: length },
          b: { row: depth, column, rows: length, columns },
          c: { row, column, rows, columns },
        }
}

/** [start, length] of each part; one empty part of an empty whole, so that its zeros get written. */
function* spans(whole: number, edge: number): Generator<[start: number, length: number]> {
  if (whole === 0) yield [0, 0]
  for (let start = 0; start < whole; start += edge) yield [start, Math.min(edge, whole - start)]
}

export interface TilesRequest {
  readonly operands: Operands
  readonly alpha: number
  readonly beta: number
  /** Default: plus-times. */
  readonly semiring?: Semiring
  readonly reproducible?: boolean
  /** Default: classical. */
  readonly algorithm?: Algorithm
  readonly tiling: Tiling
  readonly arena: Arena
  /** The first panels are read before it is waited for. */
  readonly pool: Pool | Promise<Pool>
  readonly result: Result
  readonly signal: AbortSignal
  /** Called after each step, with what was done and moved since the last call. */
  readonly onStep: (done: StepFigures) => void
}

export interface StepFigures {
  readonly flops: number
  readonly computeMs: number
  readonly readBytes: number
  readonly writtenBytes: number
}

/** Computes and writes every tile. Throws the signal's reason when it is aborted between steps or within one. */
export async function multiplyTiles(request: TilesRequest): Promise<void> {
  const { operands, tiling, arena } = request
  const elementBytes = bytesPerElement[operands.product.dtype]
  const offsets: number[] = []
  const panels = (count: number, elements: number) => {
    const taken = Array.from({ length: count }, () => arena.allocate(elements * elementBytes))
    offsets.push(...taken)
    return new Panels(taken)
  }
  const places: Places = {
    a: panels(tiling.slots.a, tiling.mt * tiling.kt),
    b: panels(tiling.slots.b, tiling.kt * tiling.nt),
    c: panels(tiling.slots.c, tiling.mt * tiling.nt),
  }
  try {
    await runSteps(request, places)
    await places.c.settle()
  } finally {
    // Nothing may still be reading into or writing from the arena when files are closed and memory is given back.
    await Promise.all([places.a, places.b, places.c].map(kind => kind.abandon()))
    for (const offset of offsets) arena.release(offset)
  }
}

interface Places {
  readonly a: Panels
  readonly b: Panels
  readonly c: Panels
}

interface PreparedStep {
  readonly step: Step
  readonly task: GemmTask
  /** Settles when the panels lie in memory. */
  readonly ready: Promise<unknown>
}

async function runSteps(request: TilesRequest, places: Places): Promise<void> {
  const { operands, tiling, result, arena, signal } = request
  const { dtype, m, n } = operands.product
  const elementBytes = bytesPerElement[dtype]
  // With alpha 0 the product has no part in C, and A and B are not read.
  const k = request.alpha === 0 ? 0 : operands.product.k
  let readBytes = 0
  const read = (operand: Operand, panel: Rectangle) => async (offset: number) => {
    const bytes = area(panel) * elementBytes
    if (bytes > 0) await operand.read(panel, arena.bytesAt(offset, bytes))
    readBytes += bytes
  }
  const prepare = (step: Step): PreparedStep => {
    const a = places.a.take(nameOf(step.a), read(operands.a, step.a))
    const b = places.b.take(nameOf(step.b), read(operands.b, step.b))
    const added =
      operands.added !== undefined && request.beta !== 0 ? read(operands.added, step.c) : async () => {}
    const c = places.c.take(nameOf(step.c), added)
    const ready = Promise.all([a.ready, b.ready, c.ready])
    ready.catch(() => {}) // met where it is awaited
    return { step, ready, task: taskOf(request, step, a.offset, b.offset, c.offset) }
  }
  const steps = stepsOf(m, n, k, tiling)
  const next = (): PreparedStep | undefined => {
    const { value } = steps.next()
    return value === undefined ? undefined : prepare(value)
  }

  let coming = next()
  const pool = await request.pool
  while (coming !== undefined) {
    const { step, task, ready } = coming
    await ready
    signal.throwIfAborted()
    coming = next()
    const startedMs = performance.now()
    await pool.gemm([task], { signal })
    const computeMs = performance.now() - startedMs
    const finished = columnEnd(step.a) === k
    const writtenBytes = finished ? area(step.c) * elementBytes : 0
    if (writtenBytes > 0)
      places.c.release(task.c.offset, offset => result.write(step.c, arena.bytesAt(offset, writtenBytes)))
    request.onStep({ flops: 2 * area(step.c) * step.a.columns, computeMs, readBytes, writtenBytes })
    readBytes = 0
  }
}

const nameOf = ({ row, column }: Rectangle): string => `${row},${column}`

function taskOf(request: TilesRequest, step: Step, a: number, b: number, c: number): GemmTask {
  const {
    operands,
    alpha,
    beta,
    semiring = 'plus-times',
    reproducible = false,
    algorithm = 'classical',
  } = request
  return {
    dtype: operands.product.dtype,
    semiring,
    m: step.c.rows,
    n: step.c.columns,
    k: step.a.columns,
    alpha,
    // The first part along k takes C0 in, or overwrites what an earlier tile left there; the others add to it.
    beta: step.a.column > 0 ? 1 : operands.added === undefined ? 0 : beta,
    a: operands.a.view(a, step.a),
    b: operands.b.view(b, step.b),
    c: { offset: c, rowStride: step.c.columns, columnStride: 1 },
    reproducible,
    algorithm,
  }
}
