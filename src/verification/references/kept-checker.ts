/** A checker that is kept for what is made with it next. */
import { type Dtype, dtypes } from '../../core/matrix.ts'
import { Checker } from '../../kernel/checker.ts'

export class KeptChecker {
  readonly #used: readonly Dtype[]
  #checker: Checker | undefined
  #bytes = 0

  /** `used`: as `Checker` has it. */
  constructor(used: readonly Dtype[] = dtypes) {
    this.#used = used
  }

  /**
   * With a memory of at least `bytes` bytes, in which anything may lie; for one user at a time. A new memory for each window of units
   * made V8 collect the garbage of the whole heap each time, which took 60 ms of its threads' time.
   */
  atLeast(bytes: number): Checker {
    if (this.#checker === undefined || bytes > this.#bytes) {
      this.#checker = new Checker(bytes, this.#used)
      this.#bytes = bytes
    }
    return this.#checker
  }
}
