/**
 * Who has been silent for too long. All share one limit and time only grows, so a list in the order of hearing has the
 * longest silence first: hearing, forgetting and asking for the next deadline are O(1), whatever the number. (A Map alone
 * keeps that order, too, but skips all that was deleted at its front whenever it is asked for its first. And a subject that
 * is a link itself need not be looked up: every event is about somebody who is heard.)
 */
export class Silence<Subject extends Heard<Subject>> {
  readonly limitMs: number
  #longest: Subject | undefined
  #shortest: Subject | undefined

  constructor(limitMs: number) {
    this.limitMs = limitMs
  }

  /** Heard of it now: its silence starts anew. */
  hear(subject: Subject, now: number): void {
    if (this.#shortest !== subject) {
      if (this.has(subject)) this.#unlink(subject)
      subject.heardBefore = this.#shortest
      if (this.#shortest === undefined) this.#longest = subject
      else this.#shortest.heardAfter = subject
      this.#shortest = subject
    }
    subject.heardAt = now
  }

  forget(subject: Subject): void {
    if (!this.has(subject)) return
    subject.heardAt = never
    this.#unlink(subject)
  }

  has({ heardAt }: Subject): boolean {
    return heardAt !== never
  }

  /** When the limit of the longest silence is reached; Infinity where nobody is listened for. */
  get nextAt(): number {
    return this.#longest === undefined ? Number.POSITIVE_INFINITY : this.#longest.heardAt + this.limitMs
  }

  /** Longest silence first, until `action` returns false. */
  each(action: (subject: Subject, heardAt: number) => boolean): void {
    for (let subject = this.#longest; subject !== undefined; subject = subject.heardAfter)
      if (!action(subject, subject.heardAt)) return
  }

  /** Those silent for the limit or longer, longest first; they are still listened for. */
  exceeded(now: number): readonly Subject[] {
    if (this.nextAt > now) return nobody
    const silent: Subject[] = []
    for (let subject = this.#longest; subject !== undefined; subject = subject.heardAfter) {
      if (subject.heardAt + this.limitMs > now) break
      silent.push(subject)
    }
    return silent
  }

  #unlink(subject: Subject): void {
    const { heardBefore, heardAfter } = subject
    if (heardBefore === undefined) this.#longest = heardAfter
    else heardBefore.heardAfter = heardAfter
    if (heardAfter === undefined) this.#shortest = heardBefore
    else heardAfter.heardBefore = heardBefore
    subject.heardBefore = undefined
    subject.heardAfter = undefined
  }
}

const never = Number.NEGATIVE_INFINITY
const nobody: readonly never[] = []

/** What can be listened for, in one list at a time: it is a link of the list. */
export interface Heard<Self> {
  /** -Infinity while it is not listened for. */
  heardAt: number
  heardBefore: Self | undefined
  heardAfter: Self | undefined
}

/** Of one that is not listened for yet. */
export const unheard = { heardAt: never, heardBefore: undefined, heardAfter: undefined } as const
