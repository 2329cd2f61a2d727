/** What a unit did when: so that it can be seen what overlaps, and what waits. */
export type Activity = 'fetch' | 'compute' | 'send'

/** In ms since 1970, so that those of several nodes can be laid beside each other. */
export type Span = readonly [activity: Activity, fromMs: number, toMs: number]

/** Spans of one unit that are kept; of a unit of more steps the rest is not seen. */
const spansKept = 2048
/** Spans of one activity that are no further apart are one. */
const togetherMs = 1

export class TimeLine {
  readonly #spans: Span[] = []
  /** The last of each activity, by its place. */
  readonly #last = new Map<Activity, number>()

  get spans(): readonly Span[] {
    return this.#spans
  }

  /** Times `action`, however it ends. */
  async record<T>(activity: Activity, action: () => Promise<T>): Promise<T> {
    const from = performance.now()
    try {
      return await action()
    } finally {
      this.#add(activity, performance.timeOrigin + from, performance.timeOrigin + performance.now())
    }
  }

  #add(activity: Activity, from: number, to: number): void {
    const index = this.#last.get(activity)
    const before = index === undefined ? undefined : this.#spans[index]
    if (index !== undefined && before !== undefined && from <= before[2] + togetherMs) {
      this.#spans[index] = [activity, Math.min(from, before[1]), Math.max(to, before[2])]
      return
    }
    if (this.#spans.length >= spansKept) return
    this.#last.set(activity, this.#spans.length)
    this.#spans.push([activity, from, to])
  }
}
