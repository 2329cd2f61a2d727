/** Answers an error: as a Fault where nodes talk, as application/problem+json (RFC 9457) where users do. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { asGemmeshError, GemmeshError } from '../errors.ts'
import { faultOf } from '../protocol/faults.ts'
import { Fault } from '../protocol/messages.ts'
import { mediaTypes, meshPrefix } from '../protocol/routes.ts'
import { checksumHeader } from './message-checksum.ts'

const retryAfterSeconds = 1

/** Whether a node asks: also where its path arrived damaged. */
const isMesh = ({ url, headers }: FastifyRequest): boolean =>
  url.startsWith(`${meshPrefix}/`) || checksumHeader in headers

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('FST_')

/** The coded error of whatever a handler threw; what fastify refuses by itself is the request's fault. */
function coded(error: unknown, request: FastifyRequest): GemmeshError {
  if (!isFastifyError(error) || (error.statusCode ?? 500) >= 500) return asGemmeshError(error)
  const limit =
    error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
      ? `: the limit is ${request.routeOptions.bodyLimit} bytes`
      : ''
  const faults = faultsOf(error)
  const what = faults.length > 0 ? faults.join(', ') : error.message
  return new GemmeshError(
    isMesh(request) ? 'GEMMESH_MESSAGE_INVALID' : 'GEMMESH_USAGE',
    `${request.method} ${request.url}: ${what}${limit}`,
    { cause: error, faults },
  )
}

/** What the schema does not let pass, each once, with the name of what it does not know. */
function faultsOf({ validation = [], validationContext: where }: FastifyError): string[] {
  const faults = validation.map(({ instancePath, message = 'is not valid', params }) => {
    const unknown = params.additionalProperty
    const named = typeof unknown === 'string' ? `: ${JSON.stringify(unknown.slice(0, 80))}` : ''
    return `${where ?? 'request'}${instancePath} ${message}${named}`
  })
  return [...new Set(faults)]
}

export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = coded(thrown, request)
  const { code, message, faults, kind } = error
  if (code === 'GEMMESH_INTERNAL') request.log.error({ err: error }, message)
  else {
    const level = code === 'GEMMESH_BLOCK_AWAITED' ? 'debug' : 'info' // where links are slow, each second
    request.log[level]({ code, method: request.method, url: request.url }, message)
  }

  reply.code(kind.status)
  if (kind.retryable && kind.status === 503) reply.header('retry-after', retryAfterSeconds)
  if (isMesh(request)) return reply.type(mediaTypes.message).send(Buffer.from(Fault.encode(faultOf(error))))
  const problem = {
    type: `urn:gemmesh:error:${code}`,
    title: kind.summary,
    status: kind.status,
    detail: message,
    code,
    ...(faults.length > 0 ? { faults } : {}),
  }
  return reply.type('application/problem+json').serializer(JSON.stringify).send(problem)
}
