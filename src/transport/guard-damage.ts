/** The server's side of message-checksum: what arrives damaged is refused before a handler sees it, and answers bear checksums. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { asGemmeshError, type GemmeshError } from '../errors.ts'
import { answerChecksum, checkBody, checkRequestHead, checksumHeader } from './message-checksum.ts'
import type { Traffic } from './traffic.ts'

/** Requests without a checksum are not checked: users and tools send none. */
export function guardDamage(app: FastifyInstance): void {
  // So damaged that it is no request any more; fastify answers 400. One that ended early was only cut.
  app.server.on('clientError', error => {
    const code = 'code' in error ? String(error.code) : ''
    if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') app.traffic.countDamaged()
  })
  app.addHook('onRequest', async request => {
    const damage = headDamage(request, app.traffic)
    if (damage) throw damage
  })
  app.addHook('preHandler', async request => {
    const checksum = checksumOf(request)
    const { body } = request
    if (checksum === undefined || !(body instanceof Uint8Array)) return
    const what = `the body of ${request.method} ${request.url}`
    const damage = counted(() => checkBody(checksum, body, what), app.traffic)
    if (damage) throw damage
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (checksumOf(request) === undefined) return
    const body = payload instanceof Uint8Array ? payload : undefined
    const contentType = String(reply.getHeader('content-type') ?? '')
    reply.header(checksumHeader, answerChecksum(reply.statusCode, contentType, body))
  })
}

const checksumOf = ({ headers }: FastifyRequest): string | undefined => headers[checksumHeader]?.toString()

/** What is wrong with the head of a request, counted. A path that is no URL any more gets no further than here: no hook sees it. */
export function headDamage(request: FastifyRequest, traffic: Traffic): GemmeshError | undefined {
  const checksum = checksumOf(request)
  if (checksum === undefined) return undefined
  const { method, url: path, headers } = request
  const { 'content-type': contentType, 'content-length': contentLength } = headers
  return counted(() => checkRequestHead(checksum, { method, path, contentType, contentLength }), traffic)
}

function counted(check: () => void, traffic: Traffic): GemmeshError | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    traffic.countDamaged()
    return asGemmeshError(error)
  }
}
