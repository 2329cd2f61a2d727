import { randomBytes } from 'node:crypto'
import { access, constants, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { GemmeshError } from '../errors.ts'
import { systemCode, writeFault } from './file-errors.ts'
import { kindByName } from './matrix-kind.ts'
import type { NpySpec } from './npy.ts'
import { NpyWriter } from './npy-writer.ts'
import { printedKind, printMatrix } from './print-matrix.ts'

/** A matrix file that appears under its name when it is complete, and not before. */
export interface Output {
  readonly writer: NpyWriter
  /** Closes the file and gives it its name, in place of a file that has it. Call once. */
  commit(): Promise<void>
  /** Removes what was written; nothing once it is committed. Any number of times. */
  discard(): Promise<void>
}

/** Of the name of the output, so that its partial file's name is not too long (255 bytes, up to 4 a character). */
const nameCharacters = 50

/**
 * Begins the output file `path`: checks that it can be written, and writes to `<name>.<random>.partial` beside it,
 * which is renamed at the end (so both are on one file system). GEMMESH_OUTPUT_UNWRITABLE or GEMMESH_STORAGE_FULL
 * before any work is done. A file named .csv, .tsv or .mtx is printed from that .npy file at the end.
 *
 * Nothing waits for the disk: after a crash of the process the file is there whole or not at all; a power failure
 * right after may lose it, as with numpy.save.
 */
export async function createOutput(path: string, spec: NpySpec): Promise<Output> {
  const target = await writableTarget(path)
  const name = basename(target).slice(0, nameCharacters)
  const partial = join(dirname(target), `${name}.${randomBytes(4).toString('hex')}.partial`)
  const kind = printedKind(path)
  const whole = kind === undefined ? partial : `${partial}${extname(path)}`
  let state: 'open' | 'ended' = 'open'

  const discard = async () => {
    if (state === 'ended') return
    state = 'ended'
    await writer.close().catch(() => {})
    await Promise.all([partial, whole].map(file => rm(file, { force: true })))
  }
  const writer = await NpyWriter.create(partial, spec).catch(async (error: unknown) => {
    await rm(partial, { force: true })
    throw error
  })
  const commit = async () => {
    if (state === 'ended') throw new GemmeshError('GEMMESH_USAGE', `${path}: the output has ended already.`)
    try {
      await writer.close()
      if (kind !== undefined) {
        await printMatrix(partial, whole, kind)
        await rm(partial)
      }
      await rename(whole, target)
      state = 'ended'
    } catch (error) {
      await discard()
      throw writeFault(error, path)
    }
  }
  return { writer, commit, discard }
}

/** Where `path` really is, following symbolic links; refused where no file can be made there. */
async function writableTarget(path: string): Promise<string> {
  const refused = (why: string, remedy: string, cause?: unknown) =>
    new GemmeshError('GEMMESH_OUTPUT_UNWRITABLE', `${path}: ${why}. ${remedy}`, { cause })
  // A path that does not exist yet stays as it is.
  const target = await realpath(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return path
    throw writeFault(error, path)
  })
  if (kindByName(path) === 'npz')
    throw refused('archives are read, not written', 'Name a .npy, .csv, .tsv or .mtx file.')
  const existing = await stat(target).catch(() => undefined)
  if (existing?.isDirectory()) throw refused('is a folder', `Name a file in it: ${join(path, 'c.npy')}.`)
  if (existing !== undefined && !existing.isFile())
    throw refused('is a pipe or a device', 'The output is written by position: name a file.')
  const folder = dirname(target)
  const parent = await stat(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT')
      throw refused(`the folder ${folder} does not exist`, `Create it first: mkdir -p ${folder}.`, error)
    throw writeFault(error, folder)
  })
  if (!parent.isDirectory()) throw refused(`${folder} is not a folder`, 'Name another place.')
  await access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw refused(
      `the folder ${folder} is not writable`,
      'Change its permissions, or name another place.',
      error,
    )
  })
  return target
}
