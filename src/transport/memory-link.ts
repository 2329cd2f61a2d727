/** The Link within one process: the same apps, the same bytes, no socket. For tests and simulated meshes. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { GemmeshError } from '../errors.ts'
import type { ByteStream } from '../protocol/encode-chunks.ts'
import { byteSource } from './byte-source.ts'
import type { ExchangeAnswer, ExchangeRequest } from './exchange.ts'
import { ExchangeLink } from './exchange-link.ts'
import { checksumHeader } from './message-checksum.ts'
import { Traffic } from './traffic.ts'
import { unreachable } from './unreachable.ts'

/** Who can be called, by origin; leaving out an origin is a node that is not there. */
export type MemoryMesh = ReadonlyMap<string, FastifyInstance>

export class MemoryLink extends ExchangeLink {
  constructor(mesh: MemoryMesh, traffic: Traffic = new Traffic()) {
    super(request => exchange(mesh, request), traffic)
  }
}

async function exchange(mesh: MemoryMesh, request: ExchangeRequest): Promise<ExchangeAnswer> {
  const { origin, method, path, contentType, checksum, body, signal } = request
  signal?.throwIfAborted()
  const app = mesh.get(origin)
  if (!app) throw unreachable(origin, Object.assign(new Error('not in this mesh'), { code: 'ECONNREFUSED' }))
  let failure: unknown
  const source = async function* ({ groups }: ByteStream) {
    try {
      for await (const views of groups) yield Buffer.concat(views) // a copy, as a socket would make
    } catch (error) {
      failure = error
      throw error
    }
  }
  const failed = (error: unknown): unknown => {
    if (failure !== undefined) return failure
    if (signal?.aborted) return signal.reason
    return error instanceof GemmeshError ? error : unreachable(origin, error)
  }
  try {
    const answer = await app.inject({
      method,
      url: path,
      payloadAsStream: true,
      headers: {
        [checksumHeader]: checksum,
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
        // As over a socket: inject leaves it out of streams.
        ...(body === undefined || body instanceof Uint8Array ? {} : { 'content-length': String(body.bytes) }),
      },
      ...(body === undefined
        ? {}
        : { payload: body instanceof Uint8Array ? Buffer.from(body) : Readable.from(source(body)) }),
      ...(signal ? { signal } : {}),
    })
    return {
      status: answer.statusCode,
      contentType: String(answer.headers['content-type'] ?? ''),
      checksum: answer.headers[checksumHeader]?.toString(),
      body: async take => {
        const stream = answer.stream()
        try {
          await byteSource(stream, failed)(take)
        } finally {
          stream.destroy() // left early: the rest is not read
        }
      },
    }
  } catch (error) {
    throw failed(error)
  }
}
