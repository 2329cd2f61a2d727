/**
 * How a product is cut so that it fits into memory: into tiles of C and blocks along k.
 *
 *                 nt                 A panel of A, one of B and a tile of C lie in memory at a time; of each a second
 *            +----+----+             one where there is more than one in all, so that files are read and written while
 *         kt |  B |    |             the cores compute. A product that fits whole is the same loop with large tiles.
 *            +----+----+
 *       kt
 *     +----+----+----+----+
 *  mt |  A |    |  C |    |
 *     +----+----+----+----+
 */
import { GemmeshError } from '../../errors.ts'
import { formatBytes } from '../units.ts'

export interface Tiling {
  /** Rows and columns of a tile of C, and how much of k is taken at a time: elements. */
  readonly mt: number
  readonly nt: number
  readonly kt: number
  /** How many panels of A, panels of B and tiles of C lie in memory at a time. */
  readonly slots: { readonly a: 1 | 2; readonly b: 1 | 2; readonly c: 1 | 2 }
  readonly bytes: number
  /** Bytes of A and B that are read in all: a panel that is already there is not read again. */
  readonly readBytes: number
}

export interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly elementBytes: number
  /** Where k may be cut: at the multiples of this. Default: wherever it is best. */
  readonly depthMultiple?: number
  /** Whole tiles that are better than the time predicted says: m, n and k of a step. */
  readonly preferred?: (tile: { readonly m: number; readonly n: number; readonly k: number }) => boolean
}

// Rough figures of one machine, only ever compared with each other: they say which of two tilings is the better one.
const flopsPerMs = 100e6
const bytesPerMs = 1e6
/** A read of a short row costs as much as this many bytes more. */
const bytesPerRun = 4096
/** What a step costs whatever its size: reads and a write are issued, the threads are woken. */
const msPerStep = 0.3
/** How much of the time for reading and writing is lost even while the cores compute: they do the copying. */
const lostShare = 0.5
/** A gemm of a panel this many elements thin loses half its speed to packing and to passing over C once more. */
const halfSpeedElements = 24

/**
 * The tiling with the least time predicted that fits into `limitBytes`, among those of preferred tiles where one of them fits;
 * GEMMESH_MEMORY_EXCEEDED where none does.
 */
export function chooseTiling(product: Product, limitBytes: number): Tiling {
  const { depthMultiple = leastEdge } = product
  // Where there is room enough, small tiles are not even weighed: in a process that has just begun that takes ten milliseconds.
  const roomy = bestTiling(product, limitBytes, roomyEdge)
  if (roomy !== undefined && roomy.bytes <= limitBytes / 2) return roomy
  const best = bestTiling(product, limitBytes, leastEdge)
  if (best !== undefined) return best
  const least = tilingOf(
    product,
    Math.min(product.m, leastEdge),
    Math.min(product.n, leastEdge),
    Math.min(product.k, depthMultiple),
  )
  throw new GemmeshError(
    'GEMMESH_MEMORY_EXCEEDED',
    `the smallest tiles need ${formatBytes(least.bytes)}, but ${formatBytes(Math.max(0, limitBytes))} are set aside for matrices. Give more with --memory.`,
  )
}

const leastEdge = 64
const roomyEdge = 512

/** Of tiles whose edges are about `least` or longer; undefined where none fits. */
function bestTiling(product: Product, limitBytes: number, least: number): Tiling | undefined {
  const { depthMultiple = leastEdge, preferred = () => false } = product
  let best: Tiling | undefined
  let bestMs = Number.POSITIVE_INFINITY
  let isPreferred = false
  const [rows, columns] = [edges(product.m, leastEdge, least), edges(product.n, leastEdge, least)]
  const depths = edges(product.k, depthMultiple, least)
  for (const mt of rows)
    for (const nt of columns)
      for (const kt of depths) {
        const tiling = tilingOf(product, mt, nt, kt)
        if (tiling.bytes > limitBytes) continue
        const ms = predictMs(product, tiling)
        const preferring = preferred({ m: mt, n: nt, k: kt })
        if (preferring === isPreferred ? ms < bestMs : preferring)
          [best, bestMs, isPreferred] = [tiling, ms, preferring]
      }
  return best
}

/**
 * The edges that are tried: the whole, a half, a third, a quarter, then halves of these and of two thirds, down to `least`, each a
 * multiple of `multiple` but the whole. More would be weighed longer than they save.
 */
function edges(whole: number, multiple: number, least: number): number[] {
  const found = new Set([whole])
  for (let power = 2; power <= 2 ** 24; power *= 2)
    for (const parts of [power, power * 1.5]) {
      const edge = Math.ceil(whole / parts / multiple) * multiple
      if (edge < whole) found.add(edge)
      if (edge <= Math.max(multiple, least)) return [...found]
    }
  return [...found]
}

function tilingOf({ m, n, k, elementBytes }: Product, mt: number, nt: number, kt: number): Tiling {
  const [rows, columns, depth] = [parts(m, mt), parts(n, nt), parts(k, kt)]
  const slots = {
    a: rows * depth > 1 ? 2 : 1,
    b: columns * depth > 1 ? 2 : 1,
    c: rows * columns > 1 ? 2 : 1,
  } as const
  return {
    mt,
    nt,
    kt,
    slots,
    bytes: elementBytes * (slots.a * mt * kt + slots.b * kt * nt + slots.c * mt * nt),
    // Tiles go down the columns of C: the panel of B stays while it is the same, A is read anew for every column.
    readBytes: elementBytes * (m * k * (rows * depth > 1 ? columns : 1) + k * n * (depth > 1 ? rows : 1)),
  }
}

/** 1 for a whole of nothing: even an empty product is one step, which writes an empty or zero tile. */
const parts = (whole: number, edge: number): number => (whole === 0 ? 1 : Math.ceil(whole / edge))

function predictMs({ m, n, k, elementBytes }: Product, { mt, nt, kt, readBytes }: Tiling): number {
  // Rows of a panel that is narrower than its matrix are short runs in the file.
  const slowed = (width: number, whole: number) =>
    width < whole ? 1 + bytesPerRun / (width * elementBytes) : 1
  const readMs = (readBytes / bytesPerMs) * Math.max(slowed(kt, k), slowed(nt, n))
  const writeMs = ((m * n * elementBytes) / bytesPerMs) * slowed(nt, n)
  const computeMs =
    ((2 * m * n * k) / flopsPerMs) * (1 + halfSpeedElements * (1 / (mt || 1) + 1 / (nt || 1) + 1 / (kt || 1)))
  const firstMs = (elementBytes * (mt * kt + kt * nt)) / bytesPerMs
  const lastMs = (elementBytes * mt * nt) / bytesPerMs
  const steps = parts(m, mt) * parts(n, nt) * parts(k, kt)
  const [shorterMs = 0, longerMs = 0] = [readMs + writeMs, computeMs].sort((x, y) => x - y)
  return firstMs + longerMs + lostShare * shorterMs + lastMs + msPerStep * steps
}
