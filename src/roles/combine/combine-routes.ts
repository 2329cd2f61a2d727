/** What master-combine answers: nodes of the mesh, and users who fetch results. */
import { createReadStream } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fileReferenceType } from '../../api/schemas/file-reference-type.ts'
import { identifyFile } from '../../formats/file-identity.ts'
import { bulkPatterns } from '../../protocol/routes.ts'
import { receiveChunks, serveRoute } from '../../transport/serve.ts'
import type { CombineRole } from './combine-role.ts'
import { isRegion, type RegionQuery } from './region.ts'

export async function combineRoutes(
  app: FastifyInstance,
  { role, resultsFolder }: { role: CombineRole; resultsFolder: string },
): Promise<void> {
  serveRoute(app, 'openJob', message => role.openJob(message))
  serveRoute(app, 'abortJob', async message => {
    await role.abortJob(message)
    return {}
  })
  serveRoute(app, 'references', async message => {
    role.references(message)
    return {}
  })
  receiveChunks(app, bulkPatterns.tile, ({ params }, receive) => role.takeTile(params.job, receive))

  app.get<{ Params: { id: string } }>('/v1/jobs/:id/receipt', async (request, reply) => {
    const receipt = await role.receipt(request.params.id)
    const body = 'path' in receipt ? createReadStream(receipt.path) : Readable.from(receipt.text)
    return reply.type('application/json').send(body)
  })

  await app.register(fastifyStatic, { root: resultsFolder, serve: false, cacheControl: false })
  app.get<{ Params: { id: string }; Querystring: RegionQuery }>(
    '/v1/jobs/:id/result',
    async (request, reply) => {
      if (isRegion(request.query)) {
        const { bytes, stream } = await role.region(request.params.id, request.query)
        reply.raw.once('finish', () => app.traffic.countOut('result', bytes))
        return reply.type('application/octet-stream').header('content-length', bytes).send(stream)
      }
      const path = await role.resultPath(request.params.id)
      if (request.headers.accept === fileReferenceType) {
        if (!isOfThisMachine(request)) return reply.code(204).send()
        return reply.type(fileReferenceType).send(JSON.stringify(await identifyFile(path)))
      }
      reply.raw.once('finish', () =>
        app.traffic.countOut('result', Number(reply.getHeader('content-length') ?? 0)),
      )
      return reply.type('application/octet-stream').sendFile(basename(path), dirname(path))
    },
  )
  app.delete<{ Params: { id: string } }>('/v1/jobs/:id/result', async (request, reply) => {
    await role.discardResult(request.params.id)
    return reply.code(204).send()
  })
}

function isOfThisMachine({ socket: { remoteAddress = '', localAddress } }: FastifyRequest): boolean {
  return remoteAddress === localAddress || remoteAddress.startsWith('127.')
}
