/** Ends connections whose other side has stopped, and only those: however long a transfer or an answer takes. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * For a server whose sockets time out after `idleMs` without a byte in either direction. Such a socket is ended when it
 * is the other side's turn: to send the rest of a request, to read what is written, or to ask the next thing. When it is
 * this node's turn (a tile waits for a slow disk, an event stream has no news), the silence is its own and the socket
 * stays.
 */
export function guardStalls(server: Server, idleMs: number): void {
  const exchanges = new WeakMap<Socket, { request: IncomingMessage; response: ServerResponse }>()
  server.on('request', (request, response) => exchanges.set(request.socket, { request, response }))
  server.on('timeout', socket => {
    const { request, response } = exchanges.get(socket) ?? {}
    const unread = request !== undefined && request.readableLength > 0
    const answering = request?.complete && !response?.writableEnded
    const ours = (unread || answering) && socket.writableLength === 0
    if (ours) socket.setTimeout(idleMs)
    else socket.destroy()
  })
}
