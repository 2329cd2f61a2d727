/** .npz archives: zip files of .npy files, stored or deflated, as numpy.savez and numpy.savez_compressed write them. */
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { GemmeshError } from '../errors.ts'
import { writeFault } from './file-errors.ts'
import { formatError } from './format-error.ts'
import { writeRuns } from './runs.ts'

const suffix = '.npy'
/** Members that are looked through; an archive of more is none of arrays. */
const mostMembers = 100_000
const mostNamed = 20
const inflatedBytes = 256 * 1024

export interface NpzOptions {
  /** What messages call the archive. */
  readonly name: string
  /** Of the member, with or without .npy. Default: the only one. */
  readonly member?: string
  /** A longer member is refused. */
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** Copies a member of the archive at `source` to `target`. GEMMESH_FORMAT_INVALID says what is wrong, or which members there are. */
export async function extractNpz(source: string, target: string, options: NpzOptions): Promise<void> {
  const { name } = options
  let archive: ZipFile | undefined
  try {
    archive = await openPromise(source, { autoClose: false, validateEntrySizes: true })
    const entry = await findMember(archive, options)
    const stored = await archive.openReadStreamPromise(entry, { decodeFileData: false })
    const take = (bytes: AsyncIterable<Uint8Array>) => copy(bytes, target, entry, name)
    const ended = { ...(options.signal && { signal: options.signal }) }
    await (entry.compressionMethod === 0
      ? pipeline(stored, take, ended)
      : pipeline(stored, createInflateRaw({ chunkSize: inflatedBytes }), take, ended))
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof GemmeshError) throw error
    // Of yauzl and zlib, which say it in words.
    throw formatError(
      name,
      undefined,
      `the archive is damaged: ${error instanceof Error ? error.message : String(error)}.`,
      error,
    )
  } finally {
    archive?.close()
  }
}

async function findMember(archive: ZipFile, { name, member, limitBytes }: NpzOptions): Promise<Entry> {
  if (archive.entryCount > mostMembers)
    throw formatError(name, undefined, `it has ${archive.entryCount} members; the limit is ${mostMembers}.`)
  const found: Entry[] = []
  for await (const entry of archive.eachEntry()) if (entry.fileName.endsWith(suffix)) found.push(entry)
  const plain = (fileName: string) => fileName.replace(/\.npy$/, '')
  const named = member === undefined ? found : found.filter(entry => plain(entry.fileName) === plain(member))
  const [entry] = named
  const names = found.slice(0, mostNamed).map(({ fileName }) => plain(fileName))
  const list = `${names.join(', ')}${found.length > mostNamed ? ', ...' : ''}`
  if (entry === undefined)
    throw formatError(
      name,
      undefined,
      found.length === 0
        ? 'it holds no .npy file.'
        : `it has no member ${JSON.stringify(member)}; it has: ${list}.`,
    )
  if (named.length > 1)
    throw formatError(
      name,
      undefined,
      member === undefined
        ? `it has ${found.length} members: ${list}. Name one, such as ${name}:${names[0]}.`
        : `it has ${named.length} members of the name ${JSON.stringify(member)}.`,
    )
  if (entry.isEncrypted()) throw formatError(name, undefined, `its member ${entry.fileName} is encrypted.`)
  if (!entry.canDecodeFileData())
    throw formatError(
      name,
      undefined,
      `its member ${entry.fileName} is compressed by method ${entry.compressionMethod}; stored and deflated ones (0 and 8) are read.`,
    )
  if (entry.uncompressedSize > (limitBytes ?? Number.POSITIVE_INFINITY))
    throw new GemmeshError(
      'GEMMESH_UPLOAD_TOO_LARGE',
      `${name}: its member ${entry.fileName} has ${entry.uncompressedSize} bytes; the limit is ${limitBytes}. Raise the option "upload-limit" of the configuration, or multiply parts of the matrix.`,
    )
  return entry
}

async function copy(
  bytes: AsyncIterable<Uint8Array>,
  target: string,
  entry: Entry,
  name: string,
): Promise<void> {
  const faulty = (error: unknown): never => {
    throw writeFault(error, target)
  }
  const file = await open(target, 'w', 0o600).catch(faulty)
  try {
    let [position, sum] = [0, 0]
    for await (const chunk of bytes) {
      if (position + chunk.length > entry.uncompressedSize) break
      const run = { position, strideBytes: chunk.length, runBytes: chunk.length, count: 1 }
      const writing = writeRuns(file, run, chunk, chunk.length)
      sum = crc32(chunk, sum)
      await writing.catch(faulty)
      position += chunk.length
    }
    if (position !== entry.uncompressedSize || sum !== entry.crc32)
      throw formatError(
        name,
        undefined,
        `its member ${entry.fileName} is damaged: the archive says that it has ${entry.uncompressedSize} bytes with the CRC-32 ${entry.crc32}, and that is not so.`,
      )
  } finally {
    await file.close()
  }
}
