/** Free ports for the demo's nodes, so that it never collides with a cluster that runs here already. */
import { createServer } from 'node:net'

export interface Place {
  readonly ip: string
  readonly port: number
}

/** A place for each ip: a port that the system says is free there. Where an ip is not of this machine, on 127.0.0.1. */
export async function freePlaces(ips: readonly string[]): Promise<readonly Place[]> {
  const found = await Promise.all(ips.map(ip => listenAnywhere(ip).catch(() => listenAnywhere('127.0.0.1'))))
  // All are held until the last is found: two nodes on one address get different ports.
  await Promise.all(found.map(({ release }) => release()))
  return found.map(({ ip, port }) => ({ ip, port }))
}

function listenAnywhere(ip: string): Promise<Place & { release(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: ip, port: 0, exclusive: true }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      resolve({ ip, port, release: () => new Promise(done => server.close(() => done())) })
    })
  })
}
