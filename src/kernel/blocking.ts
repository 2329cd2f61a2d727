/**
 * The sizes of the loops around the micro-kernel, in elements, after BLIS ("Analytical Modeling Is Enough for
 * High-Performance BLIS", Low et al. 2016); docs/KERNEL.md has the measurements.
 */
import { bytesPerElement, type Dtype, dtypes } from '../core/matrix.ts'
import { GemmeshError } from '../errors.ts'
import { reproducibleDepth } from './reproducible.ts'

export interface Blocking {
  /**
   * Rows of a packed block of A, which stays in the L2 cache (mc * kc elements, about 370 KiB, beside what streams through
   * 512 KiB; `blockRows` for other sizes) while the macro-kernel goes through a panel of B: each micro-panel of B is read
   * mc / mr times from L1.
   */
  readonly mc: number
  /**
   * Depth of a block: a micro-panel of B (kc * nr elements: 24 KiB for 4-byte ones, 16 KiB for float64) stays in the L1
   * cache. Deeper blocks read and write C less often.
   */
  readonly kc: number
}

/** mc, and half of it, is divisible by 4, 6, 8 and 12, so that processors of other shapes run with it, too. */
export const blocking: Readonly<Record<Dtype, Blocking>> = {
  float32: { mc: 240, kc: 384 },
  float64: { mc: 192, kc: 256 },
  int32: { mc: 240, kc: 384 },
}

/** mc, for each dtype. It changes no bit of a result, as kc would. */
export type BlockRows = Readonly<Record<Dtype, number>>

/**
 * mc for an L2 cache of so many bytes: half of `blocking` where it has less than 512 KiB. Twice of it where it has 1 MiB
 * gains less than 1 %, and would take as much again of every thread's workspace.
 */
export function blockRows(l2Bytes = Number.POSITIVE_INFINITY): BlockRows {
  const factor = l2Bytes < 512 * 1024 ? 0.5 : 1
  const { float32, float64, int32 } = blocking
  return { float32: float32.mc * factor, float64: float64.mc * factor, int32: int32.mc * factor }
}

/** The shape of a micro-tile, as a processor says it of itself. */
export interface MicroTile {
  readonly mr: number
  readonly nr: number
}

/** Room for one micro-tile at the head of a workspace: `scratchBytes` of assembly/scratch.ts. */
const scratchBytes = 1024

/** Where a thread's own packed strip of B begins in its workspace: after the micro-tile and a packed block of A. */
export const stripOffset =
  scratchBytes + Math.max(...dtypes.map(d => blocking[d].mc * blocking[d].kc * bytesPerElement[d]))
/** A strip stays in the L2 cache beside the few rows of A that it is multiplied with. */
export const stripBytes = 512 * 1024

/** What each thread needs for itself: a micro-tile, a packed block of A and a strip of B, of any dtype. */
export const workspaceBytes = stripOffset + stripBytes

/** A panel of packed B is no larger than this, in bytes: k * columns elements, shared by all threads. */
export const panelLimitBytes = 4 * 1024 * 1024
/** Nor smaller than this: one block of kc rows and a few hundred columns, of any dtype. */
export const panelMinimumBytes = 1024 * 1024

/** GEMMESH_PROCESSOR_REJECTED when a processor's micro-tile does not go with the blocking. */
export function checkMicroTile(dtype: Dtype, { mr, nr }: MicroTile): void {
  const { mc, kc } = blocking[dtype]
  const bytes = bytesPerElement[dtype]
  const whole = Number.isInteger(mr) && Number.isInteger(nr) && mr > 0 && nr > 0
  if (
    whole &&
    (mc / 2) % mr === 0 &&
    mr * nr * bytes <= scratchBytes &&
    nr * kc * bytes <= panelMinimumBytes / 4
  )
    return
  throw new GemmeshError(
    'GEMMESH_PROCESSOR_REJECTED',
    `The processor's ${dtype} micro-tile of ${mr}x${nr} does not go with mc ${mc / 2}, kc ${kc}: mr has to divide mc, ` +
      `and a micro-tile has to fit ${scratchBytes} bytes. Rebuild the processor from this version.`,
  )
}

/**
 * The depth of the blocks that `k` is cut into. Near-equal ones: 257 is 129 + 128, not 256 + 1; they depend on k alone, and with
 * them the roundings. Reproducible products may come in parts of k, and are cut where any part of them is.
 */
export const depthOf = (dtype: Dtype, k: number, reproducible = false): number =>
  reproducible ? Math.min(k, reproducibleDepth) : evenPart(k, blocking[dtype].kc)

/** The least number of equal parts of at most `limit`, each a multiple of `multiple` (but for the last): their size. */
export function evenPart(total: number, limit: number, multiple = 1): number {
  const parts = Math.max(1, Math.ceil(total / Math.max(multiple, limit - (limit % multiple))))
  return Math.ceil(total / parts / multiple) * multiple
}
