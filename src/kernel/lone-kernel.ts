/** A gemm by the calling thread alone, in a memory of its own: the self-test's, and the tests' way to a kernel. */
import { Arena } from './arena.ts'
import { panelMinimumBytes, workspaceBytes } from './blocking.ts'
import { controlBytes, drain, resetControl, viewControl } from './drain.ts'
import { Kernel } from './kernel.ts'
import { planPhases } from './phases.ts'
import { checkTask, type GemmTask } from './task.ts'
import { type Tuning, untuned } from './tuning.ts'

/** A kernel with what one thread needs beside it. Operands are put into `arena` by the caller. */
export class LoneKernel {
  readonly arena: Arena
  readonly #kernel: Kernel
  readonly #tuning: Tuning
  readonly #workspace: number
  readonly #panels: readonly [number, number]
  readonly #control: Int32Array

  constructor(module: WebAssembly.Module, operandBytes: number, tuning: Tuning = untuned) {
    this.#tuning = tuning
    this.arena = Arena.create(operandBytes + workspaceBytes + 2 * panelMinimumBytes + controlBytes)
    this.#kernel = new Kernel(module, this.arena.memory, tuning.shapes)
    this.#workspace = this.arena.allocate(workspaceBytes)
    this.#panels = [this.arena.allocate(panelMinimumBytes), this.arena.allocate(panelMinimumBytes)]
    this.#control = viewControl(this.arena.memory, this.arena.allocate(controlBytes))
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
    const limits = {
      threads: 1,
      microTiles: this.#kernel.microTiles,
      mc: this.#tuning.mc,
      panels: this.#panels,
      panelBytes: panelMinimumBytes,
    }
    const rounds = planPhases([task], limits, levels === undefined ? undefined : () => levels)
    for (const phases of rounds) {
      resetControl(this.#control)
      drain(phases, this.#control, this.#kernel, this.#workspace)
    }
  }
}
