/** One at a time, in the order of asking: the pool computes one unit's step while other units' blocks arrive. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve()

  run<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(action)
    this.#tail = turn.then(
      () => {},
      () => {},
    )
    return turn
  }
}
