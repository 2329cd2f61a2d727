/** Uploads that may be cut and go on, also after a restart: `<folder>/<id>.partial`, and what was said of it in `<id>.json`. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { GemmeshError } from '../errors.ts'
import { systemCode, writeFault } from '../formats/file-errors.ts'
import { makeFolder } from './folder.ts'
import { type ReceivedMatrix, type ReceiveLimits, Upload } from './upload.ts'
import { UploadSpec } from './upload-spec.ts'

/** Uploads that are open at a time: each is a file of somebody who may never come back. */
const mostOpen = 1000
const idPattern = /^[0-9a-f]{32}$/
const partialSuffix = '.partial'

/** A request's bytes, as they come; `stop` ends it where another one takes over. */
export interface Arriving {
  readonly bytes: AsyncIterable<Uint8Array>
  stop(): void
}

interface OpenUpload {
  readonly upload: Upload
  /** The request that is at it. */
  current?: { readonly arriving: Arriving; readonly ended: Promise<void> } | undefined
}

export class Uploads {
  readonly #folder: string
  readonly #now: () => number
  readonly #open = new Map<string, Promise<OpenUpload>>()

  /** In `folder`, which is made when it is needed. */
  constructor(folder: string, now: () => number = Date.now) {
    this.#folder = folder
    this.#now = now
  }

  /** Begins an upload; its id. GEMMESH_BUSY where too many are open. */
  async create(spec: UploadSpec): Promise<string> {
    await makeFolder(this.#folder)
    const open = (await this.#names()).filter(name => name.endsWith(partialSuffix)).length
    if (open >= mostOpen)
      throw new GemmeshError(
        'GEMMESH_BUSY',
        `${open} uploads are open, the limit is ${mostOpen}. End some, or try again later.`,
      )
    const id = randomBytes(16).toString('hex')
    await writeFile(this.#path(id, '.json'), JSON.stringify(spec), { mode: 0o600 }).catch(
      (error: unknown) => {
        throw writeFault(error, this.#folder)
      },
    )
    this.#open.set(id, Promise.resolve({ upload: await Upload.begin(this.#path(id), spec) }))
    return id
  }

  /** How many bytes have arrived; a request that is at it is ended, so that the figure stays. GEMMESH_UPLOAD_UNKNOWN. */
  async offset(id: string): Promise<number> {
    const open = await this.#find(id)
    await halt(open)
    return open.upload.offsetBytes
  }

  /**
   * Goes on with an upload at `offsetBytes`, which has to be how far it is: GEMMESH_UPLOAD_OFFSET. Where the content is wrong the
   * upload is gone; where the connection or the disk failed, what came stays.
   */
  async append(id: string, offsetBytes: number, arriving: Arriving, limits: ReceiveLimits): Promise<void> {
    const open = await this.#find(id)
    await halt(open)
    const { upload } = open
    if (upload.offsetBytes !== offsetBytes)
      throw new GemmeshError(
        'GEMMESH_UPLOAD_OFFSET',
        `The upload has ${upload.offsetBytes} bytes, but these begin at ${offsetBytes}. Ask how far it is (HEAD), and go on there.`,
      )
    const appending = upload.append(arriving.bytes, limits)
    const ended = appending.catch(() => {})
    open.current = { arriving, ended }
    await ended
    if (open.current.arriving === arriving) open.current = undefined
    await this.#orGone(id, appending)
  }

  /** The matrix of an upload that is whole. Its file is the caller's; `discard` removes what is left. */
  async finish(id: string, limits: ReceiveLimits): Promise<ReceivedMatrix> {
    const open = await this.#find(id)
    await halt(open)
    return this.#orGone(id, open.upload.finish(limits))
  }

  /** Removes an upload, if there is one. */
  async discard(id: string): Promise<void> {
    const open = await this.#open.get(id)?.catch(() => undefined)
    this.#open.delete(id)
    open?.current?.arriving.stop()
    await Promise.all(['.json', partialSuffix].map(end => rm(this.#path(id, end), { force: true })))
  }

  /** Removes those that nothing was added to for so long; how many bytes that were. */
  async collect(ageMs: number): Promise<{ files: number; bytes: number }> {
    const gone = { files: 0, bytes: 0 }
    for (const name of await this.#names()) {
      const [id = '', end] = name.split('.', 2)
      if (`.${end}` !== partialSuffix) continue
      const { mtimeMs, size } = await stat(join(this.#folder, name)).catch(() => ({
        mtimeMs: Infinity,
        size: 0,
      }))
      const isBusy = (await this.#open.get(id)?.catch(() => undefined))?.current !== undefined
      if (isBusy || this.#now() - mtimeMs <= ageMs) continue
      await this.discard(id)
      gone.files++
      gone.bytes += size
    }
    return gone
  }

  /** Of all that is kept here. */
  async bytes(): Promise<number> {
    const sizes = (await this.#names()).map(name =>
      stat(join(this.#folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  }

  /** An upload whose content is wrong is of no use any more. */
  async #orGone<T>(id: string, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof GemmeshError && !error.kind.retryable) await this.discard(id)
      throw error
    }
  }

  /** One that is known, or that an earlier start left. */
  #find(id: string): Promise<OpenUpload> {
    if (!idPattern.test(id)) throw unknown(id)
    const known = this.#open.get(id) ?? this.#resume(id)
    this.#open.set(id, known)
    known.catch(() => this.#open.delete(id))
    return known
  }

  async #resume(id: string): Promise<OpenUpload> {
    try {
      await stat(this.#path(id))
      const spec: unknown = JSON.parse(await readFile(this.#path(id, '.json'), 'utf8'))
      if (!Value.Check(UploadSpec, spec)) throw unknown(id)
      return { upload: await Upload.resume(this.#path(id), spec) }
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) throw unknown(id)
      throw error
    }
  }

  async #names(): Promise<readonly string[]> {
    return readdir(this.#folder).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return []
      throw error
    })
  }

  #path(id: string, end = partialSuffix): string {
    return join(this.#folder, `${id}${end}`)
  }
}

async function halt(open: OpenUpload): Promise<void> {
  const { current } = open
  current?.arriving.stop()
  await current?.ended
}

const unknown = (id: string): GemmeshError =>
  new GemmeshError(
    'GEMMESH_UPLOAD_UNKNOWN',
    `There is no upload ${JSON.stringify(id.slice(0, 80))}: it was ended, refused, or nobody went on with it for too long. Begin anew.`,
  )
