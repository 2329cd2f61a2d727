import t from 'tap'
import { expendable, graceMs, type Kept } from '../../src/store/retention.ts'

const now = 1e9
const file = (id: string, bytes: number, idleMs: number, isUsed = false): Kept => ({
  id,
  bytes,
  usedMs: now - idleMs,
  isUsed,
})
const ids = (files: readonly Kept[]) => files.map(({ id }) => id)
const hour = 3_600_000

t.test('what is too old goes, but for what is used', async t => {
  const files = [file('old', 10, 5 * hour), file('used', 10, 5 * hour, true), file('young', 10, hour)]
  t.strictSame(ids(expendable(files, { ageMs: 2 * hour, quotaBytes: 1000 }, now)), ['old'])
})

t.test('beyond the quota the least recently used go first, and no more than have to', async t => {
  const files = [
    file('b', 40, 2 * hour),
    file('a', 40, 3 * hour),
    file('c', 40, hour),
    file('busy', 40, 9 * hour, true),
  ]
  const keeping = { ageMs: 100 * hour, quotaBytes: 160 }
  t.strictSame(ids(expendable(files, keeping, now)), [])
  t.strictSame(ids(expendable(files, keeping, now, 1)), ['a'])
  t.strictSame(ids(expendable(files, keeping, now, 50)), ['a', 'b'])
  t.strictSame(ids(expendable(files, keeping, now, 1000)), ['a', 'b', 'c'], 'what jobs use stays')
})

t.test('what was used a moment ago stays whatever the quota', async t => {
  const files = [file('now', 100, 0), file('moment', 100, graceMs), file('before', 100, graceMs + 1)]
  t.strictSame(ids(expendable(files, { ageMs: 1, quotaBytes: 1 }, now)), ['before'])
})
