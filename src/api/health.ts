/** `GET /healthz`, on every node. */
import type { FastifyInstance } from 'fastify'
import { Health } from './schemas.ts'

export async function healthApi(app: FastifyInstance, options: { health: () => Health }): Promise<void> {
  app.get('/healthz', { schema: { response: { 200: Health } } }, async () => options.health())
}
