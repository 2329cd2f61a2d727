/** By which ways the blocks of each job's operands came to its slaves, in bytes. */
import { dropOldest } from '../../core/drop-oldest.ts'
import type { OperandBytes } from '../../protocol/messages.ts'

export type WayBytes = Omit<OperandBytes, 'matrix'>

/** Jobs whose tallies are kept: more than the scheduler keeps ended ones. */
const jobsKept = 2048
const nothing: WayBytes = { fromMaster: 0, fromSlaves: 0, readDirectly: 0 }

export class OperandTallies {
  readonly #jobs = new Map<string, Map<string, WayBytes>>()

  add(job: string, operands: readonly OperandBytes[]): void {
    const tally = this.#jobs.get(job) ?? new Map<string, WayBytes>()
    for (const { matrix, ...bytes } of operands) {
      const before = tally.get(matrix) ?? nothing
      tally.set(matrix, {
        fromMaster: before.fromMaster + bytes.fromMaster,
        fromSlaves: before.fromSlaves + bytes.fromSlaves,
        readDirectly: before.readDirectly + bytes.readDirectly,
      })
    }
    this.#jobs.set(job, tally)
    dropOldest(this.#jobs, jobsKept)
  }

  /** Of units that are done, an operand that served as A and as B counts once. */
  of(job: string, matrix: string): WayBytes {
    return this.#jobs.get(job)?.get(matrix) ?? nothing
  }
}
