/** How a product of matrices outside the arena is cut, so that copies of its parts fit a stage in the arena. */
import { bytesPerElement, type Dtype } from '../core/matrix.ts'
import { alignmentBytes } from '../kernel/arena.ts'
import { depthOf } from '../kernel/blocking.ts'

/** m, n and k at least 1. */
export interface StagedProduct {
  readonly dtype: Dtype
  readonly m: number
  readonly n: number
  readonly k: number
  /** Which matrices lie outside the arena, and are copied. */
  readonly copied: { readonly a: boolean; readonly b: boolean; readonly c: boolean }
  readonly reproducible?: boolean
  /** Not to be cut along k, whatever a step then takes: for Strassen's algorithm, which gains by large products alone. */
  readonly isDeep?: boolean
}

/**
 * C is cut into blocks of m x n elements, each computed in steps of k. There is room for one block of C, and for two of A and
 * of B where there is more than one step: the next is copied while the threads compute.
 */
export interface Staging {
  readonly m: number
  readonly n: number
  readonly k: number
  /** Steps are whole blocks of so many k, as the kernel cuts all of k; only the last block may be shorter. */
  readonly kc: number
  /** What a block of each takes, in whole cache lines; 0 for what is not copied. */
  readonly aBytes: number
  readonly bBytes: number
  readonly cBytes: number
  /** Buffers of A and of B: 1 or 2. */
  readonly buffers: number
}

/**
 * A stage is no larger than this, whatever is free: room for a block of C of 2048x1024 float32 and what goes with it. With
 * larger ones less is copied (a block of C takes all its rows of A and its columns of B), but the copying is overlapped
 * already, and users count the memory that a product takes beside its matrices.
 */
export const stageLimitBytes = 20 * 1024 * 1024

/**
 * A and B of one step, at most a quarter of the stage: large enough that handing it to the threads costs nothing, so small
 * that the first is soon there.
 */
const largestStepBytes = 4 * 1024 * 1024
/** An edge that is not halved further: smaller blocks cost much more to copy than to multiply. */
const leastEdge = 32

/** The staging with the largest blocks that fit `limitBytes`; the smallest there is, where none fits. */
export function planStaging(product: StagedProduct, limitBytes: number): Staging {
  // Steps of whole blocks of the kernel's: the same sums in the same order, wherever the matrices lie.
  const kc = depthOf(product.dtype, product.k, product.reproducible)
  const stepBytes = Math.min(largestStepBytes, limitBytes / 4)
  const edges = { m: product.m, n: product.n }
  const cut = () =>
    stagingOf(product, edges.m, edges.n, stepDepth(product, edges.m, edges.n, kc, stepBytes), kc)
  let staging = cut()
  while (stagedBytes(staging) > limitBytes) {
    const edge = edges.m >= edges.n ? 'm' : 'n'
    if (edges[edge] <= leastEdge) return staging
    edges[edge] = Math.ceil(edges[edge] / 2)
    staging = cut()
  }
  return staging
}

/** What a stage has to have. */
export const stagedBytes = ({ aBytes, bBytes, cBytes, buffers }: Staging): number =>
  (aBytes + bBytes) * buffers + cBytes

/** All of k where nothing is copied along it, else whole blocks of kc of about `stepBytes`. */
function stepDepth(
  { dtype, k, copied, isDeep }: StagedProduct,
  m: number,
  n: number,
  kc: number,
  stepBytes: number,
): number {
  const bytes = ((copied.a ? m : 0) + (copied.b ? n : 0)) * bytesPerElement[dtype]
  if (bytes === 0 || isDeep) return k
  return Math.min(k, kc * Math.max(1, Math.floor(stepBytes / (bytes * kc))))
}

function stagingOf(
  { dtype, m, n, k, copied }: StagedProduct,
  rows: number,
  columns: number,
  depth: number,
  kc: number,
): Staging {
  const bytes = (elements: number) =>
    Math.ceil((elements * bytesPerElement[dtype]) / alignmentBytes) * alignmentBytes
  return {
    m: rows,
    n: columns,
    k: depth,
    kc,
    aBytes: copied.a ? bytes(rows * depth) : 0,
    bBytes: copied.b ? bytes(depth * columns) : 0,
    cBytes: copied.c ? bytes(rows * columns) : 0,
    buffers: rows < m || columns < n || depth < k ? 2 : 1,
  }
}
