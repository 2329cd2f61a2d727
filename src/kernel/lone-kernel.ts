/** A gemm by the calling thread alone, in a memory of its own: the self-test's, and the tests' way to a kernel. */
import { computeAlone } from './alone.ts'
import { Arena } from './arena.ts'
import { panelMinimumBytes, workspaceBytes } from './blocking.ts'
import { Kernel } from './kernel.ts'
import type { PhaseLimits } from './phase.ts'
import { checkTask, type GemmTask } from './task.ts'
import { type Tuning, untuned } from './tuning.ts'

/** A kernel with what one thread needs beside it. Operands are put into `arena` by the caller. */
export class LoneKernel {
  readonly arena: Arena
  readonly #kernel: Kernel
  readonly #limits: PhaseLimits
  readonly #workspace: number

  constructor(module: WebAssembly.Module, operandBytes: number, tuning: Tuning = untuned) {
    this.arena = Arena.create(operandBytes + workspaceBytes + 2 * panelMinimumBytes)
    this.#kernel = new Kernel(module, this.arena.memory, tuning.shapes)
    this.#workspace = this.arena.allocate(workspaceBytes)
    this.#limits = {
      threads: 1,
      microTiles: this.#kernel.microTiles,
      mc: tuning.mc,
      panels: [this.arena.allocate(panelMinimumBytes), this.arena.allocate(panelMinimumBytes)],
      panelBytes: panelMinimumBytes,
    }
  }

  get microTiles() {
    return this.#kernel.microTiles
  }

  gemm(task: GemmTask): void {
    this.strassen(task)
  }

  /** By so many levels of Strassen's algorithm, however small the product is. */
  strassen(task: GemmTask, levels?: number): void {
    checkTask(task, this.arena.bytes)
    const levelsOf = levels === undefined ? undefined : () => levels
    computeAlone(task, this.#limits, this.#kernel, this.#workspace, levelsOf)
  }
}
