/**
 * Matrices in: `PUT /v1/matrices` in one go, or in parts that may be cut, by the headers of resumable uploads
 * (https://datatracker.ietf.org/doc/draft-ietf-httpbis-resumable-upload/, of which this is a part: an upload is begun by a
 * `PUT` that says `Upload-Complete: ?0`, and its address is in the answer, not in an interim one):
 *
 *     PUT   /v1/matrices       Upload-Complete: ?0                      201, Location: /v1/uploads/ID, Upload-Offset: 0
 *     PATCH /v1/uploads/ID     Upload-Complete: ?1, Upload-Offset: 0    (the connection is cut)
 *     HEAD  /v1/uploads/ID                                              204, Upload-Offset: 1048576
 *     PATCH /v1/uploads/ID     Upload-Complete: ?1, Upload-Offset: 1048576    201 and the matrix
 */
import type { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { GemmeshError } from '../errors.ts'
import { Dtype, StoredMatrix } from './schemas.ts'

/** What is said of a file that comes. */
export interface UploadHints {
  readonly contentType?: string
  readonly member?: string
  readonly dtype?: StoredMatrix['dtype']
}

/** What the API needs of the role behind it; every method throws coded errors of errors.ts. */
export interface MatricesService {
  put(file: Readable, hints: UploadHints): Promise<StoredMatrix>
  /** The id of a new upload. */
  begin(hints: UploadHints): Promise<string>
  /** How many bytes are there. */
  offset(id: string): Promise<number>
  /** How many bytes are there then. */
  append(id: string, offsetBytes: number, part: Readable): Promise<number>
  finish(id: string): Promise<StoredMatrix>
  discard(id: string): Promise<void>
}

const Hints = Type.Object(
  { member: Type.Optional(Type.String({ maxLength: 255 })), dtype: Type.Optional(Dtype) },
  { additionalProperties: false },
)
/** Structured fields: a boolean, a number. */
const Complete = Type.Union([Type.Literal('?0'), Type.Literal('?1')])
const PutHeaders = Type.Object({ 'upload-complete': Type.Optional(Complete) })
const PatchHeaders = Type.Object({
  'upload-complete': Complete,
  'upload-offset': Type.String({ pattern: '^\\d{1,15}$' }),
})
const ById = Type.Object({ id: Type.String({ maxLength: 128 }) })
const partType = 'application/partial-upload'

export async function matricesApi(
  instance: FastifyInstance,
  { service }: { service: MatricesService },
): Promise<void> {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  // A matrix is streamed to disk, whatever type the client says it has; the parser leaves the stream unread.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  app.put(
    '/v1/matrices',
    { schema: { headers: PutHeaders, querystring: Hints, response: { 201: StoredMatrix } } },
    async (request, reply) => {
      const type = request.headers['content-type']
      const hints = { ...request.query, ...(type !== undefined && { contentType: type }) }
      if (request.headers['upload-complete'] !== '?0')
        return stored(reply, await service.put(request.raw, hints))
      const id = await service.begin(hints)
      const offset = await service.append(id, 0, request.raw)
      reply.header('location', `/v1/uploads/${id}`)
      return progress(reply.code(201), offset)
    },
  )

  app.head('/v1/uploads/:id', { schema: { params: ById } }, async (request, reply) =>
    progress(reply.code(204).header('cache-control', 'no-store'), await service.offset(request.params.id)),
  )

  app.patch(
    '/v1/uploads/:id',
    { schema: { params: ById, headers: PatchHeaders, response: { 201: StoredMatrix, 204: Type.Null() } } },
    async (request, reply) => {
      checkType(request)
      const { id } = request.params
      const offset = await service.append(id, Number(request.headers['upload-offset']), request.raw)
      return request.headers['upload-complete'] === '?1'
        ? stored(reply, await service.finish(id))
        : progress(reply.code(204), offset)
    },
  )

  app.delete('/v1/uploads/:id', { schema: { params: ById } }, async (request, reply) => {
    await service.discard(request.params.id)
    return reply.code(204).send()
  })
}

function stored(reply: FastifyReply, matrix: StoredMatrix): FastifyReply {
  return reply
    .code(201)
    .header('location', `/v1/matrices/${matrix.id}`)
    .header('upload-complete', '?1')
    .send(matrix)
}

const progress = (reply: FastifyReply, offsetBytes: number): FastifyReply =>
  reply.header('upload-complete', '?0').header('upload-offset', String(offsetBytes)).send()

function checkType(request: FastifyRequest): void {
  const type = request.headers['content-type']
  if (type?.split(';')[0]?.trim() === partType) return
  throw new GemmeshError(
    'GEMMESH_USAGE',
    `A part of an upload has the Content-Type ${partType}, not ${type}.`,
  )
}
