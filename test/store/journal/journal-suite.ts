/** What every journal does, whatever it lies on. */
import type { Test } from 'tap'
import type { Journal, JournalRecord } from '../../../src/store/journal/journal.ts'

export const record = (text: string, job = 'job-1'): JournalRecord => ({
  kind: 'said',
  job,
  body: new TextEncoder().encode(text),
})

export const texts = (records: readonly JournalRecord[]): string[] =>
  records.map(({ body }) => new TextDecoder().decode(body))

/** `open` opens the same journal each time. */
export async function journalSuite(t: Test, open: () => Promise<Journal>): Promise<void> {
  const first = await open()
  t.strictSame(first.read(), [])
  await first.append(record('a'))
  await Promise.all([first.append(record('b'), record('c')), first.append(), first.append(record(''))])
  await t.rejects(open(), { code: 'GEMMESH_DATA_LOCKED' }, 'nobody else may have it')
  first.append(record('d')).catch(t.error)
  await first.close()
  await t.rejects(first.append(record('late')), { code: 'GEMMESH_INTERNAL' })
  await first.close()

  const second = await open()
  t.strictSame(texts(second.read()), ['a', 'b', 'c', '', 'd'])
  t.match(second.read()[0], { kind: 'said', job: 'job-1' })
  const appended = second.append(record('e'))
  const rewritten = second.rewrite([record('c'), record('x')])
  const after = second.append(record('f'))
  await Promise.all([appended, rewritten, after])
  await second.close()

  const third = await open()
  t.strictSame(texts(third.read()), ['c', 'x', 'f'])
  await third.rewrite([])
  await third.close()
  const fourth = await open()
  t.strictSame(fourth.read(), [])
  await fourth.append(record('g'))
  await fourth.close()
  const fifth = await open()
  t.strictSame(texts(fifth.read()), ['g'])
  await fifth.close()
}
