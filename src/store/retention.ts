/** Which files of a store go: those that were not used for too long, then the least recently used of too many. */

/** How long, and how much, is kept. */
export interface Keeping {
  /** Since the last use. */
  readonly ageMs: number
  /** Of all files together. */
  readonly quotaBytes: number
}

export interface Kept {
  readonly id: string
  readonly bytes: number
  /** When it was used last, milliseconds since 1970. */
  readonly usedMs: number
  /** It stays whatever its age. */
  readonly isUsed: boolean
}

export interface Collected {
  readonly files: number
  readonly bytes: number
}

/** What was used a moment ago is somebody's who is about to use it again: uploads come before the job that names them. */
export const graceMs = 10 * 60_000

/** Those of `files` that have to go so that `neededBytes` more are within the quota, as far as that can be had. */
export function expendable(
  files: readonly Kept[],
  { ageMs, quotaBytes }: Keeping,
  nowMs: number,
  neededBytes = 0,
): readonly Kept[] {
  let sum = files.reduce((total, { bytes }) => total + bytes, neededBytes)
  const oldestFirst = files
    .filter(({ isUsed, usedMs }) => !isUsed && nowMs - usedMs > graceMs)
    .toSorted((x, y) => x.usedMs - y.usedMs)
  return oldestFirst.filter(({ bytes, usedMs }) => {
    const goes = nowMs - usedMs > ageMs || sum > quotaBytes
    if (goes) sum -= bytes
    return goes
  })
}
