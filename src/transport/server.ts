/** The HTTP app of a node: explicit limits, protobuf bodies, coded errors. It listens nowhere; see listen.ts. */
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { GemmeshError } from '../errors.ts'
import { limits } from '../protocol/limits.ts'
import { mediaTypes } from '../protocol/routes.ts'
import { answerError } from './answer-error.ts'
import type { Answers } from './answers.ts'
import { guardDamage, headDamage } from './guard-damage.ts'
import { guardStalls } from './guard-stalls.ts'
import type { Traffic } from './traffic.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What passed through this node. */
    readonly traffic: Traffic
    /** To messages, for roles of the same process. */
    readonly answers: Answers
  }
}

export interface ServerOptions {
  /** Of the node, for people who read its errors. */
  readonly name: string
  readonly counters: Traffic
  readonly logger?: FastifyBaseLogger | undefined
  /** How long a connection may stand still while the other side is to send or to read. */
  readonly idleMs?: number
}

/** Of users' JSON; the routes of the mesh and uploads have limits of their own. */
const jsonBytes = 1024 * 1024

export function buildServer({
  name,
  counters,
  logger,
  idleMs = limits.idleMs,
}: ServerOptions): FastifyInstance {
  const app = fastify({
    ...(logger ? { loggerInstance: logger } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }), // heartbeats would drown everything else
    bodyLimit: jsonBytes,
    connectionTimeout: idleMs, // guardStalls says what it means
    requestTimeout: 0, // a long upload is fine while it progresses
    http: { headersTimeout: idleMs, maxHeaderSize: 16 * 1024 },
    keepAliveTimeout: limits.serverKeepAliveMs,
    forceCloseConnections: true, // a node that ends does not wait for others; they try again
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 256 },
    // Such as a path that is no URL, or is none any more.
    frameworkErrors: (error, request, reply) =>
      answerError(headDamage(request, counters) ?? error, request, reply),
    // What the schema does not name is a fault, not something to drop; "2" is no number.
    ajv: {
      customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: true, allErrors: false },
    },
  })
  app.decorate('traffic', counters)
  app.decorate('answers', new Map())
  guardStalls(app.server, idleMs)
  guardDamage(app)

  app.addContentTypeParser(mediaTypes.message, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  // Read by receiveChunks, straight from the socket.
  app.addContentTypeParser(mediaTypes.chunks, (_request, _payload, done) => done(null))

  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) => {
    const message = `${name} has no route ${request.method} ${request.url}. Is it a node of another version or role?`
    return answerError(new GemmeshError('GEMMESH_ROUTE_UNKNOWN', message), request, reply)
  })
  return app
}
