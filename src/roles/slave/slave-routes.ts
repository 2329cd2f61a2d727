/** What a slave answers its master. */
import type { FastifyInstance } from 'fastify'
import { serveRoute } from '../../transport/serve.ts'
import type { SlaveRole } from './slave-role.ts'

export async function slaveRoutes(app: FastifyInstance, { role }: { role: SlaveRole }): Promise<void> {
  serveRoute(app, 'unit', unit => role.accept(unit))
  serveRoute(app, 'cancel', message => role.cancel(message))
}
