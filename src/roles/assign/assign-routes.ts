/** What master-assign answers nodes of the mesh; the users' API stands in src/api. */
import type { FastifyInstance } from 'fastify'
import { bulkPatterns } from '../../protocol/routes.ts'
import { serveBytes, serveChunks, serveRoute } from '../../transport/serve.ts'
import { indexIn } from '../index-in.ts'
import type { AssignRole } from './assign-role.ts'

export async function assignRoutes(app: FastifyInstance, { role }: { role: AssignRole }): Promise<void> {
  serveRoute(app, 'register', (message, request) => role.register(message, request.ip))
  serveRoute(app, 'heartbeat', message => role.heartbeat(message))
  serveRoute(app, 'drain', message => role.drain(message))
  serveRoute(app, 'leave', message => role.leave(message))
  serveRoute(app, 'locateBlocks', message => role.locateBlocks(message))
  serveRoute(app, 'unitDone', message => role.unitDone(message))
  serveRoute(app, 'unitFailed', message => role.unitFailed(message))
  serveRoute(app, 'unitPlaced', message => role.unitPlaced(message))
  serveRoute(app, 'tileRefused', message => role.tileRefused(message))
  serveRoute(app, 'jobRecovered', message => role.jobRecovered(message))
  serveRoute(app, 'jobSealed', message => role.jobSealed(message))
  serveRoute(app, 'sealFailed', message => role.sealFailed(message))
  serveChunks(app, bulkPatterns.block, ({ params }) =>
    role.block(params.matrix, indexIn(params.row), indexIn(params.column)),
  )
  serveBytes(app, bulkPatterns.processor, async ({ params }) => role.processor(params.sha256))
}
