/**
 * Who has been silent for too long. All share one limit and time only grows, so a list in the order of hearing has the
 * longest silence first: hearing, forgetting and asking for the next deadline are O(1), whatever the number. (A Map alone
 * keeps that order, too, but skips all that was deleted at its front whenever it is asked for its first. And a link that its
 * subject bears need not be looked up: every event is about somebody who is heard.)
 */
export class Silence<Subject extends Heard<Subject>> {
  readonly limitMs: number
  #longest: Link<Subject> | undefined
  #shortest: Link<Subject> | undefined

  constructor(limitMs: number) {
    this.limitMs = limitMs
  }

  /** Heard of it now: its silence starts anew. */
  hear(subject: Subject, now: number): void {
    const known = subject.link
    const link = known ?? { subject, heardAt: now, before: undefined, after: undefined }
    if (known === undefined) subject.link = link
    else this.#unlink(link)
    link.heardAt = now
    link.before = this.#shortest
    if (this.#shortest === undefined) this.#longest = link
    else this.#shortest.after = link
    this.#shortest = link
  }

  forget(subject: Subject): void {
    const { link } = subject
    if (link === undefined) return
    subject.link = undefined
    this.#unlink(link)
  }

  has({ link }: Subject): boolean {
    return link !== undefined
  }

  /** When the limit of the longest silence is reached; Infinity where nobody is listened for. */
  get nextAt(): number {
    return this.#longest === undefined ? Number.POSITIVE_INFINITY : this.#longest.heardAt + this.limitMs
  }

  /** Longest silence first, until `action` returns false. */
  each(action: (subject: Subject, heardAt: number) => boolean): void {
    for (let link = this.#longest; link !== undefined; link = link.after)
      if (!action(link.subject, link.heardAt)) return
  }

  /** Those silent for the limit or longer, longest first; they are still listened for. */
  exceeded(now: number): Subject[] {
    if (this.nextAt > now) return []
    const silent: Subject[] = []
    for (let link = this.#longest; link !== undefined; link = link.after) {
      if (link.heardAt + this.limitMs > now) break
      silent.push(link.subject)
    }
    return silent
  }

  #unlink(link: Link<Subject>): void {
    if (link.before === undefined) this.#longest = link.after
    else link.before.after = link.after
    if (link.after === undefined) this.#shortest = link.before
    else link.after.before = link.before
    link.before = undefined
    link.after = undefined
  }
}

/** What can be listened for, in one list. */
export interface Heard<Self> {
  /** Its place in the list, while it is listened for. */
  link: Link<Self> | undefined
}

export interface Link<Subject> {
  readonly subject: Subject
  heardAt: number
  before: Link<Subject> | undefined
  after: Link<Subject> | undefined
}
