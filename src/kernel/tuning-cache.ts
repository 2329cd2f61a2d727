/**
 * The self-test's choice, kept in a file of the user's cache folder for the next start: one small file for each CPU model, V8
 * (version, flags, CPU features) and set of processors. It saves time, and nothing is believed of it: what it names is
 * tested again, and a file that is damaged, of something else, or cannot be written is passed over.
 */
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { cpus, homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import v8 from 'node:v8'
import type { Dtype } from '../core/matrix.ts'
import { makeFolder } from '../formats/make-folder.ts'
import type { ProcessorImage } from './processor.ts'
import { simdLevel } from './simd.ts'

/** One shape of one processor, timed on one thread. */
export interface Figure {
  readonly sha256: string
  readonly dtype: Dtype
  readonly shape: string
  /** From a short run: for choosing, not for quoting. */
  readonly gflops: number
}

/** A choice, and what it rests on. */
export interface Choice {
  readonly sha256: string
  readonly shapes: Readonly<Partial<Record<Dtype, string>>>
  readonly figures: readonly Figure[]
  /** What was wrong with the others, by digest. */
  readonly faults: Readonly<Record<string, string>>
  /** When it was measured, ISO 8601. */
  readonly at: string
}

/** What a choice holds for: on another CPU, or after an update, it is made anew. */
export interface Circumstances {
  readonly format: number
  readonly cpu: string
  /** V8's own digest of its version, flags and CPU features. */
  readonly v8: number
  readonly simd: string
  readonly processors: readonly string[]
}

/** Grows when what is kept, or how it is measured, changes. */
const format = 1
/** Files that are kept; the oldest go. */
const filesKept = 32

/** Of this process, once its V8 has the flags that processors are compiled with. */
export const circumstances = (images: readonly ProcessorImage[]): Circumstances => ({
  format,
  cpu: `${process.arch} ${cpus()[0]?.model ?? 'unknown'}`,
  v8: v8.cachedDataVersionTag(),
  simd: simdLevel(),
  processors: images.map(({ sha256 }) => sha256).sort(),
})

/**
 * The folder: GEMMESH_CACHE, or `gemmesh` in the user's cache folder
 * (https://specifications.freedesktop.org/basedir-spec/, and where macOS and Windows have it). Undefined: GEMMESH_CACHE is `off`.
 */
export function cacheFolder(
  environment: Readonly<NodeJS.ProcessEnv> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const { GEMMESH_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment
  if (GEMMESH_CACHE === 'off') return undefined
  if (GEMMESH_CACHE) return resolve(GEMMESH_CACHE)
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'gemmesh')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'gemmesh')
  if (platform === 'win32')
    return join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'gemmesh', 'cache')
  return join(homedir(), '.cache', 'gemmesh')
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Where the choice for such circumstances is kept. */
export const tuningFile = (folder: string, of: Circumstances): string =>
  join(folder, 'tuning', `${digest(JSON.stringify(of)).slice(0, 32)}.json`)

/** The choice in a file, whose first line is the digest of the rest; undefined where there is none for such circumstances. */
export function readChoice(file: string, of: Circumstances): Choice | undefined {
  try {
    // At once: through the thread pool it would wait behind the matrices that are being read.
    const text = readFileSync(file, 'utf8')
    const end = text.indexOf('\n')
    const body = text.slice(end + 1)
    if (end === -1 || text.slice(0, end) !== digest(body)) return undefined
    const found: { readonly of: unknown; readonly choice: Choice } = JSON.parse(body)
    return JSON.stringify(found.of) === JSON.stringify(of) ? found.choice : undefined
  } catch {
    return undefined
  }
}

/** Keeps a choice; processes that do so at once do not disturb each other. Returns why it could not, if so. */
export async function writeChoice(
  file: string,
  of: Circumstances,
  choice: Choice,
): Promise<string | undefined> {
  const partial = `${file}.${randomUUID()}.partial`
  try {
    const folder = join(file, '..')
    await makeFolder(folder)
    const body = `${JSON.stringify({ of, choice }, undefined, 2)}\n`
    await writeFile(partial, `${digest(body)}\n${body}`)
    await rename(partial, file)
    await clear(folder)
    return undefined
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {})
    return error instanceof Error ? error.message : String(error)
  }
}

/** Removes the oldest files, also those that a process left behind half written. */
async function clear(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length <= filesKept) return
  const files = await Promise.all(
    names.map(async name => ({ path: join(folder, name), ms: (await stat(join(folder, name))).mtimeMs })),
  )
  const oldest = files.sort((x, y) => x.ms - y.ms).slice(0, files.length - filesKept)
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true })))
}
