/**
 * Loaded before a node (`--import`): its servers listen at 127.0.1.x where the configuration says 127.0.0.x, which leaves the
 * configured address to a proxy. Nothing else of the node knows, so that every path leads through the proxy.
 */
import { Server } from 'node:net'

export const behind = (ip: string): string => ip.replace(/^127\.0\.0\./, '127.0.1.')

const listen = Server.prototype.listen
Object.defineProperty(Server.prototype, 'listen', {
  value(this: Server, ...words: unknown[]): Server {
    const [options, ...rest] = words
    const moved =
      typeof options === 'object' && options !== null && 'host' in options
        ? { ...options, host: behind(String(options.host)) }
        : options
    return Reflect.apply(listen, this, [moved, ...rest])
  },
})
