/**
 * Who has been silent for too long. All share one limit and time only grows, so a Map kept in the order of hearing has
 * the longest silence first: hearing, forgetting and asking for the next deadline are O(1), whatever the number.
 */
export class Silence<Subject> {
  readonly limitMs: number
  readonly #heardAt = new Map<Subject, number>()

  constructor(limitMs: number) {
    this.limitMs = limitMs
  }

  /** Heard of it now: its silence starts anew. */
  hear(subject: Subject, now: number): void {
    this.#heardAt.delete(subject)
    this.#heardAt.set(subject, now)
  }

  forget(subject: Subject): void {
    this.#heardAt.delete(subject)
  }

  has(subject: Subject): boolean {
    return this.#heardAt.has(subject)
  }

  /** When the limit of the longest silence is reached; Infinity where nobody is listened for. */
  get nextAt(): number {
    for (const heardAt of this.#heardAt.values()) return heardAt + this.limitMs
    return Number.POSITIVE_INFINITY
  }

  /** Those silent for the limit or longer, longest first; they are still listened for. */
  exceeded(now: number): Subject[] {
    const silent: Subject[] = []
    for (const [subject, heardAt] of this.#heardAt) {
      if (heardAt + this.limitMs > now) break
      silent.push(subject)
    }
    return silent
  }
}
