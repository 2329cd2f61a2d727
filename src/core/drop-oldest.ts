/** Maps and sets that keep only the latest: both remember the order of adding. */

interface Kept<Key> {
  readonly size: number
  keys(): Iterable<Key>
  delete(key: Key): boolean
}

/** Deletes what was added first, until no more than `most` are left. Whoever adds a key again deletes it before, to make it the latest. */
export function dropOldest<Key>(kept: Kept<Key>, most: number): void {
  if (kept.size <= most) return
  for (const key of kept.keys()) {
    kept.delete(key)
    if (kept.size <= most) return
  }
}
