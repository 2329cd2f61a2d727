/** Opens a node's port on its configured address, and on no other. */
import type { FastifyInstance } from 'fastify'
import { GemmeshError } from '../errors.ts'

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process has it. End that one, or give this node another port in the configuration',
  EADDRNOTAVAIL:
    "it is not an address of this machine. Correct the node's ip in the configuration, or say --name",
  EACCES: 'this user may not bind it. Take a port above 1023',
}

/** Resolves to the origin (`http://ip:port`; port 0 takes a free one), or rejects with GEMMESH_PORT_TAKEN. */
export async function listen(app: FastifyInstance, ip: string, port: number): Promise<string> {
  try {
    await app.listen({ host: ip, port })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const remedy = remedies[code]
    if (remedy === undefined) throw cause
    throw new GemmeshError('GEMMESH_PORT_TAKEN', `${ip}:${port} cannot be bound: ${remedy} (${code}).`, {
      cause,
    })
  }
  const address = app.server.address()
  return `http://${ip}:${address !== null && typeof address === 'object' ? address.port : port}`
}
