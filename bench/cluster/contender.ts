/** One system of bench/cluster.ts: what stands before its users come, and the command that each of them gives. */
import type { SquareFiles } from './files.ts'

export interface Contender {
  readonly name: string
  /** Versions, and how it is set up. */
  readonly about: string
  takes(dtype: SquareFiles['dtype']): boolean
  /** The product of the files, by a command from its start to its end: milliseconds. */
  multiply(product: SquareFiles): Promise<number>
  /** Resident bytes of each process that stays between products and keeps memory; absent where there is none. */
  residentBytes?(): Promise<readonly number[]>
  end(): Promise<void>
}

/** A contender, or what is missing for it. */
export type Found = Contender | { readonly name: string; readonly missing: string }
