/** Matrix files of any kind as .npy files, which everything else reads by rectangles. */
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Dtype } from '../core/matrix.ts'
import { readFault, writeFault } from './file-errors.ts'
import { kindByName, kindOf, kindWindowBytes, type MatrixKind } from './matrix-kind.ts'

export interface ConvertOptions {
  /** What messages call the file. */
  readonly name: string
  /** Of an .npz archive: which one. Default: the only one. */
  readonly member?: string
  /** Of text: the type of the elements. Default: int32 for whole numbers of Matrix Market, float64 for all else. */
  readonly dtype?: Dtype
  /** A longer .npy file is refused with GEMMESH_UPLOAD_TOO_LARGE. */
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** A matrix as a .npy file; where that was made for it, it goes when this is disposed. */
export interface NpyFile extends AsyncDisposable {
  readonly path: string
}

const readBytes = 256 * 1024
const kept = async () => {}
const csvConverter = async () => (await import('./csv.ts')).convertCsv
const matrixMarketConverter = async () => (await import('./matrix-market.ts')).convertMatrixMarket

/** Writes what the file at `source` holds to a .npy file at `target`, in bounded memory. GEMMESH_FORMAT_INVALID says what is wrong where. */
export async function convertToNpy(
  source: string,
  kind: Exclude<MatrixKind, 'npy'>,
  target: string,
  options: ConvertOptions,
): Promise<void> {
  const { signal } = options
  // Each is loaded by whom it concerns alone: with the packages that they need they take a fifth of the start of a command.
  if (kind === 'npz') {
    const { extractNpz } = await import('./npz.ts')
    await extractNpz(source, target, options)
    if ((await kindOfFile(target)) === 'narrow-npy') {
      const narrow = `${target}.narrow`
      await rename(target, narrow)
      await convertToNpy(narrow, 'narrow-npy', target, options).finally(() => rm(narrow))
    }
  } else if (kind === 'narrow-npy') {
    const { widenNpy } = await import('./narrow-npy.ts')
    await widenNpy(source, target, options)
  } else {
    const convert = await (kind === 'csv' ? csvConverter() : matrixMarketConverter())
    const bytes = createReadStream(source, { highWaterMark: readBytes, ...(signal && { signal }) })
    try {
      await convert(bytes, target, options)
    } catch (error) {
      signal?.throwIfAborted()
      throw bytes.errored === error ? readFault(error, options.name) : error
    } finally {
      bytes.destroy()
    }
  }
  signal?.throwIfAborted()
}

/** `weights.npz:w1` is the member w1 of the archive weights.npz. */
export function splitMember(file: string): { path: string; member?: string } {
  const [, path, member] = /^(.*\.npz):(.+)$/i.exec(file) ?? []
  return path === undefined || member === undefined ? { path: file } : { path, member }
}

/**
 * The matrix file `file`, a path or `archive.npz:member`, as a .npy file: itself where it is one, else converted in `folder`
 * (default: the system's for temporary files). A .npy file that is not right is left to its reader.
 */
export async function asNpyFile(
  file: string,
  { folder = tmpdir(), ...options }: Omit<ConvertOptions, 'name'> & { readonly folder?: string } = {},
): Promise<NpyFile> {
  const { path, member } = splitMember(file)
  const kind = await kindOfFile(path)
  if (kind === 'npy') return { path, [Symbol.asyncDispose]: kept }
  const made = await mkdtemp(join(folder, '.gemmesh-')).catch((error: unknown) => {
    throw writeFault(error, folder)
  })
  const remove = () => rm(made, { recursive: true, force: true })
  try {
    const target = join(made, `${basename(path).slice(0, 50)}.npy`)
    await convertToNpy(path, kind, target, {
      name: path,
      ...options,
      ...(member !== undefined && { member }),
    })
    return { path: target, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function kindOfFile(path: string): Promise<MatrixKind> {
  try {
    // What is no file, its reader refuses: opening a pipe would wait for its other end.
    if (!(await stat(path)).isFile()) return 'npy'
    const file = await open(path, 'r')
    try {
      const start = new Uint8Array(kindWindowBytes)
      const { bytesRead } = await file.read(start, 0, start.length, 0)
      return kindOf(start.subarray(0, bytesRead), true, kindByName(path)) ?? 'npy'
    } finally {
      await file.close()
    }
  } catch (error) {
    throw readFault(error, path)
  }
}
