/**
 * Who has been silent for too long, each by a limit of its own. Limits are rounded up to a few, each with a list in the order of
 * hearing, so that all is O(1) whatever the number.
 */
import { type Heard, Silence } from './silence.ts'

/** From one limit to the next. */
const growth = Math.SQRT2

/** The least of the limits (`shortestMs`, and each `growth` times the one before) that is not below `wantedMs`. */
export function roundedUpMs(shortestMs: number, wantedMs: number): number {
  if (!(wantedMs > shortestMs)) return shortestMs
  const steps = Math.ceil(Math.log(wantedMs / shortestMs) / Math.log(growth) - 1e-9)
  return Math.ceil(shortestMs * growth ** steps)
}

export class Leases<Subject extends Heard<Subject> & { readonly leaseMs: number }> {
  readonly #lists: Silence<Subject>[] = []

  hear(subject: Subject, now: number): void {
    this.#listOf(subject).hear(subject, now)
  }

  forget(subject: Subject): void {
    this.#listOf(subject).forget(subject)
  }

  has(subject: Subject): boolean {
    return this.#listOf(subject).has(subject)
  }

  /** When the first limit is reached; Infinity where nobody is listened for. */
  get nextAt(): number {
    let at = Number.POSITIVE_INFINITY
    for (const { nextAt } of this.#lists) if (nextAt < at) at = nextAt
    return at
  }

  /** Those silent for their limit or longer; they are still listened for. */
  exceeded(now: number): Subject[] {
    return this.nextAt > now ? [] : this.#lists.flatMap(list => list.exceeded(now))
  }

  #listOf({ leaseMs }: Subject): Silence<Subject> {
    for (const list of this.#lists) if (list.limitMs === leaseMs) return list
    const list = new Silence<Subject>(leaseMs)
    this.#lists.push(list)
    return list
  }
}
