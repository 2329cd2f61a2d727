/**
 * Journals that are cut, flipped or bereft of a file: each is opened as it is, and has to hold all records that were
 * acknowledged, or be refused. `npm run faults:journal` tries every byte; the test takes samples.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asGemmeshError } from '../../../src/errors.ts'
import { SqliteJournal } from '../../../src/store/journal/sqlite-journal.ts'
import { record, texts } from './journal-suite.ts'

/** What a journal consists of, by what comes behind its path. */
export const ends = ['', '-wal', '-mark'] as const

/** A journal on the disk as it lies there when a process is killed, or after it was closed. */
export interface Sample {
  readonly name: string
  readonly files: ReadonlyMap<string, Buffer>
  /** What whoever asked was told is there. */
  readonly acknowledged: readonly string[]
  /** Behind these, what nobody was told of: the last transaction, which may be torn. */
  readonly perhaps?: readonly string[]
}

/** Of different ages: with a log, after a rewrite, killed between a commit and its mark, and in peace. */
export async function samples(folder: string): Promise<Sample[]> {
  const path = join(folder, 'sample.journal')
  const taken: Sample[] = []
  const take = (
    name: string,
    acknowledged: readonly string[],
    perhaps: readonly string[] = [],
    mark?: Buffer,
  ) => {
    const files = new Map<string, Buffer>(
      ends.filter(end => existsSync(path + end)).map(end => [end, readFileSync(path + end)] as const),
    )
    if (mark !== undefined) files.set('-mark', mark)
    taken.push({ name, files, acknowledged, perhaps })
  }
  const journal = await SqliteJournal.open(path)
  await journal.append(record('a'), record('bb', 'job-2'))
  await journal.append(record('ccc'.repeat(50)))
  await journal.append(record('dddd'))
  const four = ['a', 'bb', 'ccc'.repeat(50), 'dddd']
  take('killed', four)
  const mark = readFileSync(`${path}-mark`)
  await journal.append(record('eeeee'))
  take('killed before the mark', four, ['eeeee'], mark)
  await journal.close()
  take('closed', [...four, 'eeeee'])
  const second = await SqliteJournal.open(path)
  await second.append(record('f'))
  await second.rewrite([record('eeeee'), record('f')])
  take('killed after a rewrite', ['eeeee', 'f'])
  await second.append(record('g'))
  await second.close()
  take('closed after a rewrite', ['eeeee', 'f', 'g'])
  return taken
}

export interface Damage {
  readonly end: string
  readonly name: string
  /** Undefined: the file is gone. */
  readonly bytes: Buffer | undefined
}

/** Each file cut at every `step`th byte, flipped there, and gone. */
export function* damages({ files }: Sample, step: number, start = 0): Generator<Damage> {
  for (const [end, bytes] of files) {
    yield { end, name: 'gone', bytes: undefined }
    for (let at = start; at < bytes.length; at += step) {
      yield { end, name: `cut at ${at}`, bytes: bytes.subarray(0, at) }
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << ((at >> 3) % 8))
      yield { end, name: `flipped at ${at}`, bytes: flipped }
    }
  }
}

export interface Outcome {
  /** As it should be: all that was acknowledged and no more than was written; or refused, with a code that says so. */
  readonly right: boolean
  readonly refused: boolean
  readonly what: string
}

const refusals = new Set(['GEMMESH_JOURNAL_DAMAGED', 'GEMMESH_STORAGE_FAILED', 'GEMMESH_OUTPUT_UNWRITABLE'])

/** Opens the damaged journal in `folder`, and, where that goes, adds to it and opens it again. */
export async function outcome(folder: string, sample: Sample, damage: Damage): Promise<Outcome> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'x.journal')
  for (const end of ends) rmSync(path + end, { force: true })
  for (const [end, bytes] of sample.files) writeFileSync(path + end, bytes)
  if (damage.bytes === undefined) rmSync(path + damage.end)
  else writeFileSync(path + damage.end, damage.bytes)
  const what = `${sample.name}: *.journal${damage.end} ${damage.name}`
  const allowed = [sample.acknowledged, [...sample.acknowledged, ...(sample.perhaps ?? [])]].map(String)
  try {
    const journal = await SqliteJournal.open(path)
    const found = texts(journal.read())
    await journal.append(record('new'))
    await journal.close()
    const again = await SqliteJournal.open(path)
    const foundAgain = texts(again.read())
    await again.close()
    const right = allowed.includes(String(found)) && String(foundAgain) === String([...found, 'new'])
    return { right, refused: false, what: `${what}: ${found.length} and ${foundAgain.length} records` }
  } catch (error) {
    const { code, message } = asGemmeshError(error)
    return { right: refusals.has(code), refused: true, what: `${what}: ${code} ${message}` }
  }
}
