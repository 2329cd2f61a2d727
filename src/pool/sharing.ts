/** Who computes: the calling thread `alone`, it `together` with the others, or the others while it is `away` with its events. */
export type Sharing = 'alone' | 'together' | 'away'

/**
 * Up to so much effort, about a product of 190x190x190, a lone product is computed by the calling thread: some 130 microseconds.
 * To wake another thread takes 50 to 200.
 */
const wakingEffort = 2e7

/**
 * Up to so much, about a product of 98x98x98, also one that follows another at once, whose threads linger. They begin within
 * microseconds; the call and the end of it take some ten.
 */
const lingeringEffort = 3.8e6

/**
 * Up to so much effort a thread (two threads: a product of 768x768x768) the calling thread is one of the pool's: it begins
 * at once, while the others wake up. That keeps it from its events for six to twelve milliseconds; what takes longer goes
 * to other threads altogether, whose waking and reporting takes 0.1 to 0.4 of one.
 */
const togetherEffort = 6e8

/** `follows`: whether threads linger, or are worth being called for more products like this one. */
export function sharingOf(effort: number, threads: number, follows: boolean): Sharing {
  if (effort <= (follows && threads > 1 ? lingeringEffort : wakingEffort)) return 'alone'
  return effort <= togetherEffort * threads ? 'together' : 'away'
}

/** Whether a product is large enough to be shared when others follow it at once. */
export const isShareable = (effort: number): boolean => effort > lingeringEffort
