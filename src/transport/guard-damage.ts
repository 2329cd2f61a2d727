/** The server's side of message-checksum: what arrives damaged is refused before a handler sees it, and answers bear checksums. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answerChecksum, checkBody, checkRequestHead, checksumHeader } from './message-checksum.ts'

/** Requests without a checksum are not checked: users and tools send none. */
export function guardDamage(app: FastifyInstance): void {
  const counting = (check: () => void): void => {
    try {
      check()
    } catch (error) {
      app.traffic.countDamaged()
      throw error
    }
  }
  // So damaged that it is no request any more; fastify answers 400. One that ended early was only cut.
  app.server.on('clientError', error => {
    const code = 'code' in error ? String(error.code) : ''
    if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') app.traffic.countDamaged()
  })
  app.addHook('onRequest', async request => {
    const checksum = checksumOf(request)
    if (checksum === undefined) return
    const { method, url: path, headers } = request
    const { 'content-type': contentType, 'content-length': contentLength } = headers
    counting(() => checkRequestHead(checksum, { method, path, contentType, contentLength }))
  })
  app.addHook('preHandler', async request => {
    const checksum = checksumOf(request)
    const { body } = request
    if (checksum === undefined || !(body instanceof Uint8Array)) return
    counting(() => checkBody(checksum, body, `the body of ${request.method} ${request.url}`))
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (checksumOf(request) === undefined) return
    const body = payload instanceof Uint8Array ? payload : undefined
    const contentType = String(reply.getHeader('content-type') ?? '')
    reply.header(checksumHeader, answerChecksum(reply.statusCode, contentType, body))
  })
}

const checksumOf = ({ headers }: FastifyRequest): string | undefined => headers[checksumHeader]?.toString()
