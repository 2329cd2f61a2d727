/** Figures beside their bars; a missed bar is the script's exit code. */
export class Bars {
  #missed = 0

  /** Prints `what`, and whether it holds. */
  check(what: string, holds: boolean): void {
    if (!holds) this.#missed++
    console.log(`${holds ? 'ok    ' : 'MISSED'} ${what}`)
  }

  /** Prints how it went, and says so to whoever started this process. */
  end(): void {
    console.log(this.#missed === 0 ? 'all bars hold' : `${this.#missed} bars are missed`)
    if (this.#missed > 0) process.exitCode = 1
  }
}

/** Smallest, median and largest, in whole ms. */
export function spread(values: readonly number[]): string {
  if (values.length === 0) return 'none'
  const sorted = [...values].sort((x, y) => x - y)
  const at = (part: number) => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(0)
  return `${at(0)} / ${at(0.5)} / ${at(1)} ms (least, median, most of ${values.length})`
}
