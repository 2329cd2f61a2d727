/** A phase: pieces of work that threads take in any order, once the phases before it that it needs are done. */
import type { Dtype } from '../core/matrix.ts'
import type { BlockRows, MicroTile } from './blocking.ts'
import type { KernelCalls } from './kernel.ts'

/** What a plan of phases has to fit: the threads, the processor, and the room for packed panels of B. */
export interface PhaseLimits {
  readonly threads: number
  readonly microTiles: Readonly<Record<Dtype, MicroTile>>
  /** Rows of a packed block of A. */
  readonly mc: BlockRows
  /** Offsets of two buffers for packed panels of B, and the bytes that each has. */
  readonly panels: readonly [number, number]
  readonly panelBytes: number
}

export interface Phase {
  readonly pieces: number
  /** Indices of the phases that have to be done before a piece of this one may begin. */
  readonly after: readonly number[]
  /** Where pieces go on with what the same ones of an earlier phase began. */
  readonly chain?: Chain
  /** Runs one piece; `workspace` is the offset of the calling thread's own `workspaceBytes`. */
  run(kernel: KernelCalls, piece: number, workspace: number): void
}

/**
 * Phases whose pieces add to the same elements of C, one part of k after the other: piece i of step s waits for piece i of
 * step s - 1, and for no other one. `slot` + i is the counter of the steps that piece i has done.
 */
export interface Chain {
  readonly slot: number
  readonly step: number
}

/** A buffer's two phases of work: one fills it, one computes from it, and its pieces may go on with those of the one before. */
export interface Buffered {
  /** Of `usePhase`: the same for all that go on with each other. */
  readonly pieces: number
  fillPhase(after: readonly number[]): Phase
  usePhase(after: readonly number[], chain?: Chain): Phase
}
