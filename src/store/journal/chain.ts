/** Records as links of a chain: each bears a hash that covers it and all before it, so that none is lost or changed unseen. */
import { createHash } from 'node:crypto'
import type { JournalRecord } from './journal.ts'

/** A place in the chain: how many records were ever appended, and the hash of the last one. */
export interface Link {
  readonly sequence: number
  readonly hash: Uint8Array
}

export const chainStart: Link = { sequence: 0, hash: new Uint8Array(32) }

/** The place behind `record`, which follows on `before`. */
export function linkAfter(before: Link, { kind, job, body }: JournalRecord): Link {
  const sequence = before.sequence + 1
  const hash = createHash('sha256')
    .update(before.hash)
    .update(JSON.stringify([sequence, kind, job, body.length]))
    .update(body)
    .digest()
  return { sequence, hash }
}

export const isSameLink = (one: Link, other: Link): boolean =>
  one.sequence === other.sequence && Buffer.compare(one.hash, other.hash) === 0
