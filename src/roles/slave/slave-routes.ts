/** What a slave answers its master, and other slaves. */
import type { FastifyInstance } from 'fastify'
import { bulkPatterns } from '../../protocol/routes.ts'
import { serveChunks, serveRoute } from '../../transport/serve.ts'
import { indexIn } from '../index-in.ts'
import type { SlaveRole } from './slave-role.ts'

export async function slaveRoutes(app: FastifyInstance, { role }: { role: SlaveRole }): Promise<void> {
  serveRoute(app, 'unit', unit => role.accept(unit))
  serveRoute(app, 'cancel', message => role.cancel(message))
  serveChunks(app, bulkPatterns.heldBlock, ({ params: { ticket, matrix, grid, row, column } }) =>
    role.lend(indexIn(ticket), { matrix, row: indexIn(row), column: indexIn(column) }, grid),
  )
}
