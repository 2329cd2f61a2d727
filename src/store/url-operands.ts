/**
 * Matrices on HTTP(S) servers: .npy files read by ranges, from URLs that the configuration allows. The server's ETag, or
 * else its Last-Modified, and the size say whether it is still the same file; a server without Range is refused.
 */

import { createHash } from 'node:crypto'
import { Agent, type Dispatcher } from 'undici'
import { dropOldest } from '../core/drop-oldest.ts'
import type { Rectangle } from '../core/geometry.ts'
import { asGemmeshError, GemmeshError } from '../errors.ts'
import { headerWindowBytes, type NpyHeader, parseNpyHeader } from '../formats/npy.ts'
import { NpyReader } from '../formats/npy-reader.ts'
import type { Runs } from '../formats/runs.ts'

/** A file on a server as it was when it was looked at. */
export interface UrlVersion {
  readonly url: string
  readonly sizeBytes: number
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

export interface LocatedUrl extends UrlVersion {
  /** Of this version: 64 hex digits, as the ids of stored matrices. */
  readonly id: string
  readonly header: NpyHeader
}

/** To one server: enough to hide its latency, few enough to be welcome. */
const connections = 8
const connectMs = 5_000
/** How long a server may be silent. */
const silenceMs = 30_000
/** A request costs about as much as so many bytes more: runs that are nearer are read with what lies between. */
const nearBytes = 128 * 1024
/** Readers that are kept: each is a header. */
const readersKept = 256

export class UrlOperands {
  readonly #beginnings: readonly string[]
  readonly #agent = new Agent({
    ...{ connections, pipelining: 1, connect: { timeout: connectMs } },
    ...{ headersTimeout: silenceMs, bodyTimeout: silenceMs },
  })
  readonly #readers = new Map<string, Promise<NpyReader>>()

  /** `beginnings` of the URLs that may be read, as configured. */
  constructor(beginnings: readonly string[]) {
    this.#beginnings = beginnings
  }

  /**
   * What lies at `url`. GEMMESH_OPERAND_REFUSED where that is not allowed, GEMMESH_OPERAND_UNREADABLE where the server is not
   * there, has no such file, or cannot serve ranges of it; or the errors of `parseNpyHeader`.
   */
  async locate(url: string): Promise<LocatedUrl> {
    const { version, start } = await this.#look(url)
    const header = parseNpyHeader(start, version.sizeBytes, nameOf(url))
    const identity = JSON.stringify(['url', url, version.sizeBytes, version.etag, version.lastModified])
    return { ...version, id: createHash('sha256').update(identity).digest('hex'), header }
  }

  /** Reads a rectangle of that version, as `NpyReader.read`. GEMMESH_OPERAND_CHANGED where the server has another one by now. */
  async read(version: UrlVersion, rectangle: Rectangle, target: Uint8Array): Promise<void> {
    const key = JSON.stringify(version)
    const reader = this.#readers.get(key) ?? this.#open(version)
    this.#readers.delete(key)
    this.#readers.set(key, reader)
    dropOldest(this.#readers, readersKept)
    try {
      await (await reader).read(rectangle, target)
    } catch (error) {
      this.#readers.delete(key)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #open(version: UrlVersion): Promise<NpyReader> {
    const { version: found, start } = await this.#look(version.url)
    checkSame(version, found)
    const name = nameOf(version.url)
    const readRuns = (runs: Runs, target: Uint8Array, strideBytes: number) =>
      this.#readRuns(version, runs, target, strideBytes)
    return NpyReader.of({ readRuns }, parseNpyHeader(start, version.sizeBytes, name), name)
  }

  async #look(url: string): Promise<{ version: UrlVersion; start: Uint8Array }> {
    const answer = await this.#get(url, 0, headerWindowBytes - 1)
    const { version, body } = answer
    if (version.etag === undefined && version.lastModified === undefined) {
      await body.dump()
      throw unreadable(
        url,
        'its server sends neither ETag nor Last-Modified, so that a change would not be noticed',
      )
    }
    const start = new Uint8Array(Math.min(version.sizeBytes, headerWindowBytes))
    await take(url, body, start.length, (offset, bytes) => start.set(bytes, offset))
    return { version, start }
  }

  /** Runs that are near each other in one request, those between are passed over; others by a request each. */
  async #readRuns(
    version: UrlVersion,
    runs: Runs,
    target: Uint8Array,
    targetStrideBytes: number,
  ): Promise<void> {
    const { position, strideBytes, runBytes, count } = runs
    if (count === 0 || runBytes === 0) return
    if (count === 1 || strideBytes - runBytes <= nearBytes)
      return this.#readBand(version, runs, target, targetStrideBytes)
    let next = 0
    const lane = async () => {
      while (next < count) {
        const index = next++
        const at = index * targetStrideBytes
        const run = { position: position + index * strideBytes, strideBytes: runBytes, runBytes, count: 1 }
        await this.#readBand(version, run, target.subarray(at, at + runBytes), runBytes)
      }
    }
    const ends = await Promise.allSettled(Array.from({ length: Math.min(connections, count) }, lane))
    const failed = ends.find(end => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  async #readBand(
    version: UrlVersion,
    { position, strideBytes, runBytes, count }: Runs,
    target: Uint8Array,
    targetStrideBytes: number,
  ): Promise<void> {
    const bandBytes = (count - 1) * strideBytes + runBytes
    const { version: found, body } = await this.#get(version.url, position, position + bandBytes - 1)
    try {
      checkSame(version, found)
    } catch (error) {
      await body.dump()
      throw error
    }
    await take(version.url, body, bandBytes, (offset, bytes) => {
      // Of these bytes those that belong to runs.
      for (let at = 0; at < bytes.length; ) {
        const run = Math.floor((offset + at) / strideBytes)
        const within = offset + at - run * strideBytes
        const end = Math.min(bytes.length, at + (within < runBytes ? runBytes : strideBytes) - within)
        if (within < runBytes) target.set(bytes.subarray(at, end), run * targetStrideBytes + within)
        at = end
      }
    })
  }

  async #get(
    url: string,
    from: number,
    to: number,
  ): Promise<{ version: UrlVersion; body: Dispatcher.ResponseData['body'] }> {
    const { origin, pathname, search } = this.#allowed(url)
    const answer = await this.#agent
      .request({
        origin,
        path: `${pathname}${search}`,
        method: 'GET',
        headers: { range: `bytes=${from}-${to}` },
      })
      .catch(error => {
        throw unreadable(url, `its server does not answer (${asGemmeshError(error).message})`, error)
      })
    const { statusCode, headers, body } = answer
    const header = (name: string) => {
      const value = headers[name]
      return typeof value === 'string' ? value : undefined
    }
    const [, first, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(header('content-range') ?? '') ?? []
    if (statusCode === 206 && Number(first) === from && size !== undefined) {
      const etag = header('etag')
      const strong = etag?.startsWith('W/') ? undefined : etag
      const lastModified = header('last-modified')
      return { version: { url, sizeBytes: Number(size), etag: strong, lastModified }, body }
    }
    body.on('error', () => {}).destroy()
    throw unreadable(url, reasonOf(statusCode))
  }

  #allowed(url: string): URL {
    const parsed = URL.parse(url)
    // Compared as parsed: "/allowed/../other" does not pass.
    if (parsed !== null && this.#beginnings.some(beginning => parsed.href.startsWith(beginning)))
      return parsed
    const allowed =
      this.#beginnings.length === 0
        ? 'this node reads no URLs: list their beginnings under "operand-urls" in the options of its configuration, or upload the file'
        : `it does not begin with ${this.#beginnings.join(' or ')}, as the configuration wants`
    throw new GemmeshError('GEMMESH_OPERAND_REFUSED', `${nameOf(url)}: ${allowed}.`)
  }
}

function reasonOf(status: number): string {
  if (status === 200)
    return 'its server does not serve ranges (it answered 200 to a request with Range, not 206)'
  if (status >= 300 && status < 400) return `its server redirects (${status}): name the URL that it leads to`
  return `its server answered ${status}`
}

/** Without the query, which may hold a signature. */
const nameOf = (url: string): string => url.replace(/[?#].*$/s, '').slice(0, 200)

const unreadable = (url: string, why: string, cause?: unknown): GemmeshError =>
  new GemmeshError('GEMMESH_OPERAND_UNREADABLE', `${nameOf(url)} cannot be read: ${why}.`, { cause })

function checkSame(wanted: UrlVersion, found: UrlVersion): void {
  const same =
    wanted.sizeBytes === found.sizeBytes &&
    (wanted.etag === undefined ? wanted.lastModified === found.lastModified : wanted.etag === found.etag)
  if (same) return
  throw new GemmeshError(
    'GEMMESH_OPERAND_CHANGED',
    `${nameOf(wanted.url)} is not the file any more that it was when the job was submitted. Submit the job again, and leave its files alone until it is done.`,
  )
}

/** Hands on exactly `wantedBytes` of the body, in the pieces that they come in. */
async function take(
  url: string,
  body: AsyncIterable<Uint8Array>,
  wantedBytes: number,
  piece: (offset: number, bytes: Uint8Array) => void,
): Promise<void> {
  let taken = 0
  try {
    for await (const bytes of body) {
      if (taken + bytes.length > wantedBytes) break
      piece(taken, bytes)
      taken += bytes.length
    }
  } catch (error) {
    throw unreadable(url, `its server ended the answer early (${asGemmeshError(error).message})`, error)
  }
  if (taken < wantedBytes) throw unreadable(url, `its server sent ${taken} of ${wantedBytes} bytes`)
}
