/** What master-assign answers nodes of the mesh; the users' API stands in src/api. */
import type { FastifyInstance } from 'fastify'
import type { Cluster } from '../../config.ts'
import { bulkPatterns } from '../../protocol/routes.ts'
import { serveBytes, serveChunks, serveRoute } from '../../transport/serve.ts'
import { indexIn } from '../index-in.ts'
import type { AssignRole } from './assign-role.ts'
import { Liveness } from './liveness.ts'

export interface AssignRoutesOptions {
  readonly role: AssignRole
  readonly cluster: Cluster
}

export async function assignRoutes(
  app: FastifyInstance,
  { role, cluster }: AssignRoutesOptions,
): Promise<void> {
  const liveness = new Liveness({
    ip: cluster.assign.ip,
    addressOf: name => cluster.slaves.find(slave => slave.name === name),
    isPresent: slave => role.isPresent(slave),
    onGone: (slave, reason) => role.slaveGone(slave, reason),
  })
  app.addHook('preClose', async () => liveness.close())
  serveRoute(app, 'register', (message, caller) => {
    const answer = role.register(message, caller.ip)
    liveness.heard(message, caller)
    return answer
  })
  serveRoute(app, 'heartbeat', (message, caller) => {
    liveness.heard(message, caller)
    return role.heartbeat(message)
  })
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
