/** The server's side of a Link: what each of its methods meets. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GemmeshError } from '../errors.ts'
import type { BulkSink, ByteSource, Original, Payload, Received } from '../protocol/bulk.ts'
import { decodeChunks } from '../protocol/decode-chunks.ts'
import { encodeChunks } from '../protocol/encode-chunks.ts'
import type { BulkHeader } from '../protocol/messages.ts'
import { mediaTypes, type ReplyOf, type RequestOf, type RouteName, routeOf } from '../protocol/routes.ts'
import type { Answer, Caller } from './answers.ts'
import { byteSource } from './byte-source.ts'
import { countedPayload, countedSink } from './counted.ts'
import { answerChecksum, checksumHeader } from './message-checksum.ts'
import { writeGroups } from './write-groups.ts'

/** 'matrix' | 'row' of '/matrices/:matrix/:row'. */
type ParamNames<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : never

/** A request for a path of this pattern: its parameters are texts, still to be checked. */
export type RequestFor<Pattern extends string> = FastifyRequest<{
  Params: Record<ParamNames<Pattern>, string>
}>

/** Answers `link.call(origin, name, message)`; what the handler throws travels as a Fault. */
export function serveRoute<R extends RouteName>(
  app: FastifyInstance,
  name: R,
  handler: (message: RequestOf<R>, caller: Caller) => ReplyOf<R> | Promise<ReplyOf<R>>,
): void {
  const route = routeOf(name)
  const answer: Answer = async (body, caller) =>
    route.reply.encode(await handler(route.request.decode(body), caller))
  app.answers.set(route.path, answer)
  app.post(route.path, { bodyLimit: route.limitBytes }, async (request, reply) => {
    const { body } = request
    if (!(body instanceof Uint8Array))
      throw new GemmeshError(
        'GEMMESH_MESSAGE_INVALID',
        `${route.path} takes a body of ${mediaTypes.message}.`,
      )
    app.traffic.countIn('message', body.length)
    const bytes = await answer(body, request)
    app.traffic.countOut('message', bytes.length)
    return reply.type(mediaTypes.message).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  })
}

/** A block that is served; with its `original`, where it was not read here. */
export interface Served {
  readonly header: BulkHeader
  readonly payload: Payload
  readonly original?: Original
}

/** Answers `link.pull(origin, path, sink)`; the payload is read only as fast as the other side takes it. */
export function serveChunks<Pattern extends string>(
  app: FastifyInstance,
  pattern: Pattern,
  handler: (request: RequestFor<Pattern>) => Promise<Served>,
): void {
  app.get<{ Params: Record<ParamNames<Pattern>, string> }>(pattern, async (request, reply) => {
    const { header, payload, original } = await handler(request)
    const chunks = encodeChunks(header, countedPayload(app.traffic, header, payload), original)
    // Straight to the socket: what fails from here on cannot be said any more, the connection ends.
    reply.hijack()
    reply.raw.writeHead(200, {
      'content-type': mediaTypes.chunks,
      'content-length': chunks.bytes,
      [checksumHeader]: answerChecksum(200, mediaTypes.chunks),
    })
    try {
      await writeGroups(reply.raw, chunks)
      reply.raw.end()
    } catch (error) {
      request.log.info({ err: error, url: request.url }, 'a block was not sent to its end')
      reply.raw.destroy()
    }
  })
}

/**
 * Answers `link.push(origin, path, header, payload)`. The handler calls `receive` once; it resolves when everything
 * arrived undamaged. The sender has its acknowledgement when the handler resolves: do first what must be durable.
 */
export function receiveChunks<Pattern extends string>(
  app: FastifyInstance,
  pattern: Pattern,
  handler: (request: RequestFor<Pattern>, receive: (sink: BulkSink) => Promise<Received>) => Promise<void>,
): void {
  app.put<{ Params: Record<ParamNames<Pattern>, string> }>(pattern, async (request, reply) => {
    await handler(request, async sink => {
      let cut = false
      const onCut = () => {
        cut = true
      }
      try {
        return await decodeChunks(arriving(request, onCut), countedSink(app.traffic, sink))
      } catch (error) {
        if (!cut && error instanceof GemmeshError && error.code === 'GEMMESH_TRANSFER_CORRUPT')
          app.traffic.countDamaged()
        throw error
      }
    })
    return reply.code(204).send()
  })
}

/** Answers `link.fetchBytes(origin, path)`: a processor. */
export function serveBytes<Pattern extends string>(
  app: FastifyInstance,
  pattern: Pattern,
  handler: (request: RequestFor<Pattern>) => Promise<Uint8Array>,
): void {
  app.get<{ Params: Record<ParamNames<Pattern>, string> }>(pattern, async (request, reply) => {
    const bytes = await handler(request)
    app.traffic.countOut('processor', bytes.length)
    return reply
      .type(mediaTypes.processor)
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  })
}

/** The body of a request; a sender that goes away in the middle is GEMMESH_TRANSFER_CORRUPT. */
const arriving =
  (request: FastifyRequest, onCut: () => void): ByteSource =>
  async take => {
    if (request.headers['content-type'] !== mediaTypes.chunks)
      throw new GemmeshError(
        'GEMMESH_MESSAGE_INVALID',
        `${request.url} takes a body of ${mediaTypes.chunks}.`,
      )
    const gone = (cause: unknown) => {
      onCut()
      const message = `${request.ip} ended the connection in the middle of ${request.url}: it has to send it again.`
      return new GemmeshError('GEMMESH_TRANSFER_CORRUPT', message, { cause })
    }
    try {
      await byteSource(request.raw, gone)(take)
    } finally {
      request.raw.resume() // left early: the rest is discarded, not cut off, so that the sender gets to read the answer
    }
  }
